using System.Security.Cryptography;

namespace EHealthHub.Audit.Sealing;

/// <summary>
/// Seals one part of a leaf under a secret that seals nothing else, so that the secret can be disclosed and opens this part alone. SHA-512 makes of the secret the key of AES-256-GCM and a commitment to it, which stands in front: a part
/// opens to one content, whatever secret somebody comes with. The nonce is zero, since a key is used once.
/// </summary>
internal static class PartCipher
{
    public const int SecretSize = 32;
    public const int KeySize = 32;
    public const int CommitmentSize = 32;
    public const int TagSize = 16;

    /// <summary>Bytes that sealing adds: commitment before, tag behind.</summary>
    public const int Overhead = CommitmentSize + TagSize;

    private const int NonceSize = 12;

    private static ReadOnlySpan<byte> Label => "EHealthHub audit part v2"u8;

    /// <summary>What a secret comes to: key and commitment.</summary>
    public static void Expand(ReadOnlySpan<byte> secret, Span<byte> key, Span<byte> commitment)
    {
        Span<byte> input = stackalloc byte[Label.Length + SecretSize];
        Span<byte> expanded = stackalloc byte[KeySize + CommitmentSize];
        Label.CopyTo(input);
        secret.CopyTo(input[Label.Length..]);
        SHA512.HashData(input, expanded);
        expanded[..KeySize].CopyTo(key);
        expanded[KeySize..].CopyTo(commitment);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(expanded);
    }

    /// <summary>Seals into <paramref name="part"/>, which has <see cref="Overhead"/> bytes more than the plaintext.</summary>
    public static void Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> part)
    {
        Span<byte> key = stackalloc byte[KeySize];
        Expand(secret, key, part[..CommitmentSize]);
        Encrypt(key, plaintext, associatedData, part[CommitmentSize..]);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Writes ciphertext and tag, behind a commitment that stands already. The plaintext does not overlap.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> sealedBytes)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        nonce.Clear();
        using var gcm = new AesGcm(key, TagSize);
        gcm.Encrypt(nonce, plaintext, sealedBytes[..plaintext.Length], sealedBytes[plaintext.Length..], associatedData);
    }

    /// <summary>Opens into <paramref name="plaintext"/>, which has <see cref="Overhead"/> bytes less than the part. False for a part that was not sealed so; no plaintext is released then.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> part, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> commitment = stackalloc byte[CommitmentSize];
        Span<byte> nonce = stackalloc byte[NonceSize];
        nonce.Clear();
        try
        {
            Expand(secret, key, commitment);
            if (!CryptographicOperations.FixedTimeEquals(commitment, part[..CommitmentSize]))
            {
                return false;
            }

            using var gcm = new AesGcm(key, TagSize);
            gcm.Decrypt(nonce, part[CommitmentSize..^TagSize], part[^TagSize..], plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The framework offers no other way to learn of it, and has cleared the destination.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
