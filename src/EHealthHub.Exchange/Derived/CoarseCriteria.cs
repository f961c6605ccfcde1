using System.Collections.Frozen;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Derived;

/// <summary>
/// What may be asked of many: kinds of things by their codes, and whole months of care. Whatever could name one person, or cut a group wherever somebody likes (ids, identifiers, names, references, texts, numbers, days), is refused by name.
/// A list of what is taken, not of what is not.
/// </summary>
internal static class CoarseCriteria
{
    /// <summary>Token parameters that tell of a kind.</summary>
    private static readonly FrozenSet<string> Kinds = FrozenSet.Create(
        StringComparer.Ordinal,
        "category", "class", "clinical-status", "code", "combo-code", "component-code", "criticality", "deceased", "gender", "intent", "method", "priority", "reason-code", "severity", "status", "type", "vaccine-code", "value-concept",
        "verification-status");

    private static readonly FrozenSet<string> Modifiers = FrozenSet.Create(StringComparer.Ordinal, "not", "missing");

    /// <summary>27 days, in microseconds: shorter than any month.</summary>
    private const long MonthMin = 27L * 86_400 * 1_000_000;

    /// <summary>True for a token parameter of the type that tells of a kind: what may be asked by, and counted by.</summary>
    public static bool IsKind(string type, string parameter) => Kinds.Contains(parameter) && SearchQuery.HasParameter(type, parameter, FactKind.Token);

    /// <summary>The search for criteria that are coarse enough, with its sets of codes looked up.</summary>
    public static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> criteria, ICodeSets codes)
    {
        if (criteria.FirstOrDefault(c => c.Key.StartsWith('_')).Key is { } control)
        {
            return Fine(control);
        }

        if (!SearchQuery.Parse(type, criteria, strict: true).Try(out var query, out var failure))
        {
            return failure;
        }

        if (query.Criteria.FirstOrDefault(c => !IsCoarse(type, c)) is { } criterion)
        {
            return Fine(criterion.Parameter);
        }

        if (query.Texts.Count > 0 || query.Conditions.Any(c => !IsCoarse(type, c)))
        {
            return Fine(criteria[^1].Key);
        }

        var answers = new List<LookupAnswer>(query.Lookups.Count);
        foreach (var lookup in query.Lookups)
        {
            if (!Look(type, lookup, codes).Try(out var answer, out var refused))
            {
                return refused;
            }

            answers.Add(answer);
        }

        return query.WithAnswers(answers);
    }

    private static Result<LookupAnswer> Look(string type, SearchLookup lookup, ICodeSets codes) => lookup switch
    {
        ValueSetLookup set when IsKind(type, set.Parameter) => codes.InValueSet(set.ValueSet, set.Name),
        HierarchyLookup hierarchy when IsKind(type, hierarchy.Parameter) => codes.InHierarchy(hierarchy.System, hierarchy.Code, hierarchy.IsAbove, hierarchy.Name),
        _ => Fine(lookup.Name),
    };

    private static bool IsCoarse(string type, SearchCondition condition) => condition switch
    {
        CriterionCondition one => IsCoarse(type, one.Criterion),
        LookupCondition => true, // looked at where it is answered
        AllOf all => all.Parts.All(p => IsCoarse(type, p)),
        AnyOf any => any.Parts.All(p => IsCoarse(type, p)),
        NotOf not => IsCoarse(type, not.Part),
        _ => false,
    };

    private static bool IsCoarse(string type, SearchCriterion criterion) =>
        (criterion.Modifier is null || Modifiers.Contains(criterion.Modifier))
        && (IsKind(type, criterion.Parameter) || (criterion.Parameter == CareDates.Of(type) && criterion.Values.All(v => v is { Kind: FactKind.Date, Prefix: not "ap" } && v.To - v.From >= MonthMin)));

    private static Failure Fine(string parameter) => Failure.Of(
        400, "not-supported", "criteria-too-fine",
        "Figures over many are asked for by kinds (code, category, status, class, type, gender and the like, also with :not, :in, :below) and by whole months or years of care.", parameter.Length <= 64 ? parameter : parameter[..64]);
}
