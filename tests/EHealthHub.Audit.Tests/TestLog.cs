using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Tests;

/// <summary>A folder of its own, keys of its own, and a log in it.</summary>
internal sealed class TestLog : IDisposable
{
    public const string Origin = "ehealthhub/06/node-1/0a1b2c3d/2026H2";

    public static readonly byte[] Ask = SHA256.HashData("ask"u8);

    public TestLog()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"ehealthhub-audit-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public string LogFolderPath => Path.Combine(Folder, LogFolder.NameOf(Origin));

    public TestEntryKey EntryKey { get; } = new();

    public TestSigner Signer { get; } = new(Origin);

    public AuditLogOptions Options => new()
    {
        Folder = Folder,
        Origin = Origin,
        FreeBytesMin = 0,
        IntegrateEvery = TimeSpan.FromMilliseconds(20),
        CheckpointEvery = TimeSpan.FromMilliseconds(60),
    };

    public IReadOnlyDictionary<string, byte[]> Keys => new Dictionary<string, byte[]> { [Origin] = Signer.PublicKey };

    public AuditLog Open() => AuditLog.Open(Options, EntryKey, Signer, TimeProvider.System);

    /// <summary>A log of so many entries, closed in order.</summary>
    public async Task Fill(int count)
    {
        await using var log = Open();
        await Append(log, count);
    }

    public static async Task Append(AuditLog log, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => log.Record(Entry($"entry {i}"), default).AsTask()));

    public static AuditEntry Entry(string detail) => new()
    {
        Kind = EntryKind.Read,
        Time = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero),
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
        Detail = detail,
        Source = "10.1.2.0/24",
    };

    /// <summary>Waits for something that other threads do; fails after ten seconds.</summary>
    public static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 1_000 && !holds(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(holds(), "It did not come about within ten seconds.");
    }

    public void Dispose()
    {
        Signer.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
