namespace EHealthHub.Exchange.Search;

/// <summary>Splits a query string or form body into decoded pairs (application/x-www-form-urlencoded).</summary>
public static class QueryText
{
    /// <summary>Pairs in the order written; a name without <c>=</c> has an empty value. Never throws: a malformed escape stays as written.</summary>
    public static List<KeyValuePair<string, string>> Parse(string text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var mark = part.IndexOf('=', StringComparison.Ordinal);
            var name = mark < 0 ? part : part[..mark];
            var value = mark < 0 ? "" : part[(mark + 1)..];
            pairs.Add(new(Decode(name), Decode(value)));
        }

        return pairs;
    }

    /// <summary>Pairs as they stand in an address, with the question mark; empty where there are none.</summary>
    public static string Write(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var text = new System.Text.StringBuilder();
        foreach (var (name, value) in pairs)
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
