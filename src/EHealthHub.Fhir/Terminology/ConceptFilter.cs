using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>A filter of a value set's definition (R4 4.9 ValueSet.compose.include.filter): a condition on one property of a concept.</summary>
internal sealed class ConceptFilter
{
    private readonly FrozenSet<string> _values;
    private readonly Regex? _regex;

    private ConceptFilter(string property, string op, string value, Regex? regex)
    {
        (Property, Op, Value) = (property, op, value);
        _values = op is "in" or "not-in" ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal) : FrozenSet<string>.Empty;
        _regex = regex;
    }

    /// <summary>The property that is looked at.</summary>
    public string Property { get; }

    /// <summary>R4's operator.</summary>
    public string Op { get; }

    /// <summary>What it is compared with.</summary>
    public string Value { get; }

    /// <summary>True where the filter looks at the hierarchy, which the system must then have for kinds.</summary>
    public bool IsHierarchical => Op is "is-a" or "is-not-a" or "descendent-of" or "generalizes";

    /// <summary>Reads a filter; refuses by name an operator or a regular expression that is not served.</summary>
    public static Result<ConceptFilter> Read(JsonElement filter, TerminologyLimits limits)
    {
        var (property, op, value) = (filter.Text("property"u8), filter.Text("op"u8), filter.Text("value"u8));
        if (property is null || op is null || value is null)
        {
            return Refuse("A filter has a property, an operator and a value.");
        }

        return op switch
        {
            "is-a" or "is-not-a" or "descendent-of" or "generalizes" when property is not ("concept" or "code") => Refuse($"The operator {op} is served for the property 'concept'."),
            "is-a" or "is-not-a" or "descendent-of" or "generalizes" or "=" or "in" or "not-in" => new ConceptFilter(property, op, value, null),
            "exists" => value is "true" or "false" ? new ConceptFilter(property, op, value, null) : Refuse("The value of 'exists' is true or false."),
            "regex" => OfRegex(property, value, limits),
            _ => Refuse($"The filter operator '{op}' is not known in R4."),
        };
    }

    /// <summary>True when the concept satisfies the filter.</summary>
    public bool Holds(Concept concept, HeldCodeSystem system, TerminologyBudget budget)
    {
        switch (Op)
        {
            case "is-a":
                return IsBelow(concept, budget);
            case "is-not-a":
                return !IsBelow(concept, budget);
            case "descendent-of":
                return concept.Code != Value && IsBelow(concept, budget);
            case "generalizes":
                return concept.Code == Value || (system.Find(Value) is { } below && below.SelfAndAncestors().Any(a => budget.Step() && a == concept));
            case "=":
                return Values(concept, system).Any(v => v == Value);
            case "in":
                return Values(concept, system).Any(_values.Contains);
            case "not-in":
                return !Values(concept, system).Any(_values.Contains);
            case "exists":
                return Values(concept, system).Any() == (Value == "true");
            default:
                return Values(concept, system).Any(v => Matches(v, budget));
        }
    }

    /// <summary>
    /// True where the code by itself satisfies the filter, whether or not its system is held; false where the code alone does not tell. Expressions are tried on the code in capitals too: some senders write <c>b20</c>.
    /// </summary>
    public bool HoldsByCode(string code, TerminologyBudget budget) => Property is "concept" or "code" && Op switch
    {
        "is-a" or "generalizes" or "=" => code == Value,
        "in" => _values.Contains(code),
        "regex" => Matches(code, budget) || Matches(code.ToUpperInvariant(), budget),
        _ => false,
    };

    private bool IsBelow(Concept concept, TerminologyBudget budget) => concept.SelfAndAncestors().Any(a => budget.Step() && a.Code == Value);

    private IEnumerable<string> Values(Concept concept, HeldCodeSystem system) => Property switch
    {
        "concept" or "code" => [concept.Code],
        "display" => concept.Display is { } display ? [display] : [],
        "definition" => concept.Definition is { } definition ? [definition] : [],
        "inactive" => [concept.IsInactive ? "true" : "false"],
        _ when system.ParentProperties.Contains(Property) => concept.Parents.Select(p => p.Code),
        _ when system.ChildProperties.Contains(Property) => concept.Children.Select(c => c.Code),
        _ => concept.Properties.Where(p => p.Code == Property).Select(p => p.Value),
    };

    private bool Matches(string value, TerminologyBudget budget)
    {
        try
        {
            return !budget.IsSpent && _regex!.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            budget.Exhaust();
            return false;
        }
    }

    /// <summary>The whole value must match. Backtracking is off, so that an expression takes time in proportion to the text.</summary>
    private static Result<ConceptFilter> OfRegex(string property, string value, TerminologyLimits limits)
    {
        if (value.Length > limits.RegexLengthMax)
        {
            return Refuse($"A regular expression has at most {limits.RegexLengthMax} characters.");
        }

        try
        {
            return new ConceptFilter(property, "regex", value, new Regex("^(?:" + value + ")$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, limits.RegexTime));
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return Refuse("The regular expression is not well-formed, or needs backtracking.");
        }
    }

    private static Failure Refuse(string diagnostics) => Failure.Of(422, "not-supported", "terminology-not-taken", diagnostics, "ValueSet.compose.include.filter");
}
