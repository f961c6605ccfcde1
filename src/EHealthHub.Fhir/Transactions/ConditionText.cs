using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Reads If-None-Exist (R4 3.1.0.8.1): one exact identifier, which national tokens decide without opening anything; every other condition is refused by name.</summary>
public static class ConditionText
{
    /// <summary>Parses the text after the question mark; 412 for a condition that is not served. <paramref name="expression"/> is the place for the outcome.</summary>
    public static Result<IdentifierCondition> Parse(string type, string text, string? expression = null) =>
        IdentifierConditions.Parse(type, text, out var problem) is { } condition ? condition : Failure.Of(412, "not-supported", "condition-not-supported", problem, expression);
}
