using System.Security.Cryptography;
using EHealthHub.Keys.Files;
using NSec.Cryptography;

namespace EHealthHub.Keys.Development;

/// <summary>
/// The file <c>development.key</c>: <c>"EHHVAULT" | format 1 | protection (0 none, 1 Argon2id) | body | check (16)</c>. Body without protection: the root (32). With it: salt (16), nonce (12), AES-256-GCM of the root (32) and its tag (16),
/// the key from the passphrase by Argon2id (3 passes, 64 MiB, one lane), the first ten bytes as associated data. The check is derived from the root and the hub's id, so that a damaged file, or another hub's, is noticed at once.
/// </summary>
internal static class VaultFile
{
    public const string Name = "development.key";
    public const int RootSize = 32;

    private const byte Format = 1;
    private const byte Unprotected = 0;
    private const byte ByPassphrase = 1;
    private const int HeadSize = 10;
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int CheckSize = 16;
    private const int UnprotectedSize = HeadSize + RootSize + CheckSize;
    private const int ProtectedSize = HeadSize + SaltSize + NonceSize + RootSize + TagSize + CheckSize;
    private const int PassphraseMin = 8;
    private const int PassphraseMax = 1_024;

    private static ReadOnlySpan<byte> Magic => "EHHVAULT"u8;

    /// <summary>Makes a random root and writes it; false when the file exists already.</summary>
    public static bool TryCreate(string path, Guid hubId, string? passphrase)
    {
        Span<byte> root = stackalloc byte[RootSize];
        RandomNumberGenerator.Fill(root);
        Span<byte> file = stackalloc byte[ProtectedSize];
        file = file[..(passphrase is null ? UnprotectedSize : ProtectedSize)];
        try
        {
            Magic.CopyTo(file);
            file[8] = Format;
            file[9] = passphrase is null ? Unprotected : ByPassphrase;
            if (passphrase is null)
            {
                root.CopyTo(file[HeadSize..]);
            }
            else
            {
                Protect(root, passphrase, file);
            }

            Check(root, hubId, file[^CheckSize..]);
            return PrivateFile.TryCreate(path, file);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(root);
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>Reads the root. Throws <see cref="InvalidDataException"/> where the file is not exactly what was written for this hub, or others can read it.</summary>
    public static void Read(string path, Guid hubId, string? passphrase, Span<byte> root)
    {
        var file = PrivateFile.Read(path, ProtectedSize);
        try
        {
            if (file.Length < HeadSize || !file.AsSpan(0, Magic.Length).SequenceEqual(Magic) || file[8] != Format)
            {
                throw new InvalidDataException($"{path} is not a development key file of format 1.");
            }

            switch (file[9])
            {
                case Unprotected when file.Length == UnprotectedSize:
                    file.AsSpan(HeadSize, RootSize).CopyTo(root);
                    break;
                case ByPassphrase when file.Length == ProtectedSize && passphrase is null:
                    throw new InvalidDataException($"{path} needs its passphrase in {DevelopmentVault.PassphraseVariable}.");
                case ByPassphrase when file.Length == ProtectedSize && passphrase is not null:
                    Unprotect(path, file, passphrase, root);
                    break;
                default:
                    throw new InvalidDataException($"{path} is damaged.");
            }

            Span<byte> check = stackalloc byte[CheckSize];
            Check(root, hubId, check);
            if (!CryptographicOperations.FixedTimeEquals(check, file.AsSpan(file.Length - CheckSize)))
            {
                throw new InvalidDataException($"{path} is damaged, or belongs to another hub.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    private static void Protect(ReadOnlySpan<byte> root, string passphrase, Span<byte> file)
    {
        var body = file[HeadSize..];
        RandomNumberGenerator.Fill(body[..(SaltSize + NonceSize)]);
        Span<byte> key = stackalloc byte[32];
        FromPassphrase(passphrase, body[..SaltSize], key);
        using var gcm = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        var sealedRoot = body[(SaltSize + NonceSize)..];
        gcm.Encrypt(body.Slice(SaltSize, NonceSize), root, sealedRoot[..RootSize], sealedRoot.Slice(RootSize, TagSize), file[..HeadSize]);
    }

    private static void Unprotect(string path, ReadOnlySpan<byte> file, string passphrase, Span<byte> root)
    {
        var body = file[HeadSize..];
        Span<byte> key = stackalloc byte[32];
        FromPassphrase(passphrase, body[..SaltSize], key);
        using var gcm = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        var sealedRoot = body[(SaltSize + NonceSize)..];
        try
        {
            gcm.Decrypt(body.Slice(SaltSize, NonceSize), sealedRoot[..RootSize], sealedRoot.Slice(RootSize, TagSize), root, file[..HeadSize]);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"{path} is damaged, or the passphrase is wrong.", e);
        }
    }

    private static void FromPassphrase(string passphrase, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        if (passphrase.Length is < PassphraseMin or > PassphraseMax)
        {
            throw new InvalidDataException($"The passphrase must have {PassphraseMin} to {PassphraseMax} characters.");
        }

        var parameters = new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 64 * 1024, NumberOfPasses = 3 };
        PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes(passphrase, salt, key);
    }

    private static void Check(ReadOnlySpan<byte> root, Guid hubId, Span<byte> check)
    {
        Span<byte> context = stackalloc byte[16];
        hubId.TryWriteBytes(context, bigEndian: true, out _);
        SP800108HmacCounterKdf.DeriveBytes(root, HashAlgorithmName.SHA256, "EHealthHub vault check"u8, context, check);
    }
}
