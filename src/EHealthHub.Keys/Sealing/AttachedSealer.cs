using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Sealing;

/// <summary>
/// Seals what hangs on an envelope of <see cref="Sealer"/> and is opened more often than it: the search facts beside a record's body. Its key is derived from the data key and the SHA-256 of that envelope, its nonce is random, and it has
/// no salt and no commitment of its own: the envelope's hash enters the key, and the envelope is committed. 29 bytes instead of 87 (FORMAT.md, "Attached message"). Stateless and thread-safe.
/// </summary>
public static class AttachedSealer
{
    /// <summary>Bytes that sealing adds: dictionary, nonce, tag.</summary>
    public const int Overhead = HeaderSize + NonceSize + TagSize;

    /// <summary>Bytes of the anchor: SHA-256 of the envelope that it hangs on.</summary>
    public const int AnchorSize = 32;

    internal const int NonceSize = 12;

    private const byte Format = 1;
    private const byte Suite = 1;
    private const int HeaderSize = 1;
    private const int KeySize = 32;
    private const int TagSize = 16;
    private const int LengthSize = 4;
    private const int StackMax = 512;

    private static ReadOnlySpan<byte> Label => "EHealthHub attached"u8;

    /// <summary>Seals. <paramref name="dictionary"/> goes into the header and the associated data (0: none).</summary>
    public static byte[] Seal(DataKey key, ReadOnlySpan<byte> anchor, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary = 0)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return SealWithNonce(key, anchor, plaintext, associatedData, dictionary, nonce);
    }

    /// <summary>Opens into <paramref name="plaintext"/>, which must hold <c>message.Length - Overhead</c> bytes. False for anything that is not exactly what was sealed with this key, anchor and associated data; no byte of plaintext is released then.</summary>
    public static bool TryOpen(DataKey key, ReadOnlySpan<byte> anchor, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        var length = message.Length - Overhead;
        if (length < 0 || length > Sealer.PlaintextMax)
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(plaintext.Length, length, nameof(plaintext));
        var size = AuthenticatedSize(associatedData);
        var rented = size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var authenticated = (rented ?? stackalloc byte[StackMax])[..size];
        Span<byte> derived = stackalloc byte[KeySize];
        try
        {
            Prepare(key, anchor, message[0], associatedData, derived, authenticated);
            using var gcm = new AesGcm(derived, TagSize);
            gcm.Decrypt(message.Slice(HeaderSize, NonceSize), message.Slice(HeaderSize + NonceSize, length), message[^TagSize..], plaintext[..length], authenticated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The framework offers no other way to learn of it, and has cleared the destination.
            return false;
        }
        finally
        {
            End(derived, rented);
        }
    }

    /// <summary>The dictionary id in the header, unauthenticated until opened; 0 for what is too short to be a message.</summary>
    public static byte DictionaryOf(ReadOnlySpan<byte> message) => message.Length < Overhead ? (byte)0 : message[0];

    /// <summary>For the known-answer vectors only: a nonce that is not fresh would repeat.</summary>
    internal static byte[] SealWithNonce(
        DataKey key, ReadOnlySpan<byte> anchor, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, byte dictionary, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, Sealer.PlaintextMax);
        var message = GC.AllocateUninitializedArray<byte>(plaintext.Length + Overhead);
        message[0] = dictionary;
        nonce.CopyTo(message.AsSpan(HeaderSize));
        var size = AuthenticatedSize(associatedData);
        var rented = size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var authenticated = (rented ?? stackalloc byte[StackMax])[..size];
        Span<byte> derived = stackalloc byte[KeySize];
        try
        {
            Prepare(key, anchor, dictionary, associatedData, derived, authenticated);
            using var gcm = new AesGcm(derived, TagSize);
            gcm.Encrypt(nonce, plaintext, message.AsSpan(HeaderSize + NonceSize, plaintext.Length), message.AsSpan(message.Length - TagSize), authenticated);
            return message;
        }
        finally
        {
            End(derived, rented);
        }
    }

    private static int AuthenticatedSize(ReadOnlySpan<byte> associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, Sealer.AssociatedDataMax);
        return LengthSize + HeaderSize + LengthSize + associatedData.Length;
    }

    private static void Prepare(DataKey key, ReadOnlySpan<byte> anchor, byte dictionary, ReadOnlySpan<byte> associatedData, Span<byte> derived, Span<byte> authenticated)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(anchor.Length, AnchorSize);
        Span<byte> context = stackalloc byte[2 + AnchorSize];
        context[0] = Format;
        context[1] = Suite;
        anchor.CopyTo(context[2..]);
        CounterKdf.Derive(key, Label, context, derived);
        BinaryPrimitives.WriteInt32BigEndian(authenticated, HeaderSize);
        authenticated[LengthSize] = dictionary;
        BinaryPrimitives.WriteInt32BigEndian(authenticated[(LengthSize + HeaderSize)..], associatedData.Length);
        associatedData.CopyTo(authenticated[(LengthSize + HeaderSize + LengthSize)..]);
    }

    private static void End(Span<byte> derived, byte[]? rented)
    {
        CryptographicOperations.ZeroMemory(derived);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
