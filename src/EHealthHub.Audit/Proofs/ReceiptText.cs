using System.Buffers;

namespace EHealthHub.Audit.Proofs;

/// <summary>The value of the EHealthHub-Receipt header: <c>origin/index/leaf-hash</c>, the hash in lower-case hex.</summary>
/// <param name="Origin">The log; it may hold slashes itself.</param>
/// <param name="Index">Index of the entry.</param>
/// <param name="LeafHash">32 bytes.</param>
internal sealed record ReceiptText(string Origin, long Index, byte[] LeafHash)
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads it from the right; null when it is none.</summary>
    public static ReceiptText? Parse(string value)
    {
        if (value.Length > 1_024)
        {
            return null;
        }

        var hashAt = value.LastIndexOf('/');
        var indexAt = hashAt > 0 ? value.LastIndexOf('/', hashAt - 1) : -1;
        if (indexAt <= 0 || !StrictText.TryDecimal(value.AsSpan(indexAt + 1, hashAt - indexAt - 1), out var index))
        {
            return null;
        }

        var hex = value.AsSpan(hashAt + 1);
        return hex.Length == 2 * MerkleHash.Size && !hex.ContainsAnyExcept(s_hex)
            ? new ReceiptText(value[..indexAt], index, Convert.FromHexString(hex))
            : null;
    }
}
