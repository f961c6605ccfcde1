using EHealthHub.Audit.Entries;
using NSec.Cryptography;

namespace EHealthHub.Audit.Witness;

/// <summary>A witness's own Ed25519 key in a private file: 32 bytes, made when there is none, readable by its owner alone. It signs nothing but cosignatures.</summary>
public sealed class WitnessKeyFile : ICheckpointSigner, IDisposable
{
    private const int SeedSize = 32;

    private readonly Key _key;

    private WitnessKeyFile(string name, Key key) => (Name, _key) = (name, key);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public byte[] PublicKey => _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

    /// <summary>Reads the key, or makes one. Throws <see cref="InvalidDataException"/> for a file that is no key or that others may read.</summary>
    public static WitnessKeyFile Open(string path, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!File.Exists(path))
        {
            Make(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new InvalidDataException($"{path} can be read by others than its owner.");
        }

        var seed = new FileInfo(path).Length == SeedSize ? File.ReadAllBytes(path) : throw new InvalidDataException($"{path} is not a witness's key.");
        return new WitnessKeyFile(name, Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey));
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> text) => SignatureAlgorithm.Ed25519.Sign(_key, text);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>A crash leaves no key or a whole one.</summary>
    private static void Make(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(path + ".new", options))
        {
            stream.Write(System.Security.Cryptography.RandomNumberGenerator.GetBytes(SeedSize));
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
