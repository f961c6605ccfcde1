using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Keys.Wrapping;
using NSec.Cryptography;

namespace EHealthHub.Benchmarks;

/// <summary>A log in a folder of its own, with entries like those of a read.</summary>
internal sealed class AuditFixture : IDisposable
{
    public const string Origin = "ehealthhub/06/bench/0a1b2c3d/2026H2";

    public static readonly byte[] Ask = SHA256.HashData("ask"u8);

    private readonly Signer _signer = new();
    private readonly EntryKey _key = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("ehealthhub-bench-").FullName;

    public byte[] PublicKey => _signer.PublicKey;

    public AuditLog Open() => AuditLog.Open(new AuditLogOptions { Folder = Folder, Origin = Origin }, _key, _signer, TimeProvider.System);

    public static AuditEntry Entry(long number) => new()
    {
        Kind = EntryKind.Read,
        Time = DateTimeOffset.UnixEpoch.AddSeconds(1_795_000_000 + number),
        RequestId = "0b6e5a52-6d2c-7c3e-9d37-0c5a4b1f2e3d",
        Institution = "tr-06-hospital-17",
        Person = "clinician-4711",
        Role = "physician",
        Purpose = "TREAT",
        Interaction = "read",
        ResourceType = "Observation",
        ResourceId = "0193b2a4-0000-7000-8000-000000000001",
        Patients = ["0193b2a4-0000-7000-8000-00000000000a"],
        Status = 200,
        Certificate = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        TokenId = "0193b2a4-0000-7000-8000-0000000000ff",
        Source = "10.1.2.0/24",
    };

    /// <summary>Times of a flushed append of 1 KiB on the same disk, sorted: what nobody can do without.</summary>
    public TimeSpan[] ProbeFsync(int count)
    {
        using var handle = File.OpenHandle(Path.Combine(Path.GetTempPath(), $"ehealthhub-probe-{Environment.ProcessId}"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        var block = new byte[1_024];
        var times = new TimeSpan[count];
        for (var i = 0; i < count; i++)
        {
            RandomAccess.Write(handle, block, i * 1_024L);
            var start = TimeProvider.System.GetTimestamp();
            RandomAccess.FlushToDisk(handle);
            times[i] = TimeProvider.System.GetElapsedTime(start);
        }

        Array.Sort(times);
        return times;
    }

    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class EntryKey : IEntryKey, IDisposable
    {
        private readonly DataKey _root = DataKey.Create(1);
        private readonly Prf _function;

        public EntryKey() => _function = new Prf(_root, "audit entry", pooledMax: 64);

        public void Derive(ReadOnlySpan<byte> context, Span<byte> secret) => _function.Tag(secret, context);

        public void Dispose()
        {
            _function.Dispose();
            _root.Dispose();
        }
    }

    private sealed class Signer : ICheckpointSigner, IDisposable
    {
        private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);

        public string Name => Origin;

        public byte[] PublicKey => _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

        public byte[] Sign(ReadOnlySpan<byte> text) => SignatureAlgorithm.Ed25519.Sign(_key, text);

        public void Dispose() => _key.Dispose();
    }
}
