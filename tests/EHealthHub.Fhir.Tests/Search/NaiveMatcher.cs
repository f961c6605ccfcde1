using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>R4's search read naively, over facts as objects, in the plainest way that can be written: the oracle of the matcher. Of the hub's own it uses nothing but the fold of strings.</summary>
internal static class NaiveMatcher
{
    private static readonly Dictionary<string, (string Dimension, decimal Factor)> Units = new()
    {
        ["ug"] = ("g", 0.000001m), ["mg"] = ("g", 0.001m), ["g"] = ("g", 1), ["kg"] = ("g", 1000), ["mL"] = ("l", 0.001m), ["L"] = ("l", 1), ["dL"] = ("l", 0.1m),
    };

    // Where an Observation is itself the one repetition of a composite.
    private static readonly Dictionary<string, string[]> OfRoot = new()
    {
        ["code-value-quantity"] = ["code", "value-quantity"], ["code-value-concept"] = ["code", "value-concept"], ["code-value-date"] = ["code", "value-date"], ["combo-code-value-quantity"] = ["code", "value-quantity"], ["combo-code-value-concept"] = ["code", "value-concept"],
    };

    /// <summary><paramref name="whole"/>: what contains the facts; null for facts of a resource by itself.</summary>
    internal static bool Matches(SearchQuery query, SearchFacts facts, SearchFacts? whole = null) =>
        query.Type == facts.Type && query.Criteria.All(c => Holds(c, facts, whole)) && query.Conditions.All(c => Holds(c, query, facts, whole));

    private static bool Holds(SearchCondition condition, SearchQuery query, SearchFacts facts, SearchFacts? whole) => condition switch
    {
        CriterionCondition one => Holds(one.Criterion, facts, whole),
        AllOf all => all.Parts.All(p => Holds(p, query, facts, whole)),
        AnyOf any => any.Parts.Any(p => Holds(p, query, facts, whole)),
        NotOf not => !Holds(not.Part, query, facts, whole),
        LookupCondition lookup => Holds(query.Lookups[lookup.Lookup], query.Answers[lookup.Lookup], facts, whole),
        _ => throw new InvalidOperationException(),
    };

    private static bool Holds(SearchLookup lookup, LookupAnswer answer, SearchFacts facts, SearchFacts? whole)
    {
        switch (lookup)
        {
            case ChainLookup chain:
                return facts.Of(chain.Parameter).Any(v => answer.Resources.Any(r => r.Type == v.System && r.Id == v.Text) || (v.Text![0] == '#' && answer.Inside is { } inside && (whole ?? facts).Contained.FirstOrDefault(c => c.Type == inside.Type && c.Id == v.Text[1..]) is { } local && Matches(inside, local, whole ?? facts)));
            case HasLookup or ListLookup:
                return whole is null && answer.Resources.Any(r => r.Type == facts.Type && r.Id == facts.Id);
            case ValueSetLookup set:
                return facts.Of(set.Parameter).Any(v => Of(v, answer)) != set.IsNot;
            case HierarchyLookup hierarchy:
                return facts.Of(hierarchy.Parameter).Any(v => Of(v, answer));
            default:
                throw new InvalidOperationException();
        }
    }

    private static bool Of(FactValue value, LookupAnswer answer) => answer.Codes.Any(c => c.Code == value.Text && (c.System is null || value.System is null || c.System == value.System));

    private static bool Holds(SearchCriterion criterion, SearchFacts facts, SearchFacts? whole)
    {
        if (criterion.Modifier == "missing")
        {
            return IsThere(criterion.Parameter, facts) == (criterion.Values[0].Text == "false");
        }

        if (criterion.Values[0].Kind == FactKind.Composite)
        {
            return Repetitions(criterion.Parameter, facts).Any(r => criterion.Values.Any(v => v.Components.Select((c, i) => r[i].Any(stored => Accepts(c, null, stored))).All(a => a)));
        }

        if (criterion.Parameter == "_id")
        {
            return (whole is null && criterion.Values.Any(v => v.Text == facts.Id)) != (criterion.Modifier == "not");
        }

        if (criterion is { Modifier: null, Parameter: "name" or "family" or "given" } && facts.Type is "Patient" or "Practitioner")
        {
            return facts.Of(criterion.Parameter).Any(s => Beginnings(s.Text!).Any(b => criterion.Values.Any(v => SearchText.Fold(b).StartsWith(SearchText.Fold(v.Text!), StringComparison.Ordinal))));
        }

        var name = criterion.Modifier is "text" or "identifier" or "of-type" ? $"{criterion.Parameter}:{criterion.Modifier}" : criterion.Parameter;
        var found = facts.Of(name).Any(stored => criterion.Values.Any(v => Accepts(v, criterion.Modifier, stored)));
        return criterion.Modifier == "not" ? !found : found;
    }

    private static IEnumerable<string> Beginnings(string text) =>
        Enumerable.Range(0, text.Length).Where(i => i == 0 || (text[i - 1] is ' ' or '-' && text[i] is not (' ' or '-'))).Select(i => text[i..]).Take(16);

    private static bool IsThere(string parameter, SearchFacts facts) =>
        facts.Values.Any(v => v.Parameter == parameter || v.Parameter.StartsWith(parameter + ":", StringComparison.Ordinal) || v.Parameter.StartsWith(parameter + "$", StringComparison.Ordinal))
        || (OfRoot.TryGetValue(parameter, out var parts) && parts.All(p => IsThere(p, facts)));

