using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>A mapping of one code (R4 4.10 ConceptMap.group.element.target).</summary>
internal sealed record MapTarget(string? Code, string? Display, string Equivalence, string? Comment, ImmutableArray<MapDependency> DependsOn, ImmutableArray<MapDependency> Products);

/// <summary>What a mapping depends on, or yields beside its target.</summary>
internal sealed record MapDependency(string Property, string? System, string Value, string? Display);

/// <summary>What a group does with a code that it does not map.</summary>
/// <param name="Mode">provided, fixed or other-map.</param>
/// <param name="Code">Of fixed: the code.</param>
/// <param name="Display">Of fixed: its display.</param>
/// <param name="Url">Of other-map: the canonical of the map.</param>
internal sealed record Unmapped(string Mode, string? Code, string? Display, string? Url);

/// <summary>The mappings from one system to another.</summary>
internal sealed record MapGroup(string? Source, string? Target, ImmutableDictionary<string, ImmutableArray<MapTarget>> Targets, Unmapped? Unmapped);

/// <summary>A ConceptMap made ready for questions.</summary>
internal sealed record HeldConceptMap(string Url, string? Version, string? Source, string? Target, ImmutableArray<MapGroup> Groups)
{
    /// <summary>How much of the catalogue's room it takes.</summary>
    public int Size => Groups.Sum(g => 1 + g.Targets.Values.Sum(t => t.Length));

    public static Result<HeldConceptMap> Read(JsonElement root)
    {
        if (root.Text("url"u8) is not { Length: > 0 } url)
        {
            return Failure.Of(422, "required", "terminology-not-taken", "A held concept map has a canonical URL.", "ConceptMap.url");
        }

        return new HeldConceptMap(
            url,
            root.Text("version"u8),
            root.Text("sourceUri"u8) ?? root.Text("sourceCanonical"u8),
            root.Text("targetUri"u8) ?? root.Text("targetCanonical"u8),
            [.. root.Items("group"u8).Select(ReadGroup)]);
    }

    private static MapGroup ReadGroup(JsonElement group)
    {
        var targets = ImmutableDictionary.CreateBuilder<string, ImmutableArray<MapTarget>>(StringComparer.Ordinal);
        foreach (var element in group.Items("element"u8))
        {
            if (element.Text("code"u8) is { } code)
            {
                targets[code] = [.. targets.GetValueOrDefault(code, []), .. element.Items("target"u8).Select(ReadTarget)];
            }
        }

        var unmapped = group.TryGetProperty("unmapped"u8, out var given) && given.Text("mode"u8) is { } mode ? new Unmapped(mode, given.Text("code"u8), given.Text("display"u8), given.Text("url"u8)) : null;
        return new MapGroup(group.Text("source"u8), group.Text("target"u8), targets.ToImmutable(), unmapped);
    }

    private static MapTarget ReadTarget(JsonElement target) => new(
        target.Text("code"u8),
        target.Text("display"u8),
        target.Text("equivalence"u8) ?? "equivalent",
        target.Text("comment"u8),
        [.. target.Items("dependsOn"u8).Select(Dependency)],
        [.. target.Items("product"u8).Select(Dependency)]);

    private static MapDependency Dependency(JsonElement item) => new(item.Text("property"u8) ?? "", item.Text("system"u8), item.Text("value"u8) ?? "", item.Text("display"u8));
}
