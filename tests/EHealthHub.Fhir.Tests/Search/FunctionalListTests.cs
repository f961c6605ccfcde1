using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>R4's functional lists: their members are found by what they say of themselves.</summary>
public sealed class FunctionalListTests
{
    [Theory]
    [InlineData("active", "confirmed", true)]
    [InlineData("recurrence", "provisional", true)]
    [InlineData("relapse", null, true)]
    [InlineData("active", "refuted", false)]
    [InlineData("active", "entered-in-error", false)]
    [InlineData("remission", "confirmed", false)]
    [InlineData("resolved", null, false)]
    [InlineData(null, "confirmed", false)]
    public void Current_problems_are_conditions_that_last(string? clinical, string? verified, bool expected) =>
        Assert.Equal(expected, Ask.Finds("Condition", "patient=1&_list=$current-problems", Stated("Condition", clinical, verified)));

    [Theory]
    [InlineData("active", "confirmed", "food", true, false)]
    [InlineData("active", null, "medication", true, true)]
    [InlineData(null, "unconfirmed", "medication", true, true)]
    [InlineData(null, "entered-in-error", "medication", false, false)]
    [InlineData("inactive", "confirmed", "medication", false, false)]
    [InlineData("active", "refuted", "medication", false, false)]
    public void Current_allergies_are_those_that_nobody_has_ended(string? clinical, string? verified, string category, bool allergy, bool drug)
    {
        var json = Stated("AllergyIntolerance", clinical, verified).Replace("\"id\"", $"\"category\":[\"{category}\"],\"id\"", StringComparison.Ordinal);
        Assert.Equal(allergy, Ask.Finds("AllergyIntolerance", "_list=$current-allergies", json));
        Assert.Equal(drug, Ask.Finds("AllergyIntolerance", "_list=$current-drug-allergies", json));
    }

    [Theory]
    [InlineData("MedicationStatement", "active", true)]
    [InlineData("MedicationStatement", "stopped", false)]
    [InlineData("MedicationRequest", "active", true)]
    [InlineData("MedicationRequest", "draft", false)]
    public void Current_medications_are_taken_or_asked_for(string type, string status, bool expected) =>
        Assert.Equal(expected, Ask.Finds(type, "_list=$current-medications", $$"""{"resourceType":"{{type}}","id":"1","status":"{{status}}"}"""));

    [Theory]
    [InlineData("Condition", "$current-allergies", "AllergyIntolerance")]
    [InlineData("Observation", "$current-problems", "Condition")]
    [InlineData("Medication", "$current-medications", "MedicationStatement and MedicationRequest")]
    [InlineData("Condition", "$future-problems", "$current-problems")]
    [InlineData("Condition", "$", "$current-drug-allergies")]
    public void Other_lists_and_other_types_are_refused_with_what_there_is(string type, string list, string named)
    {
        var failure = Ask.Refused(type, "_list=" + list);
        Assert.Equal((400, "search-not-supported"), (failure.Status, failure.Issues[0].Code));
        Assert.Contains(named, failure.Issues[0].Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_found_through_a_reverse_chain_and_stay_in_the_self_link()
    {
        Assert.IsType<HasLookup>(Assert.Single(Ask.Parsed("Patient", "_has:AllergyIntolerance:patient:_list=$current-allergies").Lookups));
        Assert.Equal("_list", Assert.Single(Ask.Parsed("Condition", "_list=$current-problems").Used).Key);
        Assert.Contains("no named queries are defined", Ask.Refused("Condition", "_query=current", strict: false).Issues[0].Diagnostics, StringComparison.Ordinal);
    }

    private static string Stated(string type, string? clinical, string? verified)
    {
        var said = (clinical is null ? "" : $$""" "clinicalStatus":{"coding":[{"code":"{{clinical}}"}]},""") + (verified is null ? "" : $$""" "verificationStatus":{"coding":[{"code":"{{verified}}"}]},""");
        return $$"""{"resourceType":"{{type}}",{{said}}"id":"1","patient":{"reference":"Patient/1"},"subject":{"reference":"Patient/1"} }""";
    }
}
