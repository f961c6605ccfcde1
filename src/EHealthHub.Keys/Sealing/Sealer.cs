using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Sealing;

/// <summary>
/// Authenticated encryption with key commitment (Keys/Sealing/FORMAT.md): key, nonce and a 32-byte commitment are derived for every message from the data key and a random 32-byte salt (SP 800-108 counter KDF, HMAC-SHA-256),
/// then AES-256-GCM. The commitment is compared in constant time before anything is decrypted. Stateless and thread-safe.
/// </summary>
public static class Sealer
{
    /// <summary>Bytes that sealing adds: header, salt, commitment, tag.</summary>
    public const int Overhead = HeaderSize + SaltSize + CommitmentSize + TagSize;

    /// <summary>Longest plaintext in bytes; longer content is cut into chunks by its owner.</summary>
    public const int PlaintextMax = 64 * 1024 * 1024;

    /// <summary>Longest associated data in bytes.</summary>
    public const int AssociatedDataMax = 4_096;

    internal const int SaltSize = 32;

    private const byte Format = 1;
    private const byte Suite = 1;
    private const int HeaderSize = 1 + 1 + 4 + 1;
    private const int EpochAt = 2;
    private const int DictionaryAt = 6;
    private const int CommitmentSize = 32;
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int DerivedSize = KeySize + NonceSize + CommitmentSize;
    private const int LengthSize = 4;
    private const int StackMax = 512;

    private static ReadOnlySpan<byte> Label => "EHealthHub sealing"u8;

    /// <summary>Seals. <paramref name="dictionary"/> goes into the header and the associated data (0: none).</summary>
    public static byte[] Seal(DataKey key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, PlaintextMax);
        var envelope = GC.AllocateUninitializedArray<byte>(plaintext.Length + Overhead);
        Seal(key, plaintext, associatedData, dictionary, envelope);
        return envelope;
    }

    /// <summary>Seals into <paramref name="envelope"/>, which holds exactly <c>plaintext.Length + Overhead</c> bytes and does not overlap the plaintext.</summary>
    public static void Seal(DataKey key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary, Span<byte> envelope)
    {
        Span<byte> salt = stackalloc byte[SaltSize];
        RandomNumberGenerator.Fill(salt);
        SealWithSalt(key, plaintext, associatedData, dictionary, salt, envelope);
    }

    /// <summary>Opens into <paramref name="plaintext"/>, which must hold <c>envelope.Length - Overhead</c> bytes. False for anything that is not exactly what was sealed with this key and associated data; no byte of plaintext is released then.</summary>
    public static bool TryOpen(DataKey key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, AssociatedDataMax);
        if (envelope.Length < Overhead || envelope.Length - Overhead > PlaintextMax || EpochOf(envelope) != key.Epoch)
        {
            return false;
        }

        var length = envelope.Length - Overhead;
        ArgumentOutOfRangeException.ThrowIfLessThan(plaintext.Length, length, nameof(plaintext));
        var rest = envelope[HeaderSize..];
        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            Derive(key, rest[..SaltSize], derived);
            if (!CryptographicOperations.FixedTimeEquals(derived[(KeySize + NonceSize)..], rest.Slice(SaltSize, CommitmentSize)))
            {
                return false;
            }

            var ciphertext = rest.Slice(SaltSize + CommitmentSize, length);
            return Decrypt(derived, envelope[..HeaderSize], associatedData, ciphertext, envelope[^TagSize..], plaintext[..length]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>The key epoch in the header, unauthenticated until opened; -1 if this is not an envelope of a known format and suite.</summary>
    public static int EpochOf(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < Overhead || envelope[0] != Format || envelope[1] != Suite)
        {
            return -1;
        }

        var epoch = BinaryPrimitives.ReadInt32BigEndian(envelope[EpochAt..]);
        return epoch > 0 ? epoch : -1;
    }

    /// <summary>The dictionary id in the header, unauthenticated until opened; 0 if this is not an envelope of a known format and suite.</summary>
    public static byte DictionaryOf(ReadOnlySpan<byte> envelope) => EpochOf(envelope) < 0 ? (byte)0 : envelope[DictionaryAt];

    /// <summary>For the known-answer vectors only: a salt that is not fresh would repeat key and nonce.</summary>
    internal static void SealWithSalt(DataKey key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary, ReadOnlySpan<byte> salt, Span<byte> envelope)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, PlaintextMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, AssociatedDataMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(envelope.Length, plaintext.Length + Overhead);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(key.Epoch);
        envelope[0] = Format;
        envelope[1] = Suite;
        BinaryPrimitives.WriteInt32BigEndian(envelope[EpochAt..], key.Epoch);
        envelope[DictionaryAt] = dictionary;
        var rest = envelope[HeaderSize..];
        salt.CopyTo(rest);
        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            Derive(key, salt, derived);
            derived[(KeySize + NonceSize)..].CopyTo(rest[SaltSize..]);
            var ciphertext = rest.Slice(SaltSize + CommitmentSize, plaintext.Length);
            Encrypt(derived, envelope[..HeaderSize], associatedData, plaintext, ciphertext, envelope[^TagSize..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static void Derive(DataKey key, ReadOnlySpan<byte> salt, Span<byte> derived)
    {
        Span<byte> context = stackalloc byte[2 + SaltSize];
        context[0] = Format;
        context[1] = Suite;
        salt.CopyTo(context[2..]);
        CounterKdf.Derive(key, Label, context, derived);
    }

    private static void Encrypt(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        var size = AuthenticatedSize(associatedData);
        var rented = size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var authenticated = (rented ?? stackalloc byte[StackMax])[..size];
        WriteAuthenticated(authenticated, header, associatedData);
        using (var gcm = new AesGcm(derived[..KeySize], TagSize))
        {
            gcm.Encrypt(derived.Slice(KeySize, NonceSize), plaintext, ciphertext, tag, authenticated);
        }

        Return(rented);
    }

    private static bool Decrypt(
        ReadOnlySpan<byte> derived, ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        var size = AuthenticatedSize(associatedData);
        var rented = size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var authenticated = (rented ?? stackalloc byte[StackMax])[..size];
        WriteAuthenticated(authenticated, header, associatedData);
        try
        {
            using var gcm = new AesGcm(derived[..KeySize], TagSize);
            gcm.Decrypt(derived.Slice(KeySize, NonceSize), ciphertext, tag, plaintext, authenticated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The framework offers no other way to learn of it, and has cleared the destination.
            return false;
        }
        finally
        {
            Return(rented);
        }
    }

    private static int AuthenticatedSize(ReadOnlySpan<byte> associatedData) => LengthSize + HeaderSize + LengthSize + associatedData.Length;

    private static void WriteAuthenticated(Span<byte> to, ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, header.Length);
        header.CopyTo(to[LengthSize..]);
        to = to[(LengthSize + HeaderSize)..];
        BinaryPrimitives.WriteInt32BigEndian(to, associatedData.Length);
        associatedData.CopyTo(to[LengthSize..]);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
