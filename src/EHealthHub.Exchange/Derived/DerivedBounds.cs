namespace EHealthHub.Exchange.Derived;

/// <summary>What figures and de-identified data may tell and cost. Strict by default, and bounded so that no configuration makes them tell of a few.</summary>
public sealed record DerivedBounds
{
    /// <summary>Fewest patients that <see cref="PatientsMin"/> may be set to.</summary>
    public const int PatientsMinFloor = 5;

    /// <summary>Most that it may be set to.</summary>
    public const int PatientsMinCeiling = 1_000;

    /// <summary>Figures over fewer patients are not told: 10 unless told otherwise, 5 to 1,000. The true threshold lies up to <see cref="RoundingBase"/> - 1 above it, differently for every set of patients.</summary>
    public int PatientsMin
    {
        get;
        init => field = value is >= PatientsMinFloor and <= PatientsMinCeiling ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }
    = 10;

    /// <summary>Figures are multiples of this.</summary>
    public int RoundingBase => 5;

    /// <summary>Most dimensions of one table.</summary>
    public int DimensionsMax => 3;

    /// <summary>Most cells of one table, those that are not told included: beyond it the table is refused.</summary>
    public int CellsMax { get; init; } = 20_000;

    /// <summary>Questions of one project in <see cref="Window"/>, 1 to 10,000: each is a look from another side.</summary>
    public int QuestionsMax
    {
        get;
        init => field = value is >= 1 and <= 10_000 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }
    = 200;

    /// <summary>The time that <see cref="QuestionsMax"/> is about.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromHours(24);

    /// <summary>Projects whose questions are counted; beyond it nobody else asks until a window is over.</summary>
    public static int ProjectsMax => 10_000;

    /// <summary>Most patients that one question goes through.</summary>
    public int PatientsMax { get; init; } = 2_000_000;

    /// <summary>How long one question takes at most; a request that waits for its answer is cut off earlier.</summary>
    public TimeSpan RunTime { get; init; } = TimeSpan.FromMinutes(9);

    /// <summary>Most resources of one patient that are looked at for one figure.</summary>
    public const int ResourcesPerPatientMax = 5_000;
}
