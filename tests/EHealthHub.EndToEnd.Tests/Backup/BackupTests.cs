using System.Collections.Concurrent;
using System.Security.Cryptography;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Backup;

/// <summary>A backup is taken while writes flow, the hub is lost, and what was restored runs, verifies, and holds everything that was acknowledged before.</summary>
public sealed class BackupTests : IDisposable
{
    private const int Writers = 6;

    private readonly HubDirectory _hub = HubDirectory.Create();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ehealthhub-backup-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();

    private string Backup => Path.Combine(_folder, "backup");

    private string Keys => Path.Combine(_folder, "keys");

    public void Dispose()
    {
        _hub.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_backup_taken_while_writes_flow_is_restored_and_goes_on()
    {
        var before = await BackUpUnderLoad();
        Assert.True(before.Length > 20, $"only {before.Length} writes were acknowledged before the backup: the load was no load");

        // The keys are elsewhere, and without them there is nothing to restore.
        Assert.Equal(1, (await _hub.Hub("backup", "--check", Backup)).Code);
        using var restored = _hub.At(Path.Combine(_folder, "restored"));
        Expect(1, await restored.Hub("restore", "--from", Backup));
        Assert.False(Directory.Exists(restored.Layout.Root));
        Expect(0, await restored.Hub("restore", "--from", Backup, "--keys-from", Keys));
        await restored.ExpectLogWhole();
        await restored.ExpectRecordsWhole();
        using (await restored.StartGatewayProcess())
        {
            // Another restoration over a hub that runs is refused.
            var (code, output) = await restored.Hub("restore", "--from", Backup, "--keys-from", Keys, "--replace", "--accept-rollback");
            Assert.True(code == 1 && output.Contains("holds the store", StringComparison.Ordinal), output);
            await EverythingIsThere(before);
            await WritesGoOn();
        }

        await restored.ExpectLogWhole();
        await restored.ExpectRecordsWhole();

        // Two logs: the one of the backup, as it was, and the one that the restored hub writes.
        Assert.Equal(2, Directory.GetDirectories(restored.Layout.Audit).Length);
    }

    [Fact]
    public async Task Going_back_behind_what_was_seen_takes_leave_and_keeps_what_was_there()
    {
        await BackUpUnderLoad();
        var (code, output) = await _hub.Hub("restore", "--from", Backup, "--keys-from", Keys, "--replace");
        Assert.True(code == 1 && output.Contains("ROLLBACK", StringComparison.Ordinal) && output.Contains("--accept-rollback", StringComparison.Ordinal), output);
        Expect(0, await _hub.Hub("restore", "--from", Backup, "--keys-from", Keys, "--replace", "--accept-rollback"));
        await _hub.ExpectLogWhole();
        await _hub.ExpectRecordsWhole();
        var aside = Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(_hub.Layout.Root)!, Path.GetFileName(_hub.Layout.Root) + ".replaced-*"));
        try
        {
            using var old = _hub.At(Path.Combine(_folder, "old"));
            Directory.Move(aside, old.Layout.Root);
            await old.ExpectLogWhole();
        }
        finally
        {
            if (Directory.Exists(aside))
            {
                Directory.Delete(aside, recursive: true);
            }
        }
    }

    /// <summary>Two backups to one folder while writers write; the second one counts. Gives what was acknowledged before it began.</summary>
    private async Task<string[]> BackUpUnderLoad()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, Writers).Select(w => Load(w, stop.Token)).ToArray();
        await WritesFlow();
        Expect(0, await _hub.Hub("backup", "--to", Backup, "--keys-to", Keys, "--fast"));
        var before = _acknowledged.Keys.ToArray();
        Expect(0, await _hub.Hub("backup", "--to", Backup, "--keys-to", Keys));
        await stop.CancelAsync();
        await Task.WhenAll(load);
        gateway.Kill();
        Expect(0, await _hub.Hub("backup", "--check", Backup, "--keys-from", Keys));
        return before;
    }

    /// <summary>On a busy machine the first handshakes take their time.</summary>
    private async Task WritesFlow()
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (_acknowledged.Count < 30)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "no writes were acknowledged within a minute");
            await Task.Delay(5);
        }
    }

    private static void Expect(int code, (int Code, string Output) run) => Assert.True(run.Code == code, run.Output);

    private async Task Load(int writer, CancellationToken stop)
    {
        using var client = _hub.Client("hospital-ankara");
        while (!stop.IsCancellationRequested)
        {
            var family = "Yedek" + (char)('A' + writer);
            var answer = (await client.Post("fhir/Patient", Samples.Patient(family))).Expect(201);
            _acknowledged[$"Patient/{answer.IdFromLocation()}"] = family;
        }
    }

    private async Task EverythingIsThere(string[] references)
    {
        using var ministry = _hub.Client("ministry");
        foreach (var reference in references)
        {
            var read = (await ministry.Get("fhir/" + reference)).Expect(200);
            Assert.Equal(_acknowledged[reference], (string)read.Json["name"]![0]!["family"]!);
        }
    }

    private async Task WritesGoOn()
    {
        using var ankara = _hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Sonra"))).Expect(201).IdFromLocation();
        (await ankara.Get($"fhir/Patient/{id}")).Expect(200);
    }
}
