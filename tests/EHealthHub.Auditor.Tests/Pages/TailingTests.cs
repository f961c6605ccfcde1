using EHealthHub.Auditor.Tests.Support;

namespace EHealthHub.Auditor.Tests.Pages;

public class TailingTests
{
    [Fact]
    public async Task New_entries_and_new_logs_appear_while_one_looks()
    {
        await using var hub = TestHub.Create();
        await using var host = await hub.Start();
        using var auditor = hub.Client(host, "auditor");
        await hub.Append(TestHub.Entry(0, "patient-late"));
        await Eventually.Hold(async () => (await auditor.GetStringAsync("/entries?patient=patient-late")).Contains("1 matching", StringComparison.Ordinal));

        await using var other = hub.OpenOtherLog("ehealthhub/06/node-2/01989f3e/2026H2", "audit/2026H2", export: true);
        await other.Record(TestHub.Entry(0, "patient-late"), default);
        await Eventually.Hold(async () => (await auditor.GetStringAsync("/entries?patient=patient-late")).Contains("2 matching", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_is_not_whole_is_shown_as_such_and_nothing_of_it_else()
    {
        await using var hub = TestHub.Create();
        await hub.Append(TestHub.Entry(0, "patient-1"));
        await hub.CloseLog();
        var bundle = Directory.EnumerateFiles(hub.Audit, "*", SearchOption.AllDirectories).First(f => f.Contains("entries", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(bundle);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);
        await using var host = await hub.Start();
        using var auditor = hub.Client(host, "auditor");
        await Eventually.Hold(async () => (await auditor.GetStringAsync("/log")).Contains("NOT whole", StringComparison.Ordinal));
        Assert.Contains("0 matching", await auditor.GetStringAsync("/entries"), StringComparison.Ordinal);
    }
}
