using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Sealing;

/// <summary>
/// Authenticated encryption with key commitment (Keys/Sealing/FORMAT.md): key, nonce and a 32-byte commitment are derived for every message from the data key and a random 32-byte salt (SP 800-108 counter KDF, HMAC-SHA-256),
/// then AES-256-GCM. The commitment is compared in constant time before anything is decrypted.
/// </summary>
public static class Sealer
{
    /// <summary>Bytes that sealing adds: header, salt, commitment, tag.</summary>
    public const int Overhead = 1 + 1 + 4 + 1 + 32 + 32 + 16;

    /// <summary>Seals. <paramref name="dictionary"/> goes into the header and the associated data (0: none).</summary>
    public static byte[] Seal(DataKey key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary = 0) => throw new NotSupportedException("under construction");

    /// <summary>Opens into <paramref name="plaintext"/>, which must hold <c>envelope.Length - Overhead</c> bytes. False for anything that is not exactly what was sealed with this key and associated data; nothing is written then.</summary>
    public static bool TryOpen(DataKey key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associatedData, Span<byte> plaintext) => throw new NotSupportedException("under construction");

    /// <summary>The key epoch in the header, unauthenticated until opened; -1 if this is not an envelope of a known format and suite.</summary>
    public static int EpochOf(ReadOnlySpan<byte> envelope) => throw new NotSupportedException("under construction");

    /// <summary>The dictionary id in the header, unauthenticated until opened.</summary>
    public static byte DictionaryOf(ReadOnlySpan<byte> envelope) => throw new NotSupportedException("under construction");
}
