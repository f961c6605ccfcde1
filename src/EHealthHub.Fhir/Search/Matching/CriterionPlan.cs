using System.Text;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>What a criterion asks of the set of values of its parameter.</summary>
internal enum Demand : byte
{
    /// <summary>One value at least is accepted.</summary>
    Some,

    /// <summary>No value is accepted; a version without any value passes (R4 3.1.1.4.10, <c>:not</c>).</summary>
    None,

    /// <summary>There is no value at all.</summary>
    Missing,

    /// <summary>There is a value.</summary>
    Present,
}

/// <summary>A criterion over one parameter's values, prepared once for all candidates.</summary>
internal sealed class CriterionPlan
{
    private CriterionPlan(string parameter, Demand demand, byte ending, ValueTest[] tests, ValueTest[][] parts)
    {
        Parameter = parameter;
        NameIndex = KnownStrings.Parameters.IndexOf(parameter);
        Name = Encoding.UTF8.GetBytes(parameter);
        Demand = demand;
        Ending = ending;
        Tests = tests;
        Parts = parts;
    }

    internal string Parameter { get; }

    /// <summary>Index in the list of names; -1 where the list does not have it.</summary>
    internal int NameIndex { get; }

    internal byte[] Name { get; }

    internal Demand Demand { get; }

    /// <summary>The ending of the names that its values stand under. For <see cref="Demand.Missing"/> and <see cref="Demand.Present"/> any ending counts: a concept of text alone is there.</summary>
    internal byte Ending { get; }

    /// <summary>The OR-ed values.</summary>
    internal ValueTest[] Tests { get; }

    /// <summary>A composite's OR-ed values: for each a test for every component, all of which must be accepted in one repetition. Empty for other criteria.</summary>
    internal ValueTest[][] Parts { get; }

    /// <summary>True when a candidate that does not satisfy it cannot match.</summary>
    internal bool IsRequired { get; init; }

    /// <summary>Its place among all criteria of the query.</summary>
    internal int Slot { get; set; }

    /// <summary>True for <c>_id</c> and <c>_lastUpdated</c>, which are no values.</summary>
    internal bool IsOfVersion => Parameter is CommonParameters.Id or CommonParameters.LastUpdated;

    /// <summary>A criterion of a query. A composite is given with its components, one value at least for each.</summary>
    internal static CriterionPlan Of(SearchCriterion criterion, TypeParameters? type, bool isRequired)
    {
        var demand = criterion.Modifier switch
        {
            Modifiers.Missing => criterion.Values[0].Text == "true" ? Demand.Missing : Demand.Present,
            Modifiers.Not => Demand.None,
            _ => Demand.Some,
        };
        byte ending = criterion.Modifier switch
        {
            Modifiers.Text => FactsFormat.EndingText,
            Modifiers.Identifier => FactsFormat.EndingIdentifier,
            Modifiers.OfType => FactsFormat.EndingOfType,
            _ => 0,
        };
        if (demand is Demand.Missing or Demand.Present)
        {
            return new CriterionPlan(criterion.Parameter, demand, 0, [], []) { IsRequired = isRequired };
        }

        var parameter = type?.Find(criterion.Parameter);
        if (criterion.Values[0].Kind == FactKind.Composite)
        {
            var parts = criterion.Values.Select(v => v.Components.Select((c, i) => Test(c, null, type, parameter!.Components[i].Parameter)).ToArray());
            return new CriterionPlan(criterion.Parameter, demand, FactsFormat.Part, [], [.. parts]) { IsRequired = isRequired };
        }

        return new CriterionPlan(criterion.Parameter, demand, ending, [.. criterion.Values.Select(v => Test(v, criterion.Modifier, type, parameter))], []) { IsRequired = isRequired };
    }

    /// <summary>A criterion of tests that no written value stands for.</summary>
    internal static CriterionPlan Of(string parameter, bool isNot, ValueTest test, bool isRequired) =>
        new(parameter, isNot ? Demand.None : Demand.Some, 0, [test], []) { IsRequired = isRequired };

    internal bool IsSatisfied(bool present, bool accepted) => Demand switch
    {
        Demand.Some => accepted,
        Demand.None => !accepted,
        Demand.Missing => !present,
        _ => present,
    };

    private static ValueTest Test(SearchValue value, string? modifier, TypeParameters? type, SearchParameter? parameter)
    {
        if (parameter is { IsNear: true })
        {
            return new NearTest((double)value.Number!.Value, (double)value.Low!.Value, (double)value.High!.Value);
        }

        if (modifier == Modifiers.Filter)
        {
            return FilterTests.Of(value);
        }

        return value.Kind switch
        {
            FactKind.Token => new TokenTest(value.System, value.Text, parameter is not null && type!.Plan.Traits.TryGetValue(parameter.Code, out var known) && known.IsText),
            FactKind.String when parameter is { IsPhonetic: true } => new SoundTest(value.Text ?? ""),
            FactKind.String => new StringTest(value.Text ?? "", modifier switch
            {
                Modifiers.Exact => StringTest.Way.Exact,
                Modifiers.Contains => StringTest.Way.Contains,
                null when parameter is not null && type!.Plan.PersonNames.Contains(parameter.Code) => StringTest.Way.WordStartsWith,
                _ => StringTest.Way.StartsWith,
            }),
            FactKind.Date => new DateTest(Comparisons.Parse(value.Prefix), value.From, value.To),
            FactKind.Number or FactKind.Quantity => NumberTest.Of(value),
            FactKind.Reference => new ReferenceTest(value.System, value.Text ?? "", WayOf(modifier)),
            _ => new UriTest(FactKind.Uri, value.Text ?? "", WayOf(modifier)),
        };
    }

    private static UriTest.Way WayOf(string? modifier) => modifier switch
    {
        Modifiers.Below => UriTest.Way.Below,
        Modifiers.Above => UriTest.Way.Above,
        _ => UriTest.Way.Same,
    };
}
