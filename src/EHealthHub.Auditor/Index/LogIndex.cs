using EHealthHub.Audit.Entries;

namespace EHealthHub.Auditor.Index;

/// <summary>Names shared by the indexes of all logs.</summary>
internal sealed class IndexNames
{
    public NameTable Institutions { get; } = new();

    public NameTable Persons { get; } = new();

    public NameTable Patients { get; } = new();

    public NameTable Purposes { get; } = new();
}

/// <summary>
/// What one log's entries are found by, in columns: some 50 bytes an entry. The entries themselves are not kept; a page opens those that it shows. Rows are added as they are read and can be seen only when <see cref="Publish"/> says that a
/// signed checkpoint covers them. One writer, many readers.
/// </summary>
internal sealed class LogIndex(string origin, IndexNames names)
{
    /// <summary>Most entries of one log in the index: some 5 GB.</summary>
    public const int RowsMax = 100_000_000;

    private readonly Column<long> _ticks = new();
    private readonly Column<EntryKind> _kinds = new();
    private readonly Column<Outcome> _outcomes = new();
    private readonly Column<int> _institutions = new();
    private readonly Column<int> _persons = new();
    private readonly Column<int> _purposes = new();
    private readonly Column<int> _counts = new();
    private readonly Column<int> _patientEnds = new();
    private readonly Column<int> _patients = new();
    private int _visible;

    /// <summary>The log.</summary>
    public string Origin => origin;

    /// <summary>Rows that may be seen; a row's number is the entry's index in the log.</summary>
    public int Visible => Volatile.Read(ref _visible);

    /// <summary>Adds the next entry, not to be seen yet. Throws <see cref="InvalidDataException"/> beyond <see cref="RowsMax"/>.</summary>
    public void Add(AuditEntry entry)
    {
        if (_ticks.Count == RowsMax)
        {
            throw new InvalidDataException($"The log has more than {RowsMax} entries; this process cannot index it.");
        }

        _ticks.Add(entry.Time.UtcTicks);
        _kinds.Add(entry.Kind);
        _outcomes.Add(Outcomes.Of(entry));
        _institutions.Add(names.Institutions.Add(entry.Institution));
        _persons.Add(names.Persons.Add(entry.Person));
        _purposes.Add(names.Purposes.Add(entry.Purpose));
        _counts.Add(Math.Max(1, entry.Count));
        foreach (var patient in entry.Patients)
        {
            _patients.Add(names.Patients.Add(patient));
        }

        _patientEnds.Add(_patients.Count);
    }

    /// <summary>Shows what was added.</summary>
    public void Publish() => Volatile.Write(ref _visible, _ticks.Count);

    /// <summary>Forgets what was added and never shown.</summary>
    public void Forget()
    {
        var visible = _visible;
        _patients.Truncate(visible == 0 ? 0 : _patientEnds[visible - 1]);
        foreach (var column in new Action<int>[]
        {
            _ticks.Truncate, _kinds.Truncate, _outcomes.Truncate, _institutions.Truncate, _persons.Truncate, _purposes.Truncate, _counts.Truncate, _patientEnds.Truncate,
        })
        {
            column(visible);
        }
    }

    public long TicksOf(int row) => _ticks[row];

    public EntryKind KindOf(int row) => _kinds[row];

    public Outcome OutcomeOf(int row) => _outcomes[row];

    public int PurposeOf(int row) => _purposes[row];

    /// <summary>How many events the entry stands for.</summary>
    public int CountOf(int row) => _counts[row];

    /// <summary>Whether a visible row meets the filter.</summary>
    public bool Matches(int row, in RowFilter filter)
    {
        var ticks = _ticks[row];
        return ticks >= filter.FromTicks
            && ticks < filter.UntilTicks
            && (filter.Kind == 0 || _kinds[row] == filter.Kind)
            && (filter.Outcome == 0 || _outcomes[row] == filter.Outcome)
            && (filter.Institution < 0 || _institutions[row] == filter.Institution)
            && (filter.Person < 0 || _persons[row] == filter.Person)
            && (filter.Purpose < 0 || _purposes[row] == filter.Purpose)
            && (filter.Patient < 0 || Concerns(row, filter.Patient));
    }

    private bool Concerns(int row, int patient)
    {
        for (var at = row == 0 ? 0 : _patientEnds[row - 1]; at < _patientEnds[row]; at++)
        {
            if (_patients[at] == patient)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A filter in numbers; -1 and 0 do not filter.</summary>
internal readonly record struct RowFilter(long FromTicks, long UntilTicks, EntryKind Kind, Outcome Outcome, int Institution, int Person, int Purpose, int Patient);
