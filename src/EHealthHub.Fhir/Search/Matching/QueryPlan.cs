using System.Text;
using EHealthHub.Fhir.Search.Expressions;
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

/// <summary>A criterion, prepared once for all candidates.</summary>
internal sealed class CriterionPlan
{
    internal CriterionPlan(SearchCriterion criterion, bool isText)
    {
        Parameter = criterion.Parameter;
        NameIndex = KnownStrings.Parameters.IndexOf(criterion.Parameter);
        Name = Encoding.UTF8.GetBytes(criterion.Parameter);
        Demand = criterion.Modifier switch
        {
            Modifiers.Missing => criterion.Values[0].Text == "true" ? Demand.Missing : Demand.Present,
            Modifiers.Not => Demand.None,
            _ => Demand.Some,
        };
        Ending = criterion.Modifier switch
        {
            Modifiers.Text => FactsFormat.EndingText,
            Modifiers.Identifier => FactsFormat.EndingIdentifier,
            _ => 0,
        };
        Tests = Demand is Demand.Missing or Demand.Present ? [] : [.. criterion.Values.Select(v => Test(v, criterion.Modifier, isText))];
    }

    internal string Parameter { get; }

    /// <summary>Index in the list of names; -1 where the list does not have it.</summary>
    internal int NameIndex { get; }

    internal byte[] Name { get; }

    internal Demand Demand { get; }

    /// <summary>The ending of the names that its values stand under. For <see cref="Demand.Missing"/> and <see cref="Demand.Present"/> any ending counts: a concept of text alone is there.</summary>
    internal byte Ending { get; }

    internal ValueTest[] Tests { get; }

    internal bool IsSatisfied(bool present, bool accepted) => Demand switch
    {
        Demand.Some => accepted,
        Demand.None => !accepted,
        Demand.Missing => !present,
        _ => present,
    };

    private static ValueTest Test(SearchValue value, string? modifier, bool isText) => value.Kind switch
    {
        FactKind.Token => new TokenTest(value.System, value.Text, isText),
        FactKind.String => new StringTest(value.Text ?? "", modifier switch
        {
            Modifiers.Exact => StringTest.Way.Exact,
            Modifiers.Contains => StringTest.Way.Contains,
            _ => StringTest.Way.StartsWith,
        }),
        FactKind.Date => new DateTest(Comparisons.Parse(value.Prefix), value.From, value.To),
        FactKind.Number or FactKind.Quantity => new NumberTest(
            value.Kind, Comparisons.Parse(value.Prefix), value.Number ?? 0, value.Low ?? value.Number ?? 0, value.High ?? value.Number ?? 0, value.System, value.Text),
        FactKind.Reference => new ReferenceTest(value.System, value.Text ?? ""),
        _ => new UriTest(FactKind.Uri, value.Text ?? "", modifier switch
        {
            Modifiers.Below => UriTest.Way.Below,
            Modifiers.Above => UriTest.Way.Above,
            _ => UriTest.Way.Same,
        }),
    };
}

/// <summary>A query, prepared once for all candidates: criteria over values apart from those over the version itself.</summary>
internal sealed class QueryPlan
{
    internal QueryPlan(SearchQuery query)
    {
        var traits = TypeParameters.Of(query.Type)?.Plan.Traits;
        Type = new PackedKey(query.Type);
        var criteria = query.Criteria.Select(c => new CriterionPlan(c, traits is not null && traits.TryGetValue(c.Parameter, out var known) && known.IsText)).ToLookup(c => c.Parameter is CommonParameters.Id or CommonParameters.LastUpdated);
        OfVersion = [.. criteria[true]];
        OfValues = [.. criteria[false]];
    }

    internal PackedKey Type { get; }

    /// <summary>Criteria on <c>_id</c> and <c>_lastUpdated</c>.</summary>
    internal CriterionPlan[] OfVersion { get; }

    internal CriterionPlan[] OfValues { get; }
}
