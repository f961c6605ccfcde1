using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Transactions;

/// <summary>
/// Tells apart relative references with the same text that mean different resources: entries of several senders, or an entry here and a resource of the hub there (R4 2.36.4.1). Each that means an entry is replaced by a name of that
/// entry alone, so that one table of references holds for the whole Bundle; what is left relative means the hub's own.
/// </summary>
internal static class RelativeLinks
{
    /// <summary>Puts other resources into the entries that need it. <paramref name="moving"/>: fullUrls of entries whose ids are not yet known; <paramref name="relative"/> then holds the new names with their fullUrls.</summary>
    public static void TellApart(PlannedEntry[] entries, HashSet<string> moving, Dictionary<string, string> relative)
    {
        relative.Clear();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i] is { Resource: { } resource, FullUrl: { } fullUrl } && FullUrl.Base(fullUrl) is { } sender && Meant(resource, sender, moving, names) is { Count: > 0 } meant)
            {
                entries[i] = entries[i] with { Resource = Replaced(resource, meant) };
            }
        }

        foreach (var (fullUrl, name) in names)
        {
            relative.Add(name, fullUrl);
        }
    }

    private static Dictionary<string, string> Meant(FhirResource resource, string sender, HashSet<string> moving, Dictionary<string, string> names)
    {
        var meant = new Dictionary<string, string>(StringComparer.Ordinal);
        ResourceLinks.Visit(resource, relativeToo: true, (reference, _) =>
        {
            if (!reference.StartsWith('#') && !reference.Contains(':', StringComparison.Ordinal) && moving.Contains(sender + reference))
            {
                meant[reference] = NameOf(sender + reference, names);
            }

            return null;
        });
        return meant;
    }

    /// <summary>A name of fixed length, however long the fullUrl is: a UUID of its hash (RFC 9562 5.8).</summary>
    private static string NameOf(string fullUrl, Dictionary<string, string> names)
    {
        if (!names.TryGetValue(fullUrl, out var name))
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(fullUrl));
            hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
            hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
            name = "urn:uuid:" + new Guid(hash.AsSpan(0, 16), bigEndian: true);
            names.Add(fullUrl, name);
        }

        return name;
    }

    private static FhirResource Replaced(FhirResource resource, Dictionary<string, string> meant)
    {
        var json = JsonMarshal.GetRawUtf8Value(resource.Root);
        var edits = LinkMap.Edits(json, meant);
        var replaced = new byte[json.Length + edits.Sum(e => e.Text.Length - e.Length)];
        var (from, to) = (0, 0);
        foreach (var edit in edits)
        {
            json[from..edit.Start].CopyTo(replaced.AsSpan(to));
            to += edit.Start - from;
            edit.Text.CopyTo(replaced, to);
            to += edit.Text.Length;
            from = edit.Start + edit.Length;
        }

        json[from..].CopyTo(replaced.AsSpan(to));
        var reader = new Utf8JsonReader(replaced, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return new FhirResource(resource.Type, JsonElement.ParseValue(ref reader));
    }
}
