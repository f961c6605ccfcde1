using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Sealing;

/// <summary>
/// The key of one long content that is sealed in chunks: derived from the data key and a random salt (SP 800-108 counter KDF), so that whoever has the chunks and the data key, but not the salt, opens nothing, and an erased data key takes all
/// chunks with it (FORMAT.md, "Content in chunks"). Each chunk is then an envelope of <see cref="Sealer"/> under this key, with its own salt and commitment; where it stands, and whether it is the last, its owner puts into the associated data.
/// </summary>
public static class ContentKey
{
    /// <summary>Bytes of the salt.</summary>
    public const int SaltSize = 32;

    private const byte Format = 1;
    private const byte Suite = 1;

    private static ReadOnlySpan<byte> Label => "EHealthHub content"u8;

    /// <summary>The key under a salt, of the data key's epoch. The caller disposes it.</summary>
    public static DataKey Derive(DataKey key, ReadOnlySpan<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltSize);
        Span<byte> context = stackalloc byte[2 + SaltSize];
        context[0] = Format;
        context[1] = Suite;
        salt.CopyTo(context[2..]);
        Span<byte> derived = stackalloc byte[DataKey.Size];
        try
        {
            CounterKdf.Derive(key, Label, context, derived);
            return new DataKey(derived, key.Epoch);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }
}
