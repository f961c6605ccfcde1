using System.Diagnostics;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Crash;

/// <summary>A disk that takes no more, under a real gateway: 503, nothing released, nothing half stored, and back to work by itself when there is room again.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly HubDirectory _hub = HubDirectory.Create();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task When_the_log_cannot_grow_nothing_is_released()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var ankara = _hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Dolu"))).Expect(201).IdFromLocation();

        await gateway.LimitFileSize(64);
        var read = await ankara.Get($"fhir/Patient/{patient}");
        var write = await ankara.Post("fhir/Patient", Samples.Patient("Sığmaz"));
        Assert.All([read, write], answer =>
        {
            Assert.Equal((503, "audit-unavailable"), (answer.Status, answer.OutcomeCode));
            Assert.Null(answer.Receipt);
            Assert.DoesNotContain("Dolu", answer.Text, StringComparison.Ordinal);
        });

        await gateway.LimitFileSize(null);
        await Until(async () => (await ankara.Get($"fhir/Patient/{patient}")).Status == 200);
        gateway.Kill();
        await ExpectWhole(patients: 1);
    }

    [Fact]
    public async Task When_the_store_cannot_grow_writes_are_refused_and_reads_go_on()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var ankara = _hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Kalan"))).Expect(201).IdFromLocation();

        // The store's write-ahead log is by far the longest file of the two that grow with a write.
        await gateway.LimitFileSize(Directory.GetFiles(Path.Combine(_hub.Layout.Root, "db"), "*-wal").Max(f => new FileInfo(f).Length));
        (await ankara.Post("fhir/Patient", Samples.Patient("Sığmaz"))).Refused(503, "store-unavailable");
        (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);

        await gateway.LimitFileSize(null);
        var written = 1;
        await Until(async () =>
        {
            var created = (await ankara.Post("fhir/Patient", Samples.Patient("Sığar"))).Status == 201;
            written += created ? 1 : 0;
            return created;
        });
        gateway.Kill();
        await ExpectWhole(written);
    }

    [Fact]
    public async Task When_the_audit_directory_takes_no_files_requests_are_refused_until_it_does()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var ankara = _hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Klasör"))).Expect(201).IdFromLocation();

        // Not even root can make a file in a folder that is none. The open journal could still be appended to; tiles and checkpoints cannot.
        var log = Directory.GetDirectories(_hub.Layout.Audit).Single();
        Directory.Move(log, log + ".away");
        await File.WriteAllTextAsync(log, "");
        await Until(async () => (await ankara.Get($"fhir/Patient/{patient}")).Status == 503);

        File.Delete(log);
        Directory.Move(log + ".away", log);
        await Until(async () => (await ankara.Get($"fhir/Patient/{patient}")).Status == 200);
        gateway.Kill();
        await ExpectWhole(patients: 1);
    }

    /// <summary>After a restart on a disk with room: both verifiers pass, and the store holds what was acknowledged, no more.</summary>
    private async Task ExpectWhole(int patients)
    {
        using (await _hub.StartGatewayProcess())
        {
            using var ministry = _hub.Client("ministry");
            var all = (await ministry.Get("fhir/Patient?_count=100")).Expect(200);
            Assert.Equal(patients, all.Json["entry"]!.AsArray().Count);
        }

        await _hub.ExpectLogWhole();
        await _hub.ExpectRecordsWhole();
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        var patience = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "it did not come about within a minute");
            await Task.Delay(100);
        }
    }
}
