using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>
/// R4's functional lists (<c>_list=$current-problems</c>, 3.1.1.4.18): no List says what is on them, the resources themselves do. What is refuted or entered in error is never on one. A problem is on the list whatever its category, and an allergy
/// without a clinical status is taken for active: of what is current, one too many does less harm than one that is missing.
/// </summary>
internal static class FunctionalList
{
    private const string Allergies = "$current-allergies";
    private const string DrugAllergies = "$current-drug-allergies";
    private const string Medications = "$current-medications";
    private const string Problems = "$current-problems";

    /// <summary>Null with the condition that the members satisfy; else the refusal.</summary>
    internal static Failure? Read(string type, string name, out SearchCondition? condition)
    {
        condition = (name, type) switch
        {
            (Problems, "Condition") => new AllOf([Has("clinical-status", null, "active", "recurrence", "relapse"), NotMistaken]),
            (Allergies, "AllergyIntolerance") => new AllOf([ActiveOrUnsaid, NotMistaken]),
            (DrugAllergies, "AllergyIntolerance") => new AllOf([ActiveOrUnsaid, NotMistaken, Has("category", null, "medication")]),
            (Medications, "MedicationStatement" or "MedicationRequest") => Has("status", null, "active"),
            _ => null,
        };
        return (condition, name) switch
        {
            (not null, _) => null,
            (_, Problems) => Members(name, "Condition"),
            (_, Allergies or DrugAllergies) => Members(name, "AllergyIntolerance"),
            (_, Medications) => Members(name, "MedicationStatement and MedicationRequest"),
            _ => QueryFailures.NotSupported("_list", $"of functional lists, {Problems}, {Allergies}, {DrugAllergies} and {Medications} are known; any other is"),
        };
    }

    private static CriterionCondition NotMistaken => Has("verification-status", Modifiers.Not, "refuted", "entered-in-error");

    private static AnyOf ActiveOrUnsaid => new AnyOf([
        Has("clinical-status", null, "active"),
        new CriterionCondition(new SearchCriterion("clinical-status", Modifiers.Missing, [new SearchValue(FactKind.Token, "eq", null, "true")])),
    ]);

    private static Failure Members(string name, string types) => QueryFailures.NotSupported("_list", $"the members of {name} are of type {types}, and any other type is");

    private static CriterionCondition Has(string parameter, string? modifier, params string[] codes) =>
        new CriterionCondition(new SearchCriterion(parameter, modifier, [.. codes.Select(c => new SearchValue(FactKind.Token, "eq", null, c))]));
}
