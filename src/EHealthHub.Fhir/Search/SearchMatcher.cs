using EHealthHub.Fhir.Search.Matching;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search;

/// <summary>Decides a candidate. Pure: the whole semantics of search that the hub serves is here. Works on the encoded facts in one pass, without making objects.</summary>
public static class SearchMatcher
{
    /// <summary>How often one candidate's contained resources are looked into: local references may lead round and round.</summary>
    private const int ContainedLooksMax = 256;

    /// <summary>True when the facts satisfy every criterion. For a version that is still sealed, the overload over the encoded form is the one to use: this one encodes first.</summary>
    /// <exception cref="InvalidOperationException">The query has lookups that are not answered.</exception>
    public static bool Matches(SearchQuery query, SearchFacts facts) => Matches(query, FactsWriter.Write(facts));

    /// <summary>True when the facts, as <see cref="SearchFacts.Encode"/> wrote them, are of the query's type and satisfy every criterion. <see cref="SearchQuery.Texts"/> are not asked: they need the body.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    /// <exception cref="InvalidOperationException">The query has lookups that are not answered.</exception>
    public static bool Matches(SearchQuery query, ReadOnlySpan<byte> facts)
    {
        var looks = ContainedLooksMax;
        return Matches(query.Plan, facts, default, ref looks);
    }

    /// <summary>The contained resources that are of the query's type and satisfy every criterion (R4 3.1.1.5.5), in their order. A local id is no logical id: <c>_id</c>, <c>_list</c> and reverse chains find none of them.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    /// <exception cref="InvalidOperationException">The query has lookups that are not answered.</exception>
    public static IReadOnlyList<ContainedMatch> MatchesContained(SearchQuery query, ReadOnlySpan<byte> facts)
    {
        var looks = ContainedLooksMax;
        List<ContainedMatch>? found = null;
        for (var contained = new ContainedCursor(facts); contained.Next();)
        {
            if (Matches(query.Plan, contained.Current, facts, ref looks))
            {
                contained.Name(out _, out var id);
                (found ??= []).Add(new ContainedMatch(query.Type, id.Make() ?? "", contained.Current.ToArray()));
            }
        }

        return found ?? (IReadOnlyList<ContainedMatch>)[];
    }

    /// <summary>Facts of the query's plan, or of what is contained in <paramref name="container"/>.</summary>
    internal static bool Matches(QueryPlan plan, ReadOnlySpan<byte> facts, ReadOnlySpan<byte> container, ref int looks)
    {
        var reader = new FactsReader(facts, container, ref looks);
        var flags = reader.Byte();
        var type = reader.String();
        if (!plan.Type.Is(type))
        {
            return false;
        }

        Span<bool> satisfied = stackalloc bool[plan.Slots];
        var id = reader.String();
        _ = reader.Count(int.MaxValue);
        var time = reader.Signed();
        foreach (var criterion in plan.OfVersion)
        {
            satisfied[criterion.Slot] = OfVersion(criterion, type, id, time, isContained: !container.IsEmpty);
            if (criterion.IsRequired && !satisfied[criterion.Slot])
            {
                return false;
            }
        }

        if (plan.OfValues.Length > 0)
        {
            _ = reader.String();
            if ((flags & FactsFormat.FlagPatient) != 0)
            {
                _ = reader.String();
            }

            if (!OfValues(plan, new ValueCursor(reader, flags), satisfied))
            {
                return false;
            }
        }

        foreach (var tree in plan.Trees)
        {
            if (!tree.Holds(satisfied))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the body satisfies every one of <see cref="SearchQuery.Texts"/>. UTF-8 JSON of a resource.</summary>
    /// <exception cref="System.Text.Json.JsonException">The bytes are no JSON.</exception>
    public static bool MatchesBody(SearchQuery query, ReadOnlyMemory<byte> json) => BodyWords.Match(query.Texts, json);

    private static bool OfVersion(CriterionPlan criterion, in PackedString type, in PackedString id, long time, bool isContained)
    {
        var accepted = false;
        foreach (var test in criterion.Tests)
        {
            accepted |= test switch
            {
                DateTest date => date.Accepts(time, time),
                TokenTest token => !isContained && token.AcceptsCode(id),
                IdSetTest set => !isContained && set.AcceptsId(type, id),
                _ => false,
            };
        }

        return criterion.IsSatisfied(true, accepted);
    }

    // True when nothing that is required fails.
    private static bool OfValues(QueryPlan plan, ValueCursor values, Span<bool> satisfied)
    {
        var criteria = plan.OfValues;
        Span<bool> present = stackalloc bool[criteria.Length];
        Span<bool> accepted = stackalloc bool[criteria.Length];
        Span<byte> repetitions = stackalloc byte[plan.Parts];
        present.Clear();
        accepted.Clear();
        repetitions.Clear();
        var lastPart = 0;
        while (values.Next())
        {
            var composites = 0;
            for (var i = 0; i < criteria.Length; i++)
            {
                var criterion = criteria[i];
                if (values.NameIs(criterion))
                {
                    present[i] = true;
                    if (!accepted[i] && criterion.Parts.Length > 0)
                    {
                        accepted[i] = AcceptsPart(criterion, ref values, lastPart, repetitions.Slice(composites, criterion.Parts.Length));
                    }
                    else if (!accepted[i] && values.Ending == criterion.Ending)
                    {
                        accepted[i] = Accepts(criterion, ref values);
                    }
                }

                composites += criterion.Parts.Length;
            }

            lastPart = values.Part;
        }

        for (var i = 0; i < criteria.Length; i++)
        {
            satisfied[criteria[i].Slot] = criteria[i].IsSatisfied(present[i], accepted[i]);
            if (criteria[i].IsRequired && !satisfied[criteria[i].Slot])
            {
                return false;
            }
        }

        return true;
    }

    private static bool Accepts(CriterionPlan criterion, ref ValueCursor values)
    {
        foreach (var test in criterion.Tests)
        {
            if (test.Kind == values.Kind)
            {
                var value = values.Payload;
                if (test.Accepts(ref value))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // One bit for each component that the repetition has satisfied so far, for each of the OR-ed values.
    private static bool AcceptsPart(CriterionPlan criterion, ref ValueCursor values, int lastPart, scoped Span<byte> repetitions)
    {
        var part = values.Part;
        if (part == 0 && (lastPart > 0 || values.IsFirstOfName))
        {
            repetitions.Clear();
        }

        for (var i = 0; i < repetitions.Length; i++)
        {
            var tests = criterion.Parts[i];
            if (part < tests.Length && tests[part].Kind == values.Kind && (repetitions[i] & (1 << part)) == 0)
            {
                var value = values.Payload;
                if (tests[part].Accepts(ref value))
                {
                    repetitions[i] |= (byte)(1 << part);
                    if (repetitions[i] == (1 << tests.Length) - 1)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
