using EHealthHub.Operator.Running;
using EHealthHub.Operator.Tests.Support;
using EHealthHub.Records;

namespace EHealthHub.Operator.Tests.Running;

public sealed class HubServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HubLayout _layout;

    public HubServiceTests()
    {
        _layout = new HubLayout(_folder.Path);
        Directory.CreateDirectory(_layout.Logs);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_that_ends_at_once_leaves_its_words_in_the_log()
    {
        var service = new HubService("gateway", _folder.File("missing.dll"), _layout, TimeProvider.System);
        service.StartDetached(1, []);
        for (var i = 0; i < 100 && (service.Running is not null || service.LastLogLines().Count == 0); i++)
        {
            await Task.Delay(100);
        }

        Assert.Null(service.Running);
        Assert.NotEmpty(service.LastLogLines());
    }

    [Fact]
    public async Task Stopping_what_does_not_run_is_no_failure()
    {
        var service = new HubService("gateway", _folder.File("missing.dll"), _layout, TimeProvider.System);
        Assert.True(await service.Stop(TimeSpan.FromSeconds(1), _ => { }, CancellationToken.None));
    }

    [Fact]
    public async Task A_process_that_does_not_want_to_stop_is_ended_with_a_message()
    {
        // The record is what counts: here it is of a shell that does not listen to SIGTERM.
        using var process = System.Diagnostics.Process.Start("/bin/sh", ["-c", "trap '' TERM; echo; while :; do sleep 1; done"]);
        await Task.Delay(300);
        ProcessRecord.Of(process.Id, 1)!.Write(Path.Combine(_layout.Logs, "gateway.pid"));
        var service = new HubService("gateway", _folder.File("missing.dll"), _layout, TimeProvider.System);
        var said = new List<string>();
        Assert.True(await service.Stop(TimeSpan.FromMilliseconds(500), said.Add, CancellationToken.None));
        Assert.Contains("ended by force", Assert.Single(said), StringComparison.Ordinal);
        Assert.Null(service.Running);
    }

    [Fact]
    public async Task Two_commands_on_one_directory_take_turns()
    {
        var path = _folder.File("turn");
        using (DirectoryTurn.TryTake(path))
        {
            Assert.Null(DirectoryTurn.TryTake(path));
            await Assert.ThrowsAsync<TimeoutException>(() => DirectoryTurn.Take(path, TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None));
        }

        using var next = await DirectoryTurn.Take(path, TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        Assert.NotNull(next);
    }
}
