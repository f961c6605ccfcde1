using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>What a reference as written tells of its target (R4 2.3.0.3 and 3.1.1.4.12). Used for resources and for queries alike.</summary>
/// <param name="Type">The target's type, where it can be told; else null.</param>
/// <param name="Text">Relative reference: the id. Otherwise the text as written: absolute URL, <c>urn:</c>, canonical, <c>#contained</c>, conditional.</param>
/// <param name="Version">The version of a relative, versioned reference; else null.</param>
/// <param name="IsRelative">True for <c>Type/id</c>.</param>
internal readonly record struct ReferenceText(string? Type, string Text, string? Version, bool IsRelative)
{
    private const string History = "/_history/";

    /// <summary>Id and version, as a versioned reference is kept beside the plain one.</summary>
    internal string VersionedText => Text + History + Version;

    internal static ReferenceText Parse(string text, string? baseUrl)
    {
        if (baseUrl is not null && text.Length > baseUrl.Length + 1 && text[baseUrl.Length] == '/' && text.StartsWith(baseUrl, StringComparison.Ordinal))
        {
            text = text[(baseUrl.Length + 1)..];
        }

        // The type comes first: a conditional reference may hold a URL in its query.
        var slash = text.IndexOfAny(['/', '?']);
        if (slash < 0 || Known(text.AsSpan(0, slash)) is not { } type)
        {
            return new ReferenceText(text.Contains("://", StringComparison.Ordinal) ? TypeOfUrl(text) : null, text, null, false);
        }

        var id = text.AsSpan(slash + 1);
        var history = id.IndexOf(History, StringComparison.Ordinal);
        var version = history < 0 ? null : id[(history + History.Length)..].ToString();
        id = history < 0 ? id : id[..history];
        return text[slash] == '?' || !IsId(id) || (version is not null && !IsId(version))
            ? new ReferenceText(type, text, null, false)
            : new ReferenceText(type, id.ToString(), version, true);
    }

    /// <summary>R4's id: 1 to 64 letters, digits, hyphens and dots.</summary>
    internal static bool IsId(ReadOnlySpan<char> id)
    {
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return id.Length is > 0 and <= 64;
    }

    // https://other.example/fhir/Patient/1[/_history/2]
    private static string? TypeOfUrl(string url)
    {
        var history = url.IndexOf(History, StringComparison.Ordinal);
        var end = history < 0 ? url.AsSpan() : url.AsSpan(0, history);
        var idAt = end.LastIndexOf('/');
        if (idAt < 0 || !IsId(end[(idAt + 1)..]))
        {
            return null;
        }

        var typeAt = end[..idAt].LastIndexOf('/');
        return Known(end[(typeAt + 1)..idAt]);
    }

    private static string? Known(ReadOnlySpan<char> type) => TypeParameters.Types.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(type, out var known) ? known : null;
}
