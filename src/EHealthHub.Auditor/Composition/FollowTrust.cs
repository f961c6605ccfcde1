using EHealthHub.Trust.Revocation;

namespace EHealthHub.Auditor.Composition;

/// <summary>Every second: keeps revocation on the trust list that the registry holds now.</summary>
internal sealed class FollowTrust(TrustFollowing following, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                // Its end is not waited for: what a responder does not answer shows in the freshness of its source.
                _ = following.Step();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
