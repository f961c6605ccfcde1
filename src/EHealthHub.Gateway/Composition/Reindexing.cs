using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Records.Store;

namespace EHealthHub.Gateway.Composition;

/// <summary>Looks every second whether search parameters have changed, and has what is stored follow. A failure is logged and tried again; the parameters concerned are refused by name until then.</summary>
internal sealed class Reindexing(HubParts parts, GatewaySettings settings, ILogger<Reindexing> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                if (parts.Acts.Reindex.HasWork)
                {
                    await Once(stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the next start goes on.
        }
    }

    private async Task Once(CancellationToken stoppingToken)
    {
        try
        {
            var generations = parts.Records.Generations;
            Log.ReindexBegun(logger, generations.Number, generations.Resources);
            await using (parts.Time.CreateTimer(_ => Log.ReindexGoesOn(logger, generations.Number, generations.Resources), null, TellEvery, TellEvery).ConfigureAwait(false))
            {
                await parts.Acts.Reindex.Run(settings.ReindexRate, stoppingToken).ConfigureAwait(false);
            }

            Log.ReindexDone(logger, generations.Number, generations.Resources);
        }
        catch (Exception e) when (e is AuditUnavailableException or RecordsUnavailableException or RecordsTamperedException or AuditReceiptException or InvalidDataException or IOException)
        {
            Log.BackgroundFailed(logger, e.GetType().Name, nameof(Reindexing));
            await Task.Delay(AfterFailure, parts.Time, stoppingToken).ConfigureAwait(false);
        }
    }
}
