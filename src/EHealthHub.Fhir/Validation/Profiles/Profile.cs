using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Hl7.FhirPath;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What a profile asks of one element.</summary>
/// <param name="Path">Names below the resource, outermost first.</param>
/// <param name="Min">Least occurrences below each parent; 0 for none.</param>
/// <param name="Max">Most occurrences; null for any number.</param>
/// <param name="Pattern">What every occurrence must contain (pattern[x], fixed[x]); null for nothing.</param>
/// <param name="Codes">The value set of a required binding; null for none.</param>
internal sealed record ProfileElement(ImmutableArray<string> Path, int Min, int? Max, JsonElement? Pattern, CodeList? Codes);

/// <summary>A FHIRPath invariant on the resource.</summary>
/// <param name="Key">Its key, for example <c>tr-pat-1</c>.</param>
/// <param name="Human">What it says.</param>
/// <param name="Expression">FHIRPath.</param>
internal sealed record ProfileConstraint(string Key, string Human, string Expression)
{
    private readonly Lazy<CompiledExpression> _compiled = new(() => new FhirPathCompiler().Compile(Expression));

    /// <summary>The expression, compiled once, when a resource first claims the profile: the SDK's engine takes its time to start.</summary>
    public CompiledExpression Compiled => _compiled.Value;
}

/// <summary>A profile that the hub holds: read from the differential of its StructureDefinition (R4 5.1).</summary>
internal sealed record Profile(string Url, string Type, ImmutableArray<ProfileElement> Elements, ImmutableArray<ProfileConstraint> Constraints)
{
    private const string Prefix = "EHealthHub.Fhir.Profiles.";

    private static readonly Lazy<FrozenDictionary<string, Profile>> HeldByUrl = new(() => ReadAll().ToFrozenDictionary(p => p.Url, StringComparer.Ordinal));

    /// <summary>All profiles of the folder fhir-profiles, by canonical URL.</summary>
    public static IReadOnlyDictionary<string, Profile> Held => HeldByUrl.Value;

    /// <summary>Reads a StructureDefinition; throws <see cref="InvalidDataException"/> for what this reader does not serve, so that a profile never promises what is not checked.</summary>
    public static Profile Read(JsonElement definition, IReadOnlyDictionary<string, CodeList> lists)
    {
        var type = definition.GetProperty("type").GetString()!;
        var elements = ImmutableArray.CreateBuilder<ProfileElement>();
        var constraints = ImmutableArray.CreateBuilder<ProfileConstraint>();
        foreach (var element in definition.GetProperty("differential").GetProperty("element").EnumerateArray())
        {
            var path = element.GetProperty("path").GetString()!.Split('.');
            if (path[0] != type || element.TryGetProperty("slicing", out _) || element.TryGetProperty("sliceName", out _))
            {
                throw new InvalidDataException($"{definition.GetProperty("url")}: {element.GetProperty("path")} uses what is not served.");
            }

            if (element.TryGetProperty("constraint", out var list))
            {
                if (path.Length > 1)
                {
                    throw new InvalidDataException($"{definition.GetProperty("url")}: constraints are served on the resource itself.");
                }

                constraints.AddRange(list.EnumerateArray().Select(c => new ProfileConstraint(c.GetProperty("key").GetString()!, c.GetProperty("human").GetString()!, c.GetProperty("expression").GetString()!)));
            }

            if (path.Length > 1)
            {
                elements.Add(new ProfileElement([.. path.Skip(1)], MinOf(element), MaxOf(element), PatternOf(element), CodesOf(element, lists)));
            }
        }

        return new Profile(definition.GetProperty("url").GetString()!, type, elements.ToImmutable(), constraints.ToImmutable());
    }

    private static IEnumerable<Profile> ReadAll()
    {
        var all = Embedded().ToLookup(r => r.GetProperty("resourceType").GetString());
        var lists = all["ValueSet"].Select(CodeList.Read).ToDictionary(l => l.Url, StringComparer.Ordinal);
        return all["StructureDefinition"].Select(d => Read(d, lists));
    }

    private static IEnumerable<JsonElement> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var document = JsonDocument.Parse(stream);
            yield return document.RootElement.Clone();
        }
    }

    private static int MinOf(JsonElement element) => element.TryGetProperty("min", out var min) ? min.GetInt32() : 0;

    private static int? MaxOf(JsonElement element) =>
        element.TryGetProperty("max", out var max) && max.GetString() is { } text && text != "*" ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static JsonElement? PatternOf(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.StartsWith("pattern", StringComparison.Ordinal) || member.Name.StartsWith("fixed", StringComparison.Ordinal))
            {
                return member.Value;
            }
        }

        return null;
    }

    private static CodeList? CodesOf(JsonElement element, IReadOnlyDictionary<string, CodeList> lists)
    {
        if (!element.TryGetProperty("binding", out var binding) || binding.GetProperty("strength").GetString() != "required")
        {
            return null;
        }

        var url = binding.GetProperty("valueSet").GetString()!;
        return lists.TryGetValue(url, out var list) ? list : throw new InvalidDataException($"{element.GetProperty("path")} is bound to {url}, which the hub does not hold.");
    }
}
