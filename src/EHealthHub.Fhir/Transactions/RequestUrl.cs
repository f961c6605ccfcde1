using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>The forms of Bundle.entry.request.url that the hub understands, relative to its base: <c>Type</c>, <c>Type/id</c>, either with more behind it, and <c>?query</c>.</summary>
/// <param name="Type">The resource type.</param>
/// <param name="Id">The logical id; null where there is none.</param>
/// <param name="Rest">Path segments behind the id, without the slash; null where there are none.</param>
/// <param name="Query">The query without its question mark; null where there is none.</param>
internal sealed record RequestUrl(string Type, string? Id, string? Rest, string? Query)
{
    /// <summary>Reads the URL; null when it is none of these. A leading slash is dropped; an absolute URL is not taken, for it names a server.</summary>
    public static RequestUrl? Parse(string url)
    {
        url = url.StartsWith('/') ? url[1..] : url;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? url : url[..question];
        var parts = path.Split('/', 3);
        var id = parts.Length > 1 ? parts[1] : null;
        return ResourceTypes.IsKnown(parts[0]) && (id is null || IsId(id) || id.StartsWith('$') || id.StartsWith('_'))
            ? new RequestUrl(parts[0], id is not null && IsId(id) ? id : null, id is not null && !IsId(id) ? path[(parts[0].Length + 1)..] : parts.Length > 2 ? parts[2] : null, question < 0 ? null : url[(question + 1)..])
            : null;
    }

    /// <summary>True for a logical id: 1 to 64 letters, digits, hyphens and dots (R4 2.24.0.1).</summary>
    public static bool IsId(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return text.Length is >= 1 and <= 64;
    }
}
