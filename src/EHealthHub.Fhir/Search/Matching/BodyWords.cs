using System.Net;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>Makes a resource's text ready for <see cref="TextExpression"/>: words, folded one by one, with one space before, between and after them.</summary>
internal static class BodyWords
{
    internal static bool Match(IReadOnlyList<TextCriterion> criteria, ReadOnlyMemory<byte> json)
    {
        if (criteria.Count == 0)
        {
            return true;
        }

        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = new FhirLimits().DepthMax });
        string? narrative = null;
        string? content = null;
        foreach (var criterion in criteria)
        {
            var words = criterion.IsNarrativeOnly ? narrative ??= Narrative(document.RootElement) : content ??= Content(document.RootElement);
            if (!criterion.Parsed.Holds(words))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Folds a text word by word: whatever is neither letter, digit nor mark ends a word.</summary>
    internal static string Fold(string text)
    {
        var words = new StringBuilder(" ");
        Add(words, text);
        return words.ToString();
    }

    private static string Narrative(JsonElement resource)
    {
        var words = new StringBuilder(" ");
        if (resource.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.Object && text.TryGetProperty("div"u8, out var div) && div.ValueKind == JsonValueKind.String)
        {
            AddMarkup(words, div.GetString()!);
        }

        return words.ToString();
    }

    private static string Content(JsonElement resource)
    {
        var words = new StringBuilder(Narrative(resource));
        AddAll(words, resource);
        return words.ToString();
    }

    // Every string but markup, which the narrative has given already, and binary data. A resource's depth is bounded by the reader.
    private static void AddAll(StringBuilder words, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (!member.NameEquals("div"u8) && !member.NameEquals("data"u8))
                    {
                        AddAll(words, member.Value);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    AddAll(words, item);
                }

                break;
            case JsonValueKind.String:
                Add(words, element.GetString()!);
                break;
        }
    }

    // What stands between the tags; a tag parts words.
    private static void AddMarkup(StringBuilder words, string markup)
    {
        var at = 0;
        while (at < markup.Length)
        {
            var open = markup.IndexOf('<', at);
            var end = open < 0 ? markup.Length : open;
            Add(words, WebUtility.HtmlDecode(markup[at..end]));
            var close = open < 0 ? -1 : markup.IndexOf('>', open);
            at = close < 0 ? markup.Length : close + 1;
        }
    }

    private static void Add(StringBuilder words, string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsOfWord(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                var folded = SearchText.Fold(text[start..i]);
                if (folded.Length > 0)
                {
                    words.Append(folded).Append(' ');
                }

                start = -1;
            }
        }
    }

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
