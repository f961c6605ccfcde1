using System.Security.Cryptography;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Trust;

namespace EHealthHub.Auditor.Logs;

/// <summary>The auditors' key file, read again when a log turns up that it did not know: a new half-year brings a new key. Rings that were replaced live on until the process ends, as somebody may be opening an entry with one.</summary>
internal sealed class KeyRingFile : IRegistryAuthenticator, IDisposable
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly List<AuditKeyRing> _rings = [];
    private DateTime _writtenUtc;

    /// <summary>Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when the file cannot be used.</summary>
    public KeyRingFile(string path)
    {
        _path = path;
        _writtenUtc = File.GetLastWriteTimeUtc(path);
        _rings.Add(AuditKeyRing.Read(path));
    }

    /// <summary>The ring in force.</summary>
    public AuditKeyRing Current
    {
        get
        {
            lock (_lock)
            {
                return _rings[^1];
            }
        }
    }

    /// <summary>A ring that knows the log, reading the file again where it changed; null when the log is in neither.</summary>
    public AuditKeyRing? For(string origin)
    {
        lock (_lock)
        {
            if (_rings[^1].SealingKey(origin) is null && File.GetLastWriteTimeUtc(_path) is var written && written != _writtenUtc)
            {
                _rings.Add(AuditKeyRing.Read(_path));
                _writtenUtc = written;
            }

            return _rings[^1].SealingKey(origin) is null ? null : _rings[^1];
        }
    }

    /// <inheritdoc/>
    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(Current.RegistryKey.Bytes, content);

    /// <inheritdoc/>
    public void Dispose() => _rings.ForEach(r => r.Dispose());
}
