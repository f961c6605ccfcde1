using System.Text;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Search's own escaping, below percent-encoding (R4 3.1.1.4.19): <c>\,</c>, <c>\|</c>, <c>\$</c> and <c>\\</c> stand for the characters themselves. A backslash before anything else stands for itself.</summary>
internal static class Escapes
{
    /// <summary>Splits at separators that are not escaped. The parts keep their escapes.</summary>
    internal static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    internal static string Remove(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ',' or '|' or '$' or '\\')
            {
                i++;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
