using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search;

/// <summary>A resource of the hub that another one refers to.</summary>
/// <param name="Parameter">The search parameter under which the reference stands.</param>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its logical id.</param>
/// <param name="Version">The version that the reference names; null where it names none. A versioned reference is given twice, with its version and without.</param>
public readonly record struct ReferenceTarget(string Parameter, string Type, string Id, string? Version);

/// <summary>An id that a search names without its type.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Id">The id.</param>
/// <param name="Types">The types that it may be of.</param>
public sealed record UntypedReference(string Parameter, string Id, IReadOnlyList<string> Types);

/// <summary>Reads references out of facts, and asks for those who refer: what includes, chains and reverse chains are made of.</summary>
public static class SearchReferences
{
    private const string History = "/_history/";

    /// <summary>
    /// The resources of the hub that a version refers to by a parameter, or by any with null; of one type, or of any with null; each once. References to other servers, to contained resources and by identifier lead to none.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public static IReadOnlyList<ReferenceTarget> Of(ReadOnlySpan<byte> facts, string? parameter, string? type)
    {
        var found = new List<ReferenceTarget>();
        var values = ValueCursor.Of(facts);
        while (values.Next())
        {
            if (values.Kind != FactKind.Reference || values.Ending != 0 || (parameter is not null && !values.NameIs(parameter)))
            {
                continue;
            }

            var value = values.Payload;
            var targetType = value.String().Make();
            var text = value.String().Make();
            if (targetType is null || text is null || (type is not null && targetType != type))
            {
                continue;
            }

            var history = text.IndexOf(History, StringComparison.Ordinal);
            var id = history < 0 ? text : text[..history];
            if (ReferenceText.IsId(id))
            {
                found.Add(new ReferenceTarget(parameter ?? values.Name(), targetType, id, history < 0 ? null : text[(history + History.Length)..]));
            }
        }

        return [.. found.Distinct()];
    }

    /// <summary>
    /// The references of a match that an <c>_include</c> follows, or, with <c>_revinclude</c>, nothing: those are asked for with <see cref="Referring"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public static IReadOnlyList<ReferenceTarget> Included(SearchInclude include, string type, ReadOnlySpan<byte> facts) =>
        include.IsReverse || (include.SourceType is not null && include.SourceType != type) ? [] : Of(facts, include.Parameter, include.TargetType);

    /// <summary>
    /// References of the search itself (not of its chains) that name an id without a type, where the parameter allows several types: R4 asks to refuse the search when the id is that of more than one resource (3.1.1.4.12). Each once.
    /// </summary>
    public static IReadOnlyList<UntypedReference> Untyped(SearchQuery query)
    {
        var found = new List<UntypedReference>();
        var type = query.Tables.Of(query.Type);
        foreach (var criterion in query.Criteria.Concat(query.Conditions.SelectMany(CriteriaOf)))
        {
            if (type?.Find(criterion.Parameter) is { } parameter)
            {
                foreach (var value in criterion.Values)
                {
                    Untyped(criterion.Parameter, parameter, value, found);
                }
            }
        }

        return [.. found.DistinctBy(r => (r.Parameter, r.Id))];
    }

    private static void Untyped(string name, SearchParameter parameter, SearchValue value, List<UntypedReference> found)
    {
        for (var i = 0; i < value.Components.Count; i++)
        {
            Untyped(name, parameter.Components[i].Parameter, value.Components[i], found);
        }

        if (value is { Kind: FactKind.Reference, System: null, Text: { } id } && ReferenceText.IsId(id) && parameter.Targets.Length > 1)
        {
            found.Add(new UntypedReference(name, id, parameter.Targets));
        }
    }

    private static IEnumerable<SearchCriterion> CriteriaOf(SearchCondition condition) => condition switch
    {
        CriterionCondition one => [one.Criterion],
        AllOf all => all.Parts.SelectMany(CriteriaOf),
        AnyOf any => any.Parts.SelectMany(CriteriaOf),
        NotOf not => CriteriaOf(not.Part),
        _ => [],
    };

    /// <summary>The types that have a reference parameter: those that <c>_revinclude=*</c> asks.</summary>
    public static IReadOnlyList<string> Referrers(SearchSettings? settings = null)
    {
        var tables = (settings ?? SearchSettings.Default).Tables;
        return [.. ResourceTypes.All.Where(t => tables.Of(t)?.All.Any(p => p.Kind == FactKind.Reference) == true).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// A search for the resources of <paramref name="sourceType"/> that refer to one of these by the parameter, or by any reference parameter of the type with null. Ready to decide candidates.
    /// </summary>
    /// <exception cref="ArgumentException">No type of R4, no reference parameter of it, or more than <see cref="LookupAnswer.SizeMax"/> targets.</exception>
    public static SearchQuery Referring(string sourceType, string? parameter, IReadOnlyList<(string Type, string Id)> targets, SearchSettings? settings = null)
    {
        var tables = (settings ?? SearchSettings.Default).Tables;
        var type = tables.Of(sourceType) ?? throw new ArgumentException($"{sourceType} is no resource type of R4.", nameof(sourceType));
        var codes = type.All.Where(p => p.Kind == FactKind.Reference && (parameter is null || p.Code == parameter)).Select(p => p.Code).ToArray();
        if (codes.Length == 0 && parameter is not null)
        {
            throw new ArgumentException($"{sourceType} has no reference parameter {parameter}.", nameof(parameter));
        }

        var answer = LookupAnswer.Of(targets);
        return new SearchQuery
        {
            Type = sourceType,
            Criteria = [],
            Conditions = [new AnyOf([.. codes.Select((_, i) => new LookupCondition(i))])],
            Lookups = [.. codes.Select(code => new TargetsLookup("_revinclude", code))],
            Answers = [.. codes.Select(_ => answer)],
            Tables = tables,
            Used = [],
        };
    }
}