    private static List<FactValue[][]> Repetitions(string parameter, SearchFacts facts)
    {
        var all = new List<FactValue[][]>();
        if (OfRoot.TryGetValue(parameter, out var parts))
        {
            all.Add([.. parts.Select(p => facts.Of(p).ToArray())]);
        }

        var open = new List<(int Part, FactValue Value)>();
        foreach (var value in facts.Values.Where(v => v.Parameter.StartsWith(parameter + "$", StringComparison.Ordinal)))
        {
            var part = value.Parameter[^1] - '1';
            if (open.Count > 0 && part < open[^1].Part)
            {
                all.Add(Split(open));
                open.Clear();
            }

            open.Add((part, value));
        }

        if (open.Count > 0)
        {
            all.Add(Split(open));
        }

        return all;
    }

    private static FactValue[][] Split(List<(int Part, FactValue Value)> values) => [.. Enumerable.Range(0, 3).Select(i => values.Where(v => v.Part == i).Select(v => v.Value).ToArray())];

    private static bool Accepts(SearchValue asked, string? modifier, FactValue stored)
    {
        if (asked.Kind != stored.Kind)
        {
            return false;
        }

        var filter = modifier == "_filter";
        switch (asked.Kind)
        {
            case FactKind.Token when filter:
                var same = (asked.System is null || string.Equals(asked.System, stored.System ?? "", StringComparison.OrdinalIgnoreCase)) && (asked.Text is null || string.Equals(asked.Text, stored.Text, StringComparison.OrdinalIgnoreCase));
                return same != (asked.Prefix == "ne");
            case FactKind.Token:
                return (asked.System is null || asked.System == (stored.System ?? "")) && (asked.Text is null || asked.Text == stored.Text);
            case FactKind.String or FactKind.Uri when filter:
                return Text(asked.Prefix, SearchText.Fold(stored.Text!), SearchText.Fold(asked.Text!));
            case FactKind.String:
                return modifier == "exact" ? stored.Text == asked.Text : Text(modifier == "contains" ? "co" : "sw", SearchText.Fold(stored.Text!), SearchText.Fold(asked.Text!));
            case FactKind.Date:
                return Date(asked, stored.From, stored.To);
            case FactKind.Number or FactKind.Quantity:
                return Number(asked, stored);
            case FactKind.Reference:
                return (asked.System is null || asked.System == stored.System) && (asked.Text == stored.Text || (stored.Text?.StartsWith(asked.Text + "|", StringComparison.Ordinal) ?? false));
            default:
                var (low, high) = modifier == "above" ? (asked.Text!, stored.Text!) : (stored.Text!, asked.Text!);
                return stored.Text == asked.Text
                    || (modifier is "below" or "above" ? low.StartsWith(high.TrimEnd('/') + "/", StringComparison.Ordinal) && low.Length > high.Length || low.StartsWith(high + "|", StringComparison.Ordinal) : stored.Text!.StartsWith(asked.Text + "|", StringComparison.Ordinal));
        }
    }

    private static bool Text(string op, string stored, string asked) => op switch
    {
        "eq" => stored == asked,
        "ne" => stored != asked,
        "co" => stored.Contains(asked, StringComparison.Ordinal),
        "sw" => stored.StartsWith(asked, StringComparison.Ordinal),
        "ew" => stored.EndsWith(asked, StringComparison.Ordinal),
        "gt" or "sa" => string.CompareOrdinal(stored, asked) > 0,
        "lt" or "eb" => string.CompareOrdinal(stored, asked) < 0,
        "ge" => string.CompareOrdinal(stored, asked) >= 0,
        _ => string.CompareOrdinal(stored, asked) <= 0,
    };

    private static bool Date(SearchValue asked, long from, long to)
    {
        var inside = asked.From <= from && to <= asked.To;
        var by = Math.Max(86_400_000_000, (asked.To - asked.From) / 10);
        return asked.Prefix switch
        {
            "eq" => inside,
            "ne" => !inside,
            "gt" => to > asked.To,
            "ge" => inside || to > asked.To,
            "lt" => from < asked.From,
            "le" => inside || from < asked.From,
            "sa" => from > asked.To,
            "eb" => to < asked.From,
            "co" => from <= asked.From && to >= asked.To,
            "po" => from <= asked.To && to >= asked.From,
            _ => from <= asked.To + by && to >= asked.From - by,
        };
    }

    private static bool Number(SearchValue asked, FactValue stored)
    {
        // Both in base units, where both have one of the few that the test knows.
        var factor = 1m;
        var storedFactor = 1m;
        if (asked.Kind == FactKind.Quantity)
        {
            var written = (asked.System is null || asked.System == stored.System) && (asked.Text is null || asked.Text == stored.Text);
            if (!written)
            {
                if (asked.System is not (null or "http://unitsofmeasure.org") || asked.Text is null || stored.System != "http://unitsofmeasure.org" || stored.Text is null
                    || !Units.TryGetValue(asked.Text, out var one) || !Units.TryGetValue(stored.Text, out var other) || one.Dimension != other.Dimension)
                {
                    return false;
                }

                (factor, storedFactor) = (one.Factor, other.Factor);
            }
        }

        var from = stored.Number!.Value * storedFactor;
        var to = (stored.NumberTo ?? stored.Number.Value) * storedFactor;
        var (number, low, high) = (asked.Number!.Value * factor, asked.Low!.Value * factor, asked.High!.Value * factor);
        return asked.Prefix switch
        {
            "eq" => low <= from && to < high,
            "ne" => !(low <= from && to < high),
            "gt" or "sa" when asked.Prefix == "gt" => to > number,
            "sa" => from > number,
            "lt" => from < number,
            "eb" => to < number,
            "ge" => to >= number,
            "le" => from <= number,
            _ => from <= number + (Math.Abs(number) / 10) && to >= number - (Math.Abs(number) / 10),
        };
    }
}
