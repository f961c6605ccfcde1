using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Reads one parameter, chained or not, into a condition on resources of one type. What has to be looked up first is added to <see cref="Lookups"/>.</summary>
internal sealed class ConditionParser(ParseContext context, TypeParameters type, int chains)
{
    private const string Has = "_has:";

    /// <summary>The type that the conditions are about.</summary>
    internal TypeParameters Type => type;

    internal ParseContext Context => context;

    /// <summary>What has to be looked up, in the order of the positions that conditions name.</summary>
    internal List<SearchLookup> Lookups { get; } = [];

    /// <summary>Null with the condition, or with none: a value that says nothing, or a parameter that may be ignored. Else the refusal.</summary>
    internal Failure? Read(string name, string value, out SearchCondition? condition)
    {
        condition = null;
        if (context.Condition(name) is { } failure)
        {
            return failure;
        }

        if (name.StartsWith(Has, StringComparison.Ordinal))
        {
            return Reverse(name, value, out condition);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            return Chain(name, dot, value, out condition);
        }

        return name == "_list" ? List(value, out condition) : Criterion(name, value, out condition);
    }

    /// <summary>The position of a lookup, in a condition; or the refusal.</summary>
    internal Failure? Add(SearchLookup lookup, out SearchCondition? condition)
    {
        condition = null;
        if (context.Lookup(lookup.Name) is { } failure)
        {
            return failure;
        }

        condition = new LookupCondition(Lookups.Count);
        Lookups.Add(lookup);
        return null;
    }

    /// <summary>A parser for the resources at the far end of a reference, or the refusal of a chain that is too long.</summary>
    internal Failure? Next(string name, string otherType, out ConditionParser next)
    {
        next = this;
        if (chains == SearchQuery.ChainsMax)
        {
            return QueryFailures.TooLarge(name, "4 chained parameters, one after the other");
        }

        if (context.Tables.Of(otherType) is not { } other)
        {
            return QueryFailures.Value(name, "a resource type is expected");
        }

        next = new ConditionParser(context, other, chains + 1);
        return null;
    }

    /// <summary>A search on the parser's type by one condition.</summary>
    internal SearchQuery Query(SearchCondition condition)
    {
        var criteria = QueryParser.IsPlain(type, condition) ? new[] { ((CriterionCondition)condition).Criterion } : [];
        return new SearchQuery
        {
            Type = type.Type,
            PatientId = CriterionFacts.Patient(type.Type, criteria),
            Criteria = criteria,
            Conditions = criteria.Length == 0 ? [condition] : [],
            Lookups = Lookups,
            Identifiers = CriterionFacts.Identifiers(type.Type, criteria),
            Tables = context.Tables,
            Used = [],
        };
    }

    /// <summary>The one type that a reference parameter leads to; null where it may be several.</summary>
    internal static string? OnlyTarget(SearchParameter parameter) => parameter.Code == "patient" ? "Patient" : parameter.Targets is [var one] ? one : null;

    // subject:Patient.name
    private Failure? Chain(string name, int dot, string value, out SearchCondition? condition)
    {
        condition = null;
        var (code, target) = Split(name[..dot]);
        if (type.Find(code) is not { } parameter)
        {
            return Unknown(code);
        }

        if (parameter.Kind != FactKind.Reference)
        {
            return QueryFailures.NotSupported(name, "chaining over what is no reference is");
        }

        if (target is not null && !parameter.Targets.Contains(target))
        {
            return QueryFailures.Modifier(code, target);
        }

        if ((target ?? OnlyTarget(parameter)) is not { } to)
        {
            return QueryFailures.TypeExpected(name);
        }

        return Next(name, to, out var next) ?? next.Inner(name, name[(dot + 1)..], value, out var inner) ?? (inner is null ? null : Add(new ChainLookup(name, code, next.Query(inner)), out condition));
    }

