using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Witness;

namespace EHealthHub.Gateway.Composition;

/// <summary>
/// Takes the log's checkpoints to the witnesses, every ten seconds: the auditors' process, which says in its own folder where it listens, and those named in <c>DIR/witnesses.txt</c>. No response waits for it. What a witness says against
/// the log, and a checkpoint that nobody has cosigned for too long, is an error in the text log and a metric.
/// </summary>
internal sealed class Witnessing(HubParts parts, ILogger<Witnessing> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(10);

    private readonly DateTimeOffset _began = parts.Time.GetUtcNow();
    private volatile WitnessFeed? _feed;
    private volatile string _told = "";

    /// <summary>Seconds since a witness last cosigned, or since the start when none has; -1 when there are no witnesses.</summary>
    public double AgeSeconds => _feed is { } feed && feed.States.Length > 0 ? (parts.Time.GetUtcNow() - (feed.Witnessed ?? _began)).TotalSeconds : -1;

    /// <summary>Witnesses that have seen another history of the log, or a longer one.</summary>
    public int Accusing => _feed?.States.Count(state => state.IsAccused) ?? 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var http = new HttpClient { Timeout = RequestMax };
        using var timer = new PeriodicTimer(Every, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await Round(http, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The stop that was asked for.
        }
    }

    private async Task Round(HttpClient http, CancellationToken stoppingToken)
    {
        try
        {
            IReadOnlyList<WitnessAddress> witnesses =
                [.. WitnessList.Read(Path.Combine(parts.Layout.Auditor, "witness.txt")), .. WitnessList.Read(Path.Combine(parts.Layout.Root, "witnesses.txt"))];
            _feed ??= new WitnessFeed(Path.Combine(parts.Layout.Audit, LogFolder.NameOf(parts.Log.Origin)), http);
            await _feed.Round([.. witnesses.Take(WitnessFeed.WitnessesMax)], stoppingToken).ConfigureAwait(false);
            Tell(_feed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.BackgroundFailed(logger, e.GetType().Name, nameof(Witnessing));
        }
    }

    /// <summary>Each new thing once.</summary>
    private void Tell(WitnessFeed feed)
    {
        var problems = feed.States.Where(state => state.IsAccused || AgeSeconds > AgeMax.TotalSeconds).Select(state => $"{state.Name}: {state.Problem}").ToList();
        var text = string.Join("; ", problems);
        if (text.Length > 0 && text != _told)
        {
            Log.NotWitnessed(logger, (long)AgeSeconds, text);
        }

        _told = text;
    }
}
