namespace EHealthHub.Fhir.Terminology;

/// <summary>What one question may still cost.</summary>
internal sealed class TerminologyBudget(TerminologyLimits limits)
{
    private int _steps = limits.StepsMax;

    /// <summary>True once the question has cost more than it may: its answer is then worth nothing.</summary>
    public bool IsSpent => _steps <= 0;

    /// <summary>Counts one concept that is looked at; false once there is nothing left.</summary>
    public bool Step(int count = 1)
    {
        _steps -= _steps > 0 ? count : 0;
        return _steps > 0;
    }

    /// <summary>Ends the question.</summary>
    public void Exhaust() => _steps = 0;
}
