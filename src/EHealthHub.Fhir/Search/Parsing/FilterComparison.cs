using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>One comparison of <c>_filter</c>: which operators a parameter of a kind takes (R4 3.1.3.2), and what the value says.</summary>
internal static class FilterComparison
{
    private const string Name = "_filter";

    internal static Failure? Read(ConditionParser on, SearchParameter parameter, string op, string value, out SearchCondition condition)
    {
        condition = null!;
        if (parameter.Kind is not { } kind || kind == FactKind.Composite || parameter.IsNear)
        {
            return QueryFailures.NotSupported(Name, $"comparing {QueryFailures.Name(parameter.Code)} is");
        }

        if (op == "pr")
        {
            return Presence(parameter, value, out condition);
        }

        if (!Takes(kind, op) || (parameter.Code is CommonParameters.Id && op is not ("eq" or "ne")))
        {
            return QueryFailures.NotSupported(Name, $"the operator {op} at {QueryFailures.Name(parameter.Code)} is");
        }

        if (op is "in" or "ni" or "ss" or "sb")
        {
            return Codes(on, parameter, op, value, out condition);
        }

        if (parameter.Code == CommonParameters.Id)
        {
            condition = new CriterionCondition(new SearchCriterion(parameter.Code, op == "ne" ? Modifiers.Not : null, [new SearchValue(FactKind.Token, "eq", null, value)]));
            return null;
        }

        var parsed = Parse(on, parameter, kind, op, value, out var expected);
        if (parsed is null)
        {
            return QueryFailures.Value(Name, expected ?? "a value of the parameter's kind is expected");
        }

        // _lastUpdated is no value of the resource: its plan knows the ordinary prefixes alone.
        var modifier = parameter.Code == CommonParameters.LastUpdated ? null : Modifiers.Filter;
        if (modifier is null && op is "co" or "po")
        {
            return QueryFailures.NotSupported(Name, $"the operator {op} at {QueryFailures.Name(parameter.Code)} is");
        }

        condition = new CriterionCondition(new SearchCriterion(parameter.Code, modifier, [parsed]));
        return null;
    }

    private static bool Takes(FactKind kind, string op) => kind switch
    {
        FactKind.Token => op is "eq" or "ne" or "ss" or "sb" or "in" or "ni",
        FactKind.String or FactKind.Uri => op is "eq" or "ne" or "co" or "sw" or "ew" or "gt" or "lt" or "ge" or "le" or "sa" or "eb",
        FactKind.Date => op is "eq" or "ne" or "co" or "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb" or "po",
        FactKind.Number => op is "eq" or "ne" or "co" or "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb",
        FactKind.Quantity => op is "eq" or "ne" or "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb",
        FactKind.Reference => op is "re" or "eq",
        _ => false,
    };

    private static Failure? Presence(SearchParameter parameter, string value, out SearchCondition condition)
    {
        condition = null!;
        if (value is not ("true" or "false"))
        {
            return QueryFailures.Value(Name, "true or false is expected after pr");
        }

        // An id and a time are always there.
        var isThere = new CriterionCondition(parameter.Code is CommonParameters.Id or CommonParameters.LastUpdated
            ? new SearchCriterion(CommonParameters.Id, Modifiers.Not, [new SearchValue(FactKind.Token, "eq", null, "")])
            : new SearchCriterion(parameter.Code, Modifiers.Missing, [new SearchValue(FactKind.Token, "eq", null, "false")]));
        condition = value == "true" ? isThere : new NotOf(isThere);
        return null;
    }

    private static Failure? Codes(ConditionParser on, SearchParameter parameter, string op, string value, out SearchCondition condition)
    {
        condition = null!;
        SearchLookup? lookup = null;
        if (op is "in" or "ni")
        {
            lookup = new ValueSetLookup(Name, parameter.Code, value, op == "ni");
        }
        else if (ValueParser.Parse(parameter, FactKind.Token, null, Escape(Namespace(value)), on.Type, on.Context.Settings, out _) is { Text: { } code } token)
        {
            // ss: the value subsumes a concept of the resource, which lies below it then.
            lookup = new HierarchyLookup(Name, parameter.Code, token.System, code, op == "sb");
        }

        if (lookup is null)
        {
            return QueryFailures.Value(Name, "code or system|code is expected");
        }

        var failure = on.Add(lookup, out var added);
        condition = added!;
        return failure;
    }

    // The value as search would have it. In a filter dollar signs and commas stand for themselves.
    private static SearchValue? Parse(ConditionParser on, SearchParameter parameter, FactKind kind, string op, string value, out string? expected)
    {
        expected = null;
        if (kind is FactKind.String or FactKind.Uri)
        {
            return SearchText.Fold(FactSink.Cut(value)).Length > 0 ? new SearchValue(kind, op, null, value) : null;
        }

        var parsed = ValueParser.Parse(parameter, kind, null, Escape(kind == FactKind.Token ? Namespace(value) : value), on.Type, on.Context.Settings, out expected);
        return parsed is null || (parsed.Prefix != "eq" && kind is FactKind.Date or FactKind.Number or FactKind.Quantity) ? null : parsed with { Prefix = op };
    }

    // loinc|1234-5: short names for the namespaces that everybody uses.
    private static string Namespace(string token)
    {
        var bar = token.IndexOf('|', StringComparison.Ordinal);
        var system = bar <= 0 ? null : token[..bar] switch
        {
            "loinc" => "http://loinc.org",
            "snomed" => "http://snomed.info/sct",
            "rxnorm" => "http://www.nlm.nih.gov/research/umls/rxnorm",
            "ucum" => "http://unitsofmeasure.org",
            _ => null,
        };
        return system is null ? token : system + token[bar..];
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);
}
