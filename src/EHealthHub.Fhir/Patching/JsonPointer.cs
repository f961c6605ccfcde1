using System.Globalization;

namespace EHealthHub.Fhir.Patching;

/// <summary>A JSON Pointer (RFC 6901).</summary>
internal static class JsonPointer
{
    private const int TokensMax = 128;

    /// <summary>The tokens of the pointer, unescaped; null for what is none.</summary>
    public static string[]? Parse(string text, int lengthMax)
    {
        if (text.Length == 0)
        {
            return [];
        }

        if (text.Length > lengthMax || text[0] != '/')
        {
            return null;
        }

        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            for (var at = tokens[i].IndexOf('~', StringComparison.Ordinal); at >= 0; at = tokens[i].IndexOf('~', at + 1))
            {
                if (at + 1 == tokens[i].Length || tokens[i][at + 1] is not ('0' or '1'))
                {
                    return null;
                }
            }

            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return tokens.Length > TokensMax ? null : tokens;
    }

    /// <summary>The value that the tokens lead to; null where there is none.</summary>
    public static PatchNode? Find(PatchNode root, ReadOnlySpan<string> tokens)
    {
        PatchNode? node = root;
        foreach (var token in tokens)
        {
            node = node is { IsObject: true } ? node.Get(token)
                : node is { IsArray: true } && TryIndex(token, node.Items.Count, out var index) ? node.Items[index]
                : null;
        }

        return node;
    }

    /// <summary>True for an index below <paramref name="count"/>, written without leading zeros.</summary>
    public static bool TryIndex(string token, int count, out int index) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < count && (token.Length == 1 || token[0] != '0');
}
