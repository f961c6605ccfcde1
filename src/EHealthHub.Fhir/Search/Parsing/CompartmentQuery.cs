using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Searches inside a compartment (R4 3.1.1.2).</summary>
internal static class CompartmentQuery
{
    internal static Result<SearchQuery> Parse(string compartment, string id, string type, IReadOnlyList<KeyValuePair<string, string>> pairs, bool strict, SearchSettings settings)
    {
        if (CompartmentTable.ParametersOf(compartment, type) is not { } codes || !ReferenceText.IsId(id))
        {
            return Failure.Of(404, "not-found", "resource-type-unknown", "The path names no compartment of R4, or a type that lies in none of them.");
        }

        if (!SearchQuery.Parse(type, pairs, strict, settings).Try(out var query, out var failure))
        {
            return failure;
        }

        var isPatient = compartment == "Patient" && (query.PatientId is null || query.PatientId == id);
        return query with
        {
            Conditions = [.. query.Conditions, Membership(compartment, id, codes)],
            PatientId = isPatient && CompartmentRule.IsPatientType(type) ? id : query.PatientId,
        };
    }

    private static SearchCondition Membership(string compartment, string id, string[] codes)
    {
        var ways = codes.Select(code => (SearchCondition)new CriterionCondition(code == CompartmentTable.Itself
            ? new SearchCriterion("_id", null, [new SearchValue(FactKind.Token, "eq", null, id)])
            : new SearchCriterion(code, null, [new SearchValue(FactKind.Reference, "eq", compartment, id)]))).ToArray();
        return ways.Length == 1 ? ways[0] : new AnyOf(ways);
    }
}
