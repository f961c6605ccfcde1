using System.Buffers;
using System.Security.Cryptography;

namespace EHealthHub.Audit.Proofs;

/// <summary>The hashing of RFC 6962 section 2.1 with SHA-256: a leaf is hashed behind 0x00, a node behind 0x01, so that neither can be passed off as the other.</summary>
public static class MerkleHash
{
    /// <summary>Length of every hash in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const int OnStackMax = 2_048;

    /// <summary>SHA-256(0x00 || leaf).</summary>
    public static void Leaf(ReadOnlySpan<byte> leaf, Span<byte> hash)
    {
        var length = leaf.Length + 1;
        byte[]? rented = null;
        Span<byte> input = length <= OnStackMax ? stackalloc byte[OnStackMax] : rented = ArrayPool<byte>.Shared.Rent(length);
        input[0] = 0x00;
        leaf.CopyTo(input[1..]);
        SHA256.HashData(input[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>SHA-256(0x01 || left || right). <paramref name="hash"/> may be one of the two.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[1 + Size + Size];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Size)..]);
        SHA256.HashData(input, hash);
    }

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    /// <summary>The root of a complete subtree over <paramref name="hashes"/>; their number is a power of two and at most 256.</summary>
    public static void Subtree(ReadOnlySpan<byte> hashes, Span<byte> root)
    {
        var count = hashes.Length / Size;
        if (count is < 1 or > 256 || (count & (count - 1)) != 0 || hashes.Length % Size != 0)
        {
            throw new ArgumentException("A complete subtree has 1, 2, 4, … 256 hashes.", nameof(hashes));
        }

        Span<byte> row = stackalloc byte[256 * Size];
        hashes.CopyTo(row);
        for (; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
            {
                Node(row.Slice(2 * i * Size, Size), row.Slice((2 * i + 1) * Size, Size), row.Slice(i * Size, Size));
            }
        }

        row[..Size].CopyTo(root);
    }
}
