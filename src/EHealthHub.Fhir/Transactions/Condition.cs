using System.Text;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Transactions;

/// <summary>
/// A condition of a write or of a reference: a search on one type (R4 3.1.0.8.1). One exact identifier is decided from national tokens alone, without opening anything; every other condition is a search like any other.
/// </summary>
/// <param name="Type">Resource type.</param>
/// <param name="Query">The search, as it stands behind a question mark.</param>
public sealed record Condition(string Type, string Query)
{
    /// <summary>Longest condition, in UTF-16 units.</summary>
    public const int LengthMax = 2_048;

    /// <summary>Set when the whole condition is one exact identifier.</summary>
    public IdentifierCondition? Identifier { get; init; }

    /// <summary>
    /// Takes the text behind a question mark, which may be there too; 400 for what is no search at all. Whether the parameters are known is told when the condition is decided. <paramref name="expression"/> is the place for the outcome.
    /// </summary>
    public static Result<Condition> Parse(string type, string text, string? expression = null)
    {
        var query = text.StartsWith('?') ? text[1..] : text;
        if (query.Length > LengthMax || query.IndexOf('=', StringComparison.Ordinal) <= 0 || query.Any(char.IsControl))
        {
            return Failure.Of(400, "invalid", "condition-invalid", $"A condition is a search of at most {LengthMax} characters, with at least one parameter.", expression);
        }

        // Two spellings of one identifier are one condition.
        return IdentifierConditions.Parse(type, query, out _) is { } exact ? new Condition(type, $"identifier={Written(exact.System)}|{Written(exact.Value)}") { Identifier = exact } : new Condition(type, query);
    }

    /// <summary>A part of a value as it stands in a query: search's own escapes (R4 3.1.1.4.17), then those of the address.</summary>
    private static string Written(string part)
    {
        var escaped = new StringBuilder(part.Length);
        foreach (var c in part)
        {
            _ = c is '\\' or ',' or '|' or '$' ? escaped.Append('\\').Append(c) : escaped.Append(c);
        }

        return Uri.EscapeDataString(escaped.ToString());
    }
}
