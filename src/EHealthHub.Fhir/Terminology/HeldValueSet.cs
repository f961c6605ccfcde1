using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>A ValueSet made ready for questions (R4 4.9): what it includes and what it excludes.</summary>
/// <param name="Url">Its canonical URL; empty for one that came with a request and has none.</param>
/// <param name="Version">Its version; null where it has none.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Includes">A code is in the set when one of these has it.</param>
/// <param name="Excludes">... and none of these.</param>
/// <param name="AllowsInactive">False where the definition leaves inactive codes out.</param>
internal sealed record HeldValueSet(string Url, string? Version, string Name, ImmutableArray<ValueSetPart> Includes, ImmutableArray<ValueSetPart> Excludes, bool AllowsInactive)
{
    /// <summary>The extension by which a value set assigns a security label to whatever bears one of its codes.</summary>
    public const string AssignedLabel = "https://ehealthhub.example/fhir/StructureDefinition/hub-assigned-label";

    /// <summary>The labels that an active value set assigns; empty for most.</summary>
    public ImmutableArray<SecurityLabel> Labels { get; private init; } = [];

    /// <summary>How much of the catalogue's room it takes: its listed codes.</summary>
    public int Size => Includes.Concat(Excludes).Sum(p => 1 + p.Listed.Length);

    /// <summary>Reads a ValueSet; one without a definition is read from its expansion.</summary>
    public static Result<HeldValueSet> Read(JsonElement root, TerminologyLimits limits)
    {
        var compose = root.TryGetProperty("compose"u8, out var found) ? found : default;
        if (compose.ValueKind != JsonValueKind.Object)
        {
            return OfExpansion(root);
        }

        var parts = new List<ImmutableArray<ValueSetPart>>(2);
        foreach (var name in (string[])["include", "exclude"])
        {
            var read = ImmutableArray.CreateBuilder<ValueSetPart>();
            foreach (var item in compose.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
            {
                if (!ValueSetPart.Read(item, limits).Try(out var part, out var failure))
                {
                    return failure;
                }

                read.Add(part);
            }

            parts.Add(read.ToImmutable());
        }

        return new HeldValueSet(root.Text("url"u8) ?? "", root.Text("version"u8), root.Text("name"u8) ?? "", parts[0], parts[1], !compose.TryGetProperty("inactive"u8, out var inactive) || inactive.ValueKind != JsonValueKind.False)
        {
            Labels = root.Text("status"u8) == "active" ? LabelsOf(root) : [],
        };
    }

    private static ImmutableArray<SecurityLabel> LabelsOf(JsonElement root) =>
    [
        .. root.Items("extension"u8)
            .Where(e => e.Text("url"u8) == AssignedLabel && e.Has("valueCoding"u8))
            .Select(e => e.GetProperty("valueCoding"u8))
            .Where(c => c.Text("system"u8) is not null && c.Text("code"u8) is not null)
            .Select(c => new SecurityLabel(c.Text("system"u8)!, c.Text("code"u8)!)),
    ];

    private static Result<HeldValueSet> OfExpansion(JsonElement root)
    {
        if (!root.TryGetProperty("expansion"u8, out var expansion) || !expansion.Has("contains"u8))
        {
            return Failure.Of(422, "not-supported", "terminology-not-taken", "A value set has a definition (compose) or a complete expansion.", "ValueSet");
        }

        var codes = new Dictionary<string, List<ListedCode>>(StringComparer.Ordinal);
        var open = new Stack<JsonElement>(expansion.Items("contains"u8).Reverse());
        while (open.TryPop(out var item))
        {
            if (item.Text("system"u8) is { } system && item.Text("code"u8) is { } code && !item.IsTrue("abstract"u8))
            {
                (codes.TryGetValue(system, out var list) ? list : codes[system] = []).Add(new ListedCode(code, item.Text("display"u8), ConceptReader.Designations(item)));
            }

            foreach (var child in item.Items("contains"u8).Reverse())
            {
                open.Push(child);
            }
        }

        return expansion.Number("total"u8) > codes.Sum(c => c.Value.Count)
            ? Failure.Of(422, "not-supported", "terminology-not-taken", "The expansion is one page of a larger one.", "ValueSet.expansion")
            : new HeldValueSet(root.Text("url"u8) ?? "", root.Text("version"u8), root.Text("name"u8) ?? "", [.. codes.Select(c => ValueSetPart.Of(c.Key, c.Value))], [], true);
    }
}

/// <summary>A code that a value set lists, with the names that it gives it.</summary>
internal sealed record ListedCode(string Code, string? Display, ImmutableArray<Designation> Designations);

/// <summary>One include or exclude: a system, narrowed by listed codes or by filters; and the value sets that must also have the code.</summary>
internal sealed class ValueSetPart
{
    private FrozenSet<string> _codes = FrozenSet<string>.Empty;

    /// <summary>The code system; null where only value sets are named.</summary>
    public string? System { get; private init; }

    /// <summary>The version of it; null for any.</summary>
    public string? Version { get; private init; }

    /// <summary>The codes listed; empty where all or those of the filters are meant.</summary>
    public ImmutableArray<ListedCode> Listed { get; private init; } = [];

    /// <summary>All of these must hold.</summary>
    public ImmutableArray<ConceptFilter> Filters { get; private init; } = [];

    /// <summary>Canonicals of the value sets all of which must have the code.</summary>
    public ImmutableArray<string> ValueSets { get; private init; } = [];

    /// <summary>True for a listed code.</summary>
    public bool Lists(string code) => _codes.Contains(code);

    public static ValueSetPart Of(string system, IReadOnlyCollection<ListedCode> codes) =>
        new() { System = system, Listed = [.. codes], _codes = codes.Select(c => c.Code).ToFrozenSet(StringComparer.Ordinal) };

    public static Result<ValueSetPart> Read(JsonElement item, TerminologyLimits limits)
    {
        var listed = ImmutableArray.CreateBuilder<ListedCode>();
        foreach (var concept in item.Items("concept"u8))
        {
            if (concept.Text("code"u8) is { } code)
            {
                listed.Add(new ListedCode(code, concept.Text("display"u8), ConceptReader.Designations(concept)));
            }
        }

        var filters = ImmutableArray.CreateBuilder<ConceptFilter>();
        foreach (var filter in item.Items("filter"u8))
        {
            if (!ConceptFilter.Read(filter, limits).Try(out var read, out var failure))
            {
                return failure;
            }

            filters.Add(read);
        }

        ImmutableArray<string> sets = [.. item.Items("valueSet"u8).Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)];
        var system = item.Text("system"u8);
        if ((system is null && (sets.IsEmpty || listed.Count + filters.Count > 0)) || (listed.Count > 0 && filters.Count > 0))
        {
            return Failure.Of(422, "invariant", "terminology-not-taken", "An include names a system or value sets, and lists codes or filters of the system (vsd-1, vsd-2, vsd-3).", "ValueSet.compose");
        }

        return new ValueSetPart
        {
            System = system,
            Version = item.Text("version"u8) is { Length: > 0 } version && version != "*" ? version : null,
            Listed = listed.ToImmutable(),
            Filters = filters.ToImmutable(),
            ValueSets = sets,
            _codes = listed.Select(c => c.Code).ToFrozenSet(StringComparer.Ordinal),
        };
    }
}
