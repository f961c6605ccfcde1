using System.Text;

namespace EHealthHub.Architecture.Tests.Sources;

/// <summary>C# without its comments and the insides of its strings and characters; line breaks stay, so that line numbers do.</summary>
internal static class CodeOnly
{
    public static string Of(string source)
    {
        var code = new StringBuilder(source.Length);
        var at = 0;
        while (at < source.Length)
        {
            var end = Skipped(source, at);
            if (end == at)
            {
                code.Append(source[at++]);
                continue;
            }

            // What is skipped leaves its line breaks, and one space so that names do not grow together.
            code.Append(' ').Append('\n', source.AsSpan(at, end - at).Count('\n'));
            at = end;
        }

        return code.ToString();
    }

    /// <summary>End of the comment, string or character that begins at <paramref name="at"/>; <paramref name="at"/> itself when none does.</summary>
    private static int Skipped(string s, int at)
    {
        if (Starts(s, at, "//"))
        {
            return EndOr(s, s.IndexOf('\n', at));
        }

        if (Starts(s, at, "/*"))
        {
            var end = s.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return end < 0 ? s.Length : end + 2;
        }

        if (s[at] == '\'')
        {
            return Quoted(s, at + 1, '\'', verbatim: false);
        }

        if (s[at] is not ('"' or '@' or '$'))
        {
            return at;
        }

        var quote = at;
        while (quote < s.Length && s[quote] is '@' or '$')
        {
            quote++;
        }

        if (quote >= s.Length || s[quote] != '"')
        {
            return at;
        }

        var quotes = quote;
        while (quotes < s.Length && s[quotes] == '"')
        {
            quotes++;
        }

        var raw = quotes - quote;
        if (raw >= 3)
        {
            var end = s.IndexOf(new string('"', raw), quotes, StringComparison.Ordinal);
            return end < 0 ? s.Length : end + raw;
        }

        return Quoted(s, quote + 1, '"', verbatim: s.AsSpan(at, quote - at).Contains('@'));
    }

    private static int Quoted(string s, int at, char quote, bool verbatim)
    {
        for (; at < s.Length; at++)
        {
            if (s[at] == '\\' && !verbatim)
            {
                at++;
            }
            else if (s[at] == quote)
            {
                if (!verbatim || at + 1 >= s.Length || s[at + 1] != quote)
                {
                    return at + 1;
                }

                at++;
            }
        }

        return s.Length;
    }

    private static bool Starts(string s, int at, string what) => string.CompareOrdinal(s, at, what, 0, what.Length) == 0;

    private static int EndOr(string s, int end) => end < 0 ? s.Length : end;
}
