using System.Collections.Frozen;
using System.Text.Json;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>A ValueSet of the folder fhir-profiles that lists its codes.</summary>
internal sealed class CodeList
{
    private readonly FrozenSet<(string System, string Code)> _codes;
    private readonly FrozenSet<string> _bare;

    private CodeList(string url, IEnumerable<(string System, string Code)> codes)
    {
        Url = url;
        _codes = codes.ToFrozenSet();
        _bare = _codes.Select(c => c.Code).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Its canonical URL.</summary>
    public string Url { get; }

    /// <summary>Reads a ValueSet; throws <see cref="InvalidDataException"/> for one that does not list its codes.</summary>
    public static CodeList Read(JsonElement valueSet)
    {
        var url = valueSet.GetProperty("url").GetString()!;
        var compose = valueSet.GetProperty("compose");
        if (compose.TryGetProperty("exclude", out _) || compose.GetProperty("include").EnumerateArray().Any(i => !i.TryGetProperty("concept", out _) || i.TryGetProperty("filter", out _) || i.TryGetProperty("valueSet", out _)))
        {
            throw new InvalidDataException($"{url} does not list its codes.");
        }

        return new CodeList(url, compose.GetProperty("include").EnumerateArray().SelectMany(i => i.GetProperty("concept").EnumerateArray().Select(c => (i.GetProperty("system").GetString()!, c.GetProperty("code").GetString()!))));
    }

    /// <summary>True for a code, a Coding, or a CodeableConcept one of whose codings is in the list.</summary>
    public bool Holds(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => _bare.Contains(value.GetString()!),
        JsonValueKind.Object when value.TryGetProperty("coding"u8, out _) => value.Items("coding"u8).Any(Holds),
        JsonValueKind.Object => value.Text("system"u8) is { } system && value.Text("code"u8) is { } code && _codes.Contains((system, code)),
        _ => false,
    };
}
