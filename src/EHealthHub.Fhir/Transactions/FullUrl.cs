using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Parts of a fullUrl that looks like the place of a resource on some server (R4 2.36.4.1): <c>http://sender/fhir/Patient/1</c>.</summary>
internal static class FullUrl
{
    /// <summary><c>Patient/1</c>, or null for any other form.</summary>
    public static string? Identity(string fullUrl) => Split(fullUrl) is { } at ? fullUrl[at..] : null;

    /// <summary><c>http://sender/fhir/</c>, or null for any other form.</summary>
    public static string? Base(string fullUrl) => Split(fullUrl) is { } at ? fullUrl[..at] : null;

    private static int? Split(string fullUrl)
    {
        if (!fullUrl.StartsWith("http://", StringComparison.Ordinal) && !fullUrl.StartsWith("https://", StringComparison.Ordinal))
        {
            return null;
        }

        var id = fullUrl.LastIndexOf('/');
        var type = fullUrl.LastIndexOf('/', id - 1);
        return type > "https:/".Length && RequestUrl.IsId(fullUrl[(id + 1)..]) && ResourceTypes.IsKnown(fullUrl[(type + 1)..id]) ? type + 1 : null;
    }
}
