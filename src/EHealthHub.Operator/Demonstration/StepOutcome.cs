namespace EHealthHub.Operator.Demonstration;

/// <summary>How a step of the demonstration ended.</summary>
/// <param name="Held">True when everything that it claims was found to be so.</param>
/// <param name="Done">What was done, or what went otherwise than claimed.</param>
/// <param name="Proves">What that proves; empty when it did not hold.</param>
internal sealed record StepOutcome(bool Held, string Done, string Proves)
{
    /// <summary>It was as claimed.</summary>
    public static StepOutcome Holds(string done, string proves) => new(true, done, proves);

    /// <summary>It was not.</summary>
    public static StepOutcome Broken(string why) => new(false, why, "");
}
