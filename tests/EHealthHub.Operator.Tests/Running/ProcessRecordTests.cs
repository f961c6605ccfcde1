using System.Diagnostics;
using EHealthHub.Operator.Running;
using EHealthHub.Operator.Tests.Support;

namespace EHealthHub.Operator.Tests.Running;

public sealed class ProcessRecordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("gateway.pid");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_running_process_is_found_again()
    {
        ProcessRecord.Of(Environment.ProcessId, 8443)!.Write(Path);
        var found = ProcessRecord.Running(Path);
        Assert.NotNull(found);
        Assert.Equal((Environment.ProcessId, 8443, true), (found.Id, found.Port, found.IsRunning));
    }

    [Fact]
    public void A_process_id_that_was_given_to_another_process_is_not_taken_for_ours()
    {
        var own = ProcessRecord.Of(Environment.ProcessId, 8443)!;
        (own with { Started = own.Started - 1 }).Write(Path);
        Assert.Null(ProcessRecord.Running(Path));
    }

    [Fact]
    public async Task A_process_that_ended_is_gone()
    {
        using var process = Process.Start("sleep", "60");
        var record = ProcessRecord.Of(process.Id, 1)!;
        record.Write(Path);
        Assert.NotNull(ProcessRecord.Running(Path));
        Assert.True(Signals.Terminate(process.Id));
        await process.WaitForExitAsync();
        Assert.False(record.IsRunning);
        Assert.Null(ProcessRecord.Running(Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("1 2")]
    [InlineData("-1 2 3")]
    [InlineData("99999999999999999999 2 3")]
    public void A_damaged_record_means_nothing(string content)
    {
        File.WriteAllText(Path, content);
        Assert.Null(ProcessRecord.Running(Path));
    }

    [Fact]
    public void Nothing_runs_where_nothing_was_recorded() => Assert.Null(ProcessRecord.Running(Path));
}
