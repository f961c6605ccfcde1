using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Development;

/// <summary>The embedded default: one file of master keys, readable by its owner only. A production configuration refuses it.</summary>
public static class DevelopmentVault
{
    /// <summary>Environment variable with the passphrase that protects the file, where one is wished.</summary>
    public const string PassphraseVariable = "EHEALTHHUB_KEY_PASSPHRASE";

    /// <summary>
    /// Opens or creates <c>development.key</c> in the folder; <paramref name="hubId"/> is mixed into every derived key. A new file is protected by the passphrase in <see cref="PassphraseVariable"/> if there is one. Throws
    /// <see cref="InvalidDataException"/> for a damaged file, another hub's, one that others can read, or a wrong passphrase, and <see cref="FileNotFoundException"/> where there is none and none is to be created.
    /// </summary>
    public static IKeyVault Open(string folder, Guid hubId, bool create)
    {
        var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable);
        return Open(folder, hubId, create, string.IsNullOrEmpty(passphrase) ? null : passphrase);
    }

    internal static IKeyVault Open(string folder, Guid hubId, bool create, string? passphrase)
    {
        var path = Path.GetFullPath(Path.Combine(folder, VaultFile.Name));
        if (!File.Exists(path))
        {
            if (!create)
            {
                throw new FileNotFoundException("There is no development key file.", path);
            }

            // Two processes may start at once: the one that comes second opens the first one's file.
            _ = VaultFile.TryCreate(path, hubId, passphrase);
        }

        Span<byte> root = stackalloc byte[VaultFile.RootSize];
        try
        {
            VaultFile.Read(path, hubId, passphrase, root);
            return new DerivedVault(root, hubId);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(root);
        }
    }
}
