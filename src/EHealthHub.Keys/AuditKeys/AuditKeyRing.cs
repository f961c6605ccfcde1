using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Keys.Files;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.AuditKeys;

/// <summary>The auditors' keys, read from the file that <see cref="AuditKeyExport"/> writes.</summary>
public sealed class AuditKeyRing : IDisposable
{
    /// <summary>Name of the file in the auditors' folder.</summary>
    public const string FileName = "audit.keys";

    internal const int Format = 1;

    private const int FileMax = 1024 * 1024;
    private const int LogsMax = 4_096;
    private const int OriginMax = 256;
    private const int PublicKeySize = 32;

    private readonly Dictionary<string, DataKey> _sealing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _checkpoint = new(StringComparer.Ordinal);

    private DataKey? _registry;

    private AuditKeyRing()
    {
    }

    /// <summary>The secret that authenticates the registry file. Belongs to the ring.</summary>
    public DataKey RegistryKey => _registry ?? throw new InvalidOperationException("The ring is empty.");

    /// <summary>The logs whose keys are held.</summary>
    public IReadOnlyCollection<string> Origins => _sealing.Keys;

    /// <summary>32-byte Ed25519 public key of each log's checkpoints.</summary>
    public IReadOnlyDictionary<string, byte[]> CheckpointKeys => _checkpoint;

    /// <summary>Reads the file. Throws <see cref="InvalidDataException"/> for a damaged one, or one that others can read.</summary>
    public static AuditKeyRing Read(string path)
    {
        var content = PrivateFile.Read(Path.GetFullPath(path), FileMax);
        var ring = new AuditKeyRing();
        try
        {
            ring.Load(content);
            return ring;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or InvalidDataException)
        {
            ring.Dispose();
            throw new InvalidDataException($"{path} is not a file of audit keys of format {Format}.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>The key that opens a log's entries; null for a log that the ring does not know. Belongs to the ring.</summary>
    public DataKey? SealingKey(string origin) => _sealing.GetValueOrDefault(origin);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _sealing.Values)
        {
            key.Dispose();
        }

        _registry?.Dispose();
    }

    internal static AuditKeyRing Empty() => new();

    internal bool Holds(string origin, DataKey sealing, byte[] checkpointKey) =>
        _sealing.TryGetValue(origin, out var held) && CryptographicOperations.FixedTimeEquals(held.Bytes, sealing.Bytes) && _checkpoint[origin].AsSpan().SequenceEqual(checkpointKey);

    internal void SetRegistry(ReadOnlySpan<byte> key)
    {
        _registry?.Dispose();
        _registry = new DataKey(key, 1);
    }

    internal void Set(string origin, DataKey sealing, byte[] checkpointKey) => Put(origin, sealing.Bytes, checkpointKey);

    private void Load(byte[] content)
    {
        var limits = new JsonDocumentOptions { MaxDepth = 4 };
        using var document = JsonDocument.Parse(content, limits);
        var root = document.RootElement;
        var logs = root.GetProperty("logs");
        if (root.GetProperty("format").GetInt32() != Format || logs.GetArrayLength() > LogsMax)
        {
            throw new InvalidDataException("Unknown format, or too many logs.");
        }

        var registry = root.GetProperty("registry").GetBytesFromBase64();
        if (registry.Length != DataKey.Size)
        {
            throw new InvalidDataException("The registry's key is not whole.");
        }

        SetRegistry(registry);
        CryptographicOperations.ZeroMemory(registry);
        foreach (var log in logs.EnumerateArray())
        {
            var sealing = log.GetProperty("seal").GetBytesFromBase64();
            var origin = log.GetProperty("origin").GetString();
            var checkpointKey = log.GetProperty("checkpoint").GetBytesFromBase64();
            if (origin is not { Length: > 0 and <= OriginMax } || sealing.Length != DataKey.Size || checkpointKey.Length != PublicKeySize || _sealing.ContainsKey(origin))
            {
                throw new InvalidDataException("A log without an origin or whole keys, or named twice.");
            }

            Put(origin, sealing, checkpointKey);
            CryptographicOperations.ZeroMemory(sealing);
        }
    }

    private void Put(string origin, ReadOnlySpan<byte> sealing, byte[] checkpointKey)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(origin.Length, OriginMax);
        if (_sealing.Remove(origin, out var old))
        {
            old.Dispose();
        }

        _sealing[origin] = new DataKey(sealing, 1);
        _checkpoint[origin] = checkpointKey;
    }
}
