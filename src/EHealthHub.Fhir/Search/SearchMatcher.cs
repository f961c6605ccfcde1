using EHealthHub.Fhir.Search.Matching;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search;

/// <summary>Decides a candidate. Pure: the whole semantics of search that the hub serves is here. Works on the encoded facts in one pass, without making objects.</summary>
public static class SearchMatcher
{
    /// <summary>True when the facts satisfy every criterion. For a version that is still sealed, the overload over the encoded form is the one to use: this one encodes first.</summary>
    public static bool Matches(SearchQuery query, SearchFacts facts) => Matches(query, FactsWriter.Write(facts));

    /// <summary>True when the facts, as <see cref="SearchFacts.Encode"/> wrote them, are of the query's type and satisfy every criterion.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public static bool Matches(SearchQuery query, ReadOnlySpan<byte> facts)
    {
        var plan = query.Plan;
        var reader = new FactsReader(facts);
        var flags = reader.Byte();
        if (!plan.Type.Is(reader.String()))
        {
            return false;
        }

        var id = reader.String();
        _ = reader.Count(int.MaxValue);
        var time = reader.Signed();
        foreach (var criterion in plan.OfVersion)
        {
            if (!OfVersion(criterion, id, time))
            {
                return false;
            }
        }

        if (plan.OfValues.Length == 0)
        {
            return true;
        }

        _ = reader.String();
        if ((flags & FactsFormat.FlagPatient) != 0)
        {
            _ = reader.String();
        }

        return OfValues(plan.OfValues, new ValueCursor(reader));
    }

    private static bool OfVersion(CriterionPlan criterion, in PackedString id, long time)
    {
        var accepted = false;
        foreach (var test in criterion.Tests)
        {
            accepted |= test switch
            {
                DateTest date => date.Accepts(time, time),
                TokenTest token => token.AcceptsCode(id),
                _ => false,
            };
        }

        return criterion.IsSatisfied(true, accepted);
    }

    private static bool OfValues(CriterionPlan[] criteria, ValueCursor values)
    {
        Span<bool> present = stackalloc bool[criteria.Length];
        Span<bool> accepted = stackalloc bool[criteria.Length];
        present.Clear();
        accepted.Clear();
        while (values.Next())
        {
            for (var i = 0; i < criteria.Length; i++)
            {
                var criterion = criteria[i];
                if (!values.NameIs(criterion))
                {
                    continue;
                }

                present[i] = true;
                if (accepted[i] || values.Ending != criterion.Ending)
                {
                    continue;
                }

                foreach (var test in criterion.Tests)
                {
                    if (test.Kind == values.Kind)
                    {
                        var value = values.Payload;
                        accepted[i] |= test.Accepts(ref value);
                    }
                }
            }
        }

        for (var i = 0; i < criteria.Length; i++)
        {
            if (!criteria[i].IsSatisfied(present[i], accepted[i]))
            {
                return false;
            }
        }

        return true;
    }
}
