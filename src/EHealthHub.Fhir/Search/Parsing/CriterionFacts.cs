using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>What the criteria say of who is searched for, for the rooms that decide and place a search.</summary>
internal static class CriterionFacts
{
    /// <summary>The one patient that every match must be about; null where none is named, several are, or the type lies in no patient's compartment.</summary>
    internal static string? Patient(string type, IReadOnlyList<SearchCriterion> criteria)
    {
        if (!CompartmentRule.IsPatientType(type))
        {
            return null;
        }

        string? patient = null;
        foreach (var criterion in criteria)
        {
            if (criterion is not { Values: [{ Prefix: "eq", Text: { } id } value] } || !NamesPatient(type, criterion, value) || !ReferenceText.IsId(id))
            {
                continue;
            }

            if (patient is not null && patient != id)
            {
                return null;
            }

            patient = id;
        }

        return patient;
    }

    /// <summary>The exact identifiers of the first criterion that names nothing else.</summary>
    internal static IReadOnlyList<IdentifierCondition> Identifiers(string type, IReadOnlyList<SearchCriterion> criteria)
    {
        foreach (var criterion in criteria)
        {
            if (criterion is { Parameter: "identifier", Modifier: null } && criterion.Values.All(v => v is { Kind: FactKind.Token, System: not null, Text: not null }))
            {
                return [.. criterion.Values.Select(v => new IdentifierCondition(type, v.System!, v.Text!))];
            }
        }

        return [];
    }

    private static bool NamesPatient(string type, SearchCriterion criterion, SearchValue value) => value.Kind switch
    {
        FactKind.Token => type == "Patient" && criterion is { Parameter: "_id", Modifier: null },
        FactKind.Reference => criterion is { Parameter: "patient" or "subject", Modifier: null or "Patient" } && value.System == "Patient",
        _ => false,
    };
}
