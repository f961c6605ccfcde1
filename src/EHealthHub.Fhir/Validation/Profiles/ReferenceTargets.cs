using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What the references of a resource name, as far as the message itself tells: by their text, by a contained resource, by an entry of the same Bundle, or by Reference.type.</summary>
internal sealed class ReferenceTargets(FhirResource resource)
{
    private Dictionary<string, JsonElement>? _contained;
    private Dictionary<string, JsonElement>? _entries;

    /// <summary>The resource that a Reference names, when it is in the message.</summary>
    public JsonElement? Resolve(JsonElement reference)
    {
        if (reference.Text("reference"u8) is not { Length: > 0 } text)
        {
            return null;
        }

        if (text[0] == '#')
        {
            return (_contained ??= Contained()).TryGetValue(text[1..], out var inner) ? inner : text.Length == 1 ? resource.Root : null;
        }

        return resource.Type == "Bundle" && (_entries ??= Entries()).TryGetValue(text, out var entry) ? entry : null;
    }

    /// <summary>The type of the resource that a Reference names; null where it is not told.</summary>
    public string? TypeOf(JsonElement reference)
    {
        if (Resolve(reference) is { } found)
        {
            return found.Text("resourceType"u8);
        }

        return reference.Text("reference"u8) is { } text && ReferenceForms.Of(System.Text.Encoding.UTF8.GetBytes(text), out var type) == ReferenceForm.Typed && type is not null ? type
            : reference.Text("type"u8) is { } said && ResourceTypes.IsKnown(said) ? said
            : null;
    }

    /// <summary>Where the target is (R4 2.28 aggregation): contained, bundled or referenced; null without a reference.</summary>
    public string? WhereIs(JsonElement reference) =>
        reference.Text("reference"u8) is not { Length: > 0 } text ? null : text[0] == '#' ? "contained" : Resolve(reference) is not null ? "bundled" : "referenced";

    /// <summary>Whether a reference names a version of its target (R4 2.28 versioning): specific or independent; null without one, and for a contained resource, which has no versions.</summary>
    public static string? Versioning(JsonElement reference) =>
        reference.Text("reference"u8) is not { Length: > 0 } text || text[0] == '#' ? null : text.Contains("/_history/", StringComparison.Ordinal) ? "specific" : "independent";

    /// <summary>Of the resource and, in a Bundle, of its entries: an id that two of them contain names neither.</summary>
    private Dictionary<string, JsonElement> Contained()
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var twice = new HashSet<string>(StringComparer.Ordinal);
        var owners = resource.Type == "Bundle" ? resource.Root.Items("entry"u8).Select(e => e.TryGetProperty("resource"u8, out var r) ? r : default) : [resource.Root];
        foreach (var inner in owners.SelectMany(o => o.Items("contained"u8)))
        {
            if (inner.Text("id"u8) is { } id && !found.TryAdd(id, inner))
            {
                twice.Add(id);
            }
        }

        foreach (var id in twice)
        {
            found.Remove(id);
        }

        return found;
    }

    private Dictionary<string, JsonElement> Entries()
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var entry in resource.Root.Items("entry"u8))
        {
            if (!entry.TryGetProperty("resource"u8, out var inner))
            {
                continue;
            }

            if (entry.Text("fullUrl"u8) is { } url)
            {
                found.TryAdd(url, inner);
            }

            if (inner.Text("resourceType"u8) is { } type && inner.Text("id"u8) is { } id)
            {
                found.TryAdd($"{type}/{id}", inner);
            }
        }

        return found;
    }
}