    // _has:Observation:patient:code
    private Failure? Reverse(string name, string value, out SearchCondition? condition)
    {
        condition = null;
        var parts = name.Split(':', 4);
        if (parts is not [_, { Length: > 0 } source, { Length: > 0 } code, { Length: > 0 } rest])
        {
            return QueryFailures.Value(name, "_has:type:reference:parameter is expected");
        }

        if (Next(name, source, out var next) is { } failure)
        {
            return failure;
        }

        if (next.Type.Find(code) is not { Kind: FactKind.Reference } parameter || !(parameter.Targets.Contains(type.Type) || OnlyTarget(parameter) == type.Type))
        {
            return QueryFailures.Value(name, "a reference parameter that leads here is expected");
        }

        return next.Inner(name, rest, value, out var inner) ?? (inner is null ? null : Add(new HasLookup(name, code, next.Query(inner)), out condition));
    }

    // At the far end of a chain nothing is ignored: a chain without its end would find everything.
    private Failure? Inner(string whole, string name, string value, out SearchCondition? condition)
    {
        if (Read(name, value, out condition) is { } failure)
        {
            return failure;
        }

        return condition is null && Escapes.Split(value, ',').Exists(p => p.Length > 0) ? QueryFailures.Unknown(whole) : null;
    }

    private Failure? List(string value, out SearchCondition? condition)
    {
        condition = null;
        var id = value.StartsWith("List/", StringComparison.Ordinal) ? value[5..] : value;
        if (id.StartsWith('$'))
        {
            return FunctionalList.Read(type.Type, id, out condition);
        }

        return ReferenceText.IsId(id) ? Add(new ListLookup("_list", id), out condition) : QueryFailures.Value("_list", "the logical id of a List is expected");
    }

    private Failure? Criterion(string name, string value, out SearchCondition? condition)
    {
        condition = null;
        var (code, modifier) = Split(name);
        if (type.Find(code) is not { } parameter)
        {
            return Unknown(code);
        }

        if (parameter.Kind is not { } kind)
        {
            return QueryFailures.NotSupported(code, $"a parameter of type {parameter.TypeCode} of this kind is");
        }

        if (modifier is not null && !Modifiers.IsServed(type, parameter, modifier))
        {
            return QueryFailures.Modifier(code, modifier);
        }

        var parts = Escapes.Split(value, ',');
        parts.RemoveAll(p => p.Length == 0);
        if (context.Values(code, parts) is { } tooLarge)
        {
            return tooLarge;
        }

        if (modifier is Modifiers.In or Modifiers.NotIn)
        {
            return ValueSet(name, code, modifier == Modifiers.NotIn, parts, out condition);
        }

        var values = new List<SearchValue>(parts.Count);
        foreach (var part in parts)
        {
            if (ValueParser.Parse(parameter, kind, modifier, part, type, context.Settings, out var expected) is not { } parsed)
            {
                return QueryFailures.Value(code, expected!);
            }

            values.Add(parsed);
        }

        if (modifier == Modifiers.Missing && values.Count > 1)
        {
            return QueryFailures.Value(code, "true or false is expected");
        }

        if (modifier is Modifiers.Below or Modifiers.Above && kind == FactKind.Token)
        {
            return Hierarchies(name, code, modifier == Modifiers.Above, values, out condition);
        }

        condition = values.Count == 0 ? null : new CriterionCondition(new SearchCriterion(code, modifier, values));
        return null;
    }

    private Failure? ValueSet(string name, string code, bool isNot, List<string> parts, out SearchCondition? condition)
    {
        condition = null;
        return parts switch
        {
            [] => null,
            [var one] => Add(new ValueSetLookup(name, code, Escapes.Remove(one), isNot), out condition),
            _ => QueryFailures.Value(code, "one value set is expected"),
        };
    }

    private Failure? Hierarchies(string name, string code, bool isAbove, List<SearchValue> values, out SearchCondition? condition)
    {
        condition = null;
        var any = new List<SearchCondition>();
        foreach (var value in values)
        {
            if (value.Text is null)
            {
                return QueryFailures.Value(code, "a code is expected");
            }

            if (Add(new HierarchyLookup(name, code, value.System, value.Text, isAbove), out var one) is { } failure)
            {
                return failure;
            }

            any.Add(one!);
        }

        condition = any.Count switch
        {
            0 => null,
            1 => any[0],
            _ => new AnyOf(any),
        };
        return null;
    }

    private Failure? Unknown(string code) => context.Strict ? QueryFailures.Unknown(code) : null;

    private static (string Code, string? Modifier) Split(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (name, null) : (name[..colon], name[(colon + 1)..]);
    }
}
