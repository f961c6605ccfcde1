using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>What a whole search has in common, its chains included: settings, and how much of its bounds is used up.</summary>
internal sealed class ParseContext(bool strict, SearchSettings settings)
{
    private int _values;
    private int _conditions;
    private int _lookups;

    internal bool Strict => strict;

    internal SearchSettings Settings => settings;

    internal SearchTables Tables => settings.Tables;

    /// <summary>Counts values of a parameter; the refusal when they are too many or too long.</summary>
    internal Failure? Values(string name, IReadOnlyList<string> values)
    {
        _values += values.Count;
        return _values > SearchQuery.ValuesMax || values.Any(v => v.Length > SearchQuery.ValueLengthMax)
            ? QueryFailures.TooLarge(name, "200 values, each of at most 2,048 characters")
            : null;
    }

    internal Failure? Condition(string name) => ++_conditions > SearchQuery.ConditionsMax ? QueryFailures.TooLarge(name, "500 conditions") : null;

    internal Failure? Lookup(string name) => ++_lookups > SearchQuery.LookupsMax ? QueryFailures.TooLarge(name, "16 chained parameters, lists and value sets") : null;
}
