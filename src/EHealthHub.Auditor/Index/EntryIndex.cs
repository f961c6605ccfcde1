using System.Collections.Concurrent;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Auditor.Index;

/// <summary>Where a found entry stands.</summary>
internal readonly record struct Found(string Origin, int Index, long Ticks);

/// <summary>One page of what was found, newest first.</summary>
internal sealed record FoundPage(IReadOnlyList<Found> Entries, int Total);

/// <summary>The indexes of all logs, searched together. A search looks at every row once: some milliseconds for a million.</summary>
internal sealed class EntryIndex
{
    private const long DayTicks = TimeSpan.TicksPerDay;

    private readonly ConcurrentDictionary<string, LogIndex> _logs = new(StringComparer.Ordinal);

    /// <summary>Names of all logs.</summary>
    public IndexNames Names { get; } = new();

    /// <summary>The index of a log, made when it is asked for first.</summary>
    public LogIndex Log(string origin) => _logs.GetOrAdd(origin, o => new LogIndex(o, Names));

    /// <summary>Entries that can be seen, in all logs.</summary>
    public long Size => _logs.Values.Sum(l => (long)l.Visible);

    /// <summary>Searches.</summary>
    public FoundPage Search(EntryFilter filter)
    {
        if (ToRows(filter) is not { } rows)
        {
            return new FoundPage([], 0);
        }

        var (skipped, total) = ((filter.Page - 1) * filter.Size, 0);
        var reach = skipped + filter.Size;
        var found = new List<Found>();
        foreach (var log in _logs.Values)
        {
            var taken = 0;
            for (var row = log.Visible - 1; row >= 0; row--)
            {
                if (!log.Matches(row, rows))
                {
                    continue;
                }

                total++;
                if (taken < reach)
                {
                    found.Add(new Found(log.Origin, row, log.TicksOf(row)));
                    taken++;
                }
            }
        }

        // Within a log the index decides; logs of several gateways are put together by time.
        var page = found.OrderByDescending(f => f.Ticks).ThenBy(f => f.Origin, StringComparer.Ordinal).ThenByDescending(f => f.Index).Skip(skipped).Take(filter.Size);
        return new FoundPage([.. page], total);
    }

    /// <summary>Counts for the overview: all visible entries, and the hours before <paramref name="now"/>.</summary>
    public Overview Count(DateTimeOffset now)
    {
        var overview = new Overview(now);
        foreach (var log in _logs.Values)
        {
            for (var row = log.Visible - 1; row >= 0; row--)
            {
                overview.Add(log.KindOf(row), log.OutcomeOf(row), log.PurposeOf(row), log.TicksOf(row), log.CountOf(row));
            }
        }

        return overview;
    }

    private RowFilter? ToRows(EntryFilter filter)
    {
        var (from, until) = filter.Day is { } day ? (day.ToDateTime(default).Ticks, day.ToDateTime(default).Ticks + DayTicks) : (long.MinValue, long.MaxValue);
        var rows = new RowFilter(
            from, until, filter.Kind, filter.Outcome,
            Number(Names.Institutions, filter.Institution), Number(Names.Persons, filter.Actor), Number(Names.Purposes, filter.Purpose), Number(Names.Patients, filter.Patient));
        return rows.Institution == Nobody || rows.Person == Nobody || rows.Purpose == Nobody || rows.Patient == Nobody ? null : rows;
    }

    private const int Any = -1;
    private const int Nobody = -2;

    private static int Number(NameTable names, string name) => name.Length == 0 ? Any : names.Find(name) is >= 0 and var number ? number : Nobody;
}
