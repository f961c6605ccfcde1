using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Transactions;

/// <summary>
/// Reads the text of a condition (If-None-Exist, ifNoneExist, the query of a conditional reference; R4 3.1.0.8.1): one exact identifier, <c>identifier=system|value</c>. National tokens decide it without opening anything; what they
/// cannot decide is refused by name.
/// </summary>
public static class ConditionText
{
    private const int LengthMax = 2_048;

    /// <summary>Parses; 412 not-supported for every other condition, 400 for a malformed one. <paramref name="expression"/> is the place for the outcome.</summary>
    public static Result<IdentifierCondition> Parse(string type, string text, string? expression = null)
    {
        if (text.Length > LengthMax)
        {
            return Failure.Of(400, "too-long", "condition-invalid", FormattableString.Invariant($"A condition has at most {LengthMax} characters."), expression);
        }

        var query = text.StartsWith('?') ? text[1..] : text;
        var mark = query.IndexOf('=', StringComparison.Ordinal);
        if (mark <= 0 || query.Contains('&', StringComparison.Ordinal) || query[..mark] != "identifier")
        {
            return Failure.Of(412, "not-supported", "condition-not-supported", "Only a condition by one exact identifier is served: identifier=system|value.", expression);
        }

        var value = Uri.UnescapeDataString(query[(mark + 1)..].Replace('+', ' '));
        var bar = value.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0 || bar == value.Length - 1 || value.AsSpan().ContainsAny(',', '\\'))
        {
            return Failure.Of(412, "not-supported", "condition-not-supported", "A condition names one system and one value: identifier=system|value.", expression);
        }

        return new IdentifierCondition(type, value[..bar], value[(bar + 1)..]);
    }
}
