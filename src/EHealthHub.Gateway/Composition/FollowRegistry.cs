using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Gateway.Composition;

/// <summary>
/// Every half second: what the registry says newly is followed (sources of revocation, certificates to ask about), and each of its changes becomes an entry in the audit log, whoever made it and whether or not the hub ran then. A change
/// that cannot be logged is tried again, and is in force meanwhile: taking a suspended hospital's word for longer would be worse.
/// </summary>
internal sealed class FollowRegistry(HubParts parts, TrustParts trust, ILogger<FollowRegistry> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>Logs what changed since the mark; called once before the first request, and then here.</summary>
    public static async Task LogChanges(HubParts parts, RegistrySnapshot registry, RegistryMark mark)
    {
        var logged = mark.Read();
        if (registry.Revision <= logged)
        {
            return;
        }

        var notes = registry.Notes.Where(n => n.Revision > logged).ToList();
        var first = notes.Count > 0 ? notes[0].Revision : registry.Revision + 1;
        if (first > logged + 1)
        {
            await parts.Log.Record(Entry(parts, "", $"revisions {logged + 1} to {first - 1}: no longer remembered", parts.Time.GetUtcNow()), CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var note in notes)
        {
            await parts.Log.Record(Entry(parts, note.Actor, $"revision {note.Revision}: {note.Act}{(note.Reason.Length > 0 ? "; reason: " + note.Reason : "")}", note.Time), CancellationToken.None).ConfigureAwait(false);
        }

        mark.Write(registry.Revision);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await Once().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task Once()
    {
        try
        {
            // Not awaited for its end: a slow responder must not hold up the log of changes, and what fails shows in the freshness of its source.
            _ = trust.Following.Step();
            await LogChanges(parts, trust.Registry.Current, trust.Mark).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuditUnavailableException or IOException or UnauthorizedAccessException)
        {
            Log.BackgroundFailed(logger, e.GetType().Name, nameof(FollowRegistry));
        }
    }

    private static AuditEntry Entry(HubParts parts, string actor, string detail, DateTimeOffset time) => new()
    {
        Kind = EntryKind.Administration,
        Time = time,
        Interaction = "registry-change",
        Reason = "registry-change",
        Person = actor,
        Role = "Operator",
        Detail = $"{parts.Hub.Node}: {detail}",
    };
}
