using EHealthHub.Audit.Log;
using EHealthHub.Records.Store;

namespace EHealthHub.Gateway.Composition;

/// <summary>Every half minute: closes refusal windows that are over, forgets results that nobody picked up, closes intents whose end was unknown, moves the log's watermark, takes away contents that were received and that no version names, also at the start, and brings erasures to their end that somebody who read held up. A failure is logged and tried again.</summary>
internal sealed class Housekeeping(HubParts parts, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, parts.Time);
        try
        {
            await Guard(SweepContents, stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await Guard(Once, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: GatewayHost closes what is open.
        }
    }

    private async Task Once(CancellationToken stoppingToken)
    {
        parts.Acts.Deferred.Sweep();
        await parts.Acts.Refusals.CloseOld(all: false).ConfigureAwait(false);
        await parts.Acts.Orphans.Sweep(stoppingToken).ConfigureAwait(false);
        await SweepContents(stoppingToken).ConfigureAwait(false);
        await parts.Acts.Employments.Settle(stoppingToken).ConfigureAwait(false);
        await parts.Acts.Erasures.Resume(atStart: false, stoppingToken).ConfigureAwait(false);
    }

    private async Task SweepContents(CancellationToken stoppingToken) => await parts.Records.Contents.Sweep(stoppingToken).ConfigureAwait(false);

    private async Task Guard(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuditUnavailableException or RecordsUnavailableException)
        {
            Log.BackgroundFailed(logger, e.GetType().Name, nameof(Housekeeping));
        }
    }
}
