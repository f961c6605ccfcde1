using EHealthHub.Audit.Entries;

namespace EHealthHub.Auditor.Index;

/// <summary>How many accesses of which sort, and when. Filled row by row, so it counts in plain arrays.</summary>
internal sealed class Overview(DateTimeOffset now)
{
    /// <summary>Hours in the plot.</summary>
    public const int Hours = 48;

    private readonly long _firstHour = (now.UtcTicks / TimeSpan.TicksPerHour) - Hours + 1;
    private readonly long[] _kinds = new long[256];
    private readonly long[] _outcomes = new long[256];
    private long[] _purposes = new long[16];

    /// <summary>Events; an entry may stand for several.</summary>
    public long Total { get; private set; }

    /// <summary>Kinds that occur.</summary>
    public IEnumerable<(EntryKind Kind, long Count)> Kinds => Occurring(_kinds).Select(k => ((EntryKind)k.Number, k.Count));

    /// <summary>Outcomes that occur.</summary>
    public IEnumerable<(Outcome Outcome, long Count)> Outcomes => Occurring(_outcomes).Select(o => ((Outcome)o.Number, o.Count));

    /// <summary>Purposes that occur, by number of the name.</summary>
    public IEnumerable<(int Purpose, long Count)> Purposes => Occurring(_purposes);

    /// <summary>Granted or failed, for each hour, the oldest first.</summary>
    public long[] Granted { get; } = new long[Hours];

    /// <summary>Refused, for each hour.</summary>
    public long[] Refused { get; } = new long[Hours];

    /// <summary>Start of an hour of the plot.</summary>
    public DateTimeOffset HourAt(int hour) => new((_firstHour + hour) * TimeSpan.TicksPerHour, TimeSpan.Zero);

    public void Add(EntryKind kind, Outcome outcome, int purpose, long ticks, int count)
    {
        if (purpose >= _purposes.Length)
        {
            Array.Resize(ref _purposes, purpose * 2);
        }

        Total += count;
        _kinds[(byte)kind] += count;
        _outcomes[(byte)outcome] += count;
        _purposes[purpose] += count;
        var hour = (ticks / TimeSpan.TicksPerHour) - _firstHour;
        if (hour is >= 0 and < Hours)
        {
            (outcome == Outcome.Refused ? Refused : Granted)[hour] += count;
        }
    }

    private static IEnumerable<(int Number, long Count)> Occurring(long[] counts) => counts.Select((count, number) => (number, count)).Where(c => c.count > 0);
}
