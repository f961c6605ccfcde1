using System.Collections.Concurrent;
using EHealthHub.Audit.Tiles;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Logs;

/// <summary>Follows every log of the audit folder, once a second. One log's trouble does not stop the others.</summary>
internal sealed class LogWatch(string auditFolder, EntryIndex index, KeyRingFile keys, KeptCheckpoints kept, TimeProvider time, ILogger<LogWatch> logger) : BackgroundService
{
    /// <summary>Most logs followed: two a year for each gateway.</summary>
    public const int LogsMax = 4_096;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, LogFollower> _followers = new(StringComparer.Ordinal);

    /// <summary>The states of all logs, in the order of their origins.</summary>
    public IReadOnlyList<LogState> States => [.. _followers.Values.Select(f => f.State).OrderBy(s => s.Origin, StringComparer.Ordinal)];

    /// <summary>The follower of a log; null for one that there is not.</summary>
    public LogFollower? Of(string origin) => _followers.GetValueOrDefault(origin);

    /// <summary>Looks at every log once.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        foreach (var folder in LogReader.FoldersIn(auditFolder).Take(LogsMax))
        {
            var origin = LogFolder.OriginOf(Path.GetFileName(folder))!;
            var follower = _followers.GetOrAdd(origin, o => new LogFollower(auditFolder, o, index.Log(o), keys, kept));
            var before = follower.State.Problem;
            follower.Advance(cancellationToken);
            if (follower.State.Problem is { Length: > 0 } problem && problem != before)
            {
                Log.LogNotWhole(logger, origin, problem);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first look may read for a while: off the thread that starts the host.
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                Look(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The stop that was asked for.
        }
    }
}
