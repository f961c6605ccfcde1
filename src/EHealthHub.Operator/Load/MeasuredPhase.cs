namespace EHealthHub.Operator.Load;

/// <summary>What a phase came to, and what a bare Kestrel did with the same payload right after it.</summary>
internal sealed record MeasuredPhase(LoadPhase Phase, PhaseResult Hub, PhaseResult Bare)
{
    /// <summary>The hub's requests for each of the limit's.</summary>
    public double Ratio => Over(Bare);

    /// <summary>Against another limit; 0 when that was not measured.</summary>
    public double Over(PhaseResult limit) => limit.RequestsPerSecond > 0 ? Hub.RequestsPerSecond / limit.RequestsPerSecond : 0;
}
