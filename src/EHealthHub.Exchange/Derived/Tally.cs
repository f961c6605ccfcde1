namespace EHealthHub.Exchange.Derived;

/// <summary>One figure that may be told.</summary>
/// <param name="Values">Its value in each dimension, in their order; empty where it is not known.</param>
/// <param name="Patients">How many patients, rounded.</param>
internal readonly record struct ToldCell(string[] Values, long Patients);

/// <summary>
/// Counts patients in the cells of a table, and says what of it may be told. A patient counts once in a cell, however much of theirs is in it. Of each cell it keeps the number of patients and the mark of their set, and nobody's name.
/// </summary>
internal sealed class Tally(DerivedProject project, DerivedBounds bounds)
{
    private const char Between = '\u001f';

    private readonly Dictionary<string, Cell> _cells = new(StringComparer.Ordinal);

    /// <summary>True when there are more cells than a table may have.</summary>
    public bool IsFull => _cells.Count > bounds.CellsMax;

    /// <summary>Counts one patient in each of these cells.</summary>
    public void Add(string patient, IReadOnlySet<string> cells)
    {
        if (cells.Count == 0)
        {
            return;
        }

        var mark = project.Mark(patient);
        foreach (var cell in cells)
        {
            if (!_cells.TryGetValue(cell, out var counted))
            {
                _cells[cell] = counted = new Cell();
            }

            counted.Patients++;
            counted.Set = unchecked(counted.Set + mark);
        }
    }

    /// <summary>The key of a cell.</summary>
    public static string KeyOf(ReadOnlySpan<string> values) => string.Join(Between, values);

    /// <summary>What may be told, in the order of the values: cells of too few patients are not there, and nothing says that they were.</summary>
    public List<ToldCell> Told() =>
    [
        .. from pair in _cells.OrderBy(c => c.Key, StringComparer.Ordinal)
           let told = Told(pair.Value.Patients, pair.Value.Set)
           where told is not null
           select new ToldCell(pair.Key.Split(Between), told.Value),
    ];

    /// <summary>
    /// The figure of a set of patients; null where it is too small. Rounded up or down by chance, so that the mean is right; chance and threshold hang on the set alone. The same set has the same figure, whatever was asked; of two sets that differ in
    /// one patient neither the figures nor the thresholds tell it.
    /// </summary>
    private long? Told(long patients, UInt128 set)
    {
        var chance = project.Chance(set);
        var (steps, rest) = Math.DivRem(patients, bounds.RoundingBase);
        if (patients < bounds.PatientsMin + (int)(chance % (ulong)bounds.RoundingBase))
        {
            return null;
        }

        return (steps + ((long)((chance >> 32) % (ulong)bounds.RoundingBase) < rest ? 1 : 0)) * bounds.RoundingBase;
    }

    private sealed class Cell
    {
        public long Patients { get; set; }

        public UInt128 Set { get; set; }
    }
}
