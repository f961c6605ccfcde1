namespace EHealthHub.Exchange.Emergencies;

/// <summary>A glass that was broken: one token of a clinician for an emergency, what came of it, and what was judged of it.</summary>
internal sealed class EmergencyCase
{
    /// <summary>Most patients that are named; more are counted.</summary>
    public const int PatientsMax = 1_000;

    /// <summary>The token's id; the case's.</summary>
    public required string Id { get; init; }

    /// <summary>Registered id of the clinician.</summary>
    public required string Clinician { get; init; }

    /// <summary>Registered id of the institution.</summary>
    public required string Institution { get; init; }

    /// <summary>ETREAT or BTG.</summary>
    public required string Purpose { get; init; }

    /// <summary>In the clinician's words.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Patients whose records were asked for under it.</summary>
    public HashSet<string> Patients { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries of the log under it, refusals included.</summary>
    public int Entries { get; set; }

    /// <summary>The judgement; null while it is open.</summary>
    public string? Judgement { get; set; }
}
