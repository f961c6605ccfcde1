using System.Collections.Concurrent;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;

namespace EHealthHub.Exchange.Gate;

/// <summary>
/// Entries for those whom no trusted chain names: one for each reason, source prefix and minute, with a count, so that nobody can fill the log from outside. The first is written at once, and its position is the receipt of all
/// others of its minute; a closing entry tells how many there were.
/// </summary>
public sealed class RefusalWindow(AuditLog log, TimeProvider time)
{
    /// <summary>Most windows open at once; beyond it all further sources of a reason share one.</summary>
    public const int WindowsMax = 4_096;

    private const string ManySources = "many";

    private readonly ConcurrentDictionary<(EntryKind Kind, string Reason, string Source, string Institution), Lazy<Window>> _windows = new();

    /// <summary>Counts one event and gives the position of its window's entry. <paramref name="institution"/> is who was refused, where that is proven.</summary>
    public async ValueTask<LogPosition> Count(EntryKind kind, string reason, string source, string interaction, int status, CancellationToken cancellationToken, string institution = "")
    {
        var key = (Kind: kind, Reason: reason, Source: source, Institution: institution);
        if (_windows.Count >= WindowsMax && !_windows.ContainsKey(key))
        {
            key.Source = ManySources;
        }

        while (true)
        {
            var now = time.GetUtcNow();
            var lazy = _windows.GetOrAdd(key, k => new Lazy<Window>(() => new Window(now, log.Record(Entry(k.Kind, k.Reason, k.Source, k.Institution, interaction, status, 1, now), CancellationToken.None).AsTask())));
            var window = lazy.Value;
            if (now - window.Since < TimeSpan.FromMinutes(1))
            {
                try
                {
                    var position = await window.First.WaitAsync(cancellationToken).ConfigureAwait(false);
                    window.Add();
                    return position;
                }
                catch (AuditUnavailableException)
                {
                    // The next one tries again: a window whose entry was never written must not stay.
                    _windows.TryRemove(new(key, lazy));
                    throw;
                }
            }

            await Close(key, lazy, interaction, status).ConfigureAwait(false);
        }
    }

    /// <summary>Closes windows that are over; called each minute and at shutdown (<paramref name="all"/>).</summary>
    public async ValueTask CloseOld(bool all)
    {
        var now = time.GetUtcNow();
        foreach (var (key, lazy) in _windows)
        {
            if (all || now - lazy.Value.Since >= TimeSpan.FromMinutes(1))
            {
                await Close(key, lazy, "closing", 0).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask Close((EntryKind Kind, string Reason, string Source, string Institution) key, Lazy<Window> lazy, string interaction, int status)
    {
        if (_windows.TryRemove(new(key, lazy)) && lazy.Value.Counted > 1)
        {
            await log.Record(Entry(key.Kind, key.Reason, key.Source, key.Institution, interaction, status, lazy.Value.Counted, time.GetUtcNow()) with { Detail = "count of the minute, its first entry included" }, CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private static AuditEntry Entry(EntryKind kind, string reason, string source, string institution, string interaction, int status, int count, DateTimeOffset now) => new()
    {
        Kind = kind,
        Time = now,
        Reason = reason,
        Source = source,
        Institution = institution,
        Interaction = interaction,
        Status = status,
        Count = count,
    };

    private sealed class Window(DateTimeOffset since, Task<LogPosition> first)
    {
        private int _counted;

        public DateTimeOffset Since { get; } = since;

        public Task<LogPosition> First { get; } = first;

        public int Counted => Volatile.Read(ref _counted);

        public void Add() => Interlocked.Increment(ref _counted);
    }
}
