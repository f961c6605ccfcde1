using EHealthHub.Records.Store;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Composition;

/// <summary>Every second: takes up the tokens that other gateways took back. A failure is logged and tried again.</summary>
internal sealed class RevocationPoll(RevokedTokens revoked, HubParts parts, ILogger<RevocationPoll> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    revoked.Refresh();
                }
                catch (RecordsUnavailableException e)
                {
                    Log.BackgroundFailed(logger, e.GetType().Name, nameof(RevocationPoll));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
