using EHealthHub.Fhir.Search;
using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class CompartmentRuleTests
{
    [Theory]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/1"},"performer":[{"reference":"Practitioner/2"},{"reference":"Patient/3"}]}""", "Patient/1 Patient/3")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/1"},"performer":[{"reference":"Patient/1"}]}""", "Patient/1")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Group/1"},"focus":[{"reference":"Patient/9"}]}""", "")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"urn:uuid:0f9a6a4e-6d2b-4b0b-8a2e-0c6a2d2f6a11"}}""", "urn:uuid:0f9a6a4e-6d2b-4b0b-8a2e-0c6a2d2f6a11")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"Patient?identifier=http://x|1"}}""", "Patient?identifier=http://x|1")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"Group?identifier=1"}}""", "")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"https://other.example/fhir/Patient/7/_history/2"}}""", "https://other.example/fhir/Patient/7/_history/2")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"https://other.example/fhir/Group/7"}}""", "")]
    [InlineData("""{"resourceType":"Encounter","subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}]}""", "")]
    [InlineData("""{"resourceType":"Encounter","subject":{"identifier":{"value":"1"}}}""", "")]
    [InlineData("""{"resourceType":"Appointment","participant":[{"actor":{"reference":"Location/1"}},{"actor":{"reference":"Patient/2"}},{}]}""", "Patient/2")]
    [InlineData("""{"resourceType":"CarePlan","subject":{"reference":"Patient/1"},"activity":[{"detail":{"performer":[{"reference":"Patient/5"}]}}]}""", "Patient/1 Patient/5")]
    [InlineData("""{"resourceType":"Group","member":[{"entity":{"reference":"Patient/1"}},{"entity":{"reference":"Patient/2"}}]}""", "Patient/1 Patient/2")]
    [InlineData("""{"resourceType":"Provenance","target":[{"reference":"Observation/1"},{"reference":"Patient/2"}]}""", "Patient/2")]
    [InlineData("""{"resourceType":"Patient","link":[{"other":{"reference":"Patient/2"}}]}""", "")]
    [InlineData("""{"resourceType":"Binary","securityContext":{"reference":"Patient/2"}}""", "Patient/2")]
    [InlineData("""{"resourceType":"Binary","contentType":"image/png"}""", "")]
    [InlineData("""{"resourceType":"Practitioner"}""", "")]
    [InlineData("""{"resourceType":"Observation","subject":"Patient/1","performer":{"reference":null}}""", "")]
    public void Belongs_to_the_patients_in_its_compartment_elements(string json, string expected)
    {
        using var resource = Some.Resource(json);
        Assert.Equal(expected, string.Join(' ', CompartmentRule.PatientReferences(resource)));
    }

    [Fact]
    public void Every_type_of_the_compartment_has_the_elements_that_make_it_a_member()
    {
        foreach (var type in ModelInfo.SupportedResources.Where(CompartmentRule.IsPatientType))
        {
            using var empty = Some.Resource($$"""{"resourceType":"{{type}}"}""");
            Assert.Empty(CompartmentRule.PatientReferences(empty));
        }
    }

    [Fact]
    public void No_type_is_public_and_a_patients_at_once()
    {
        Assert.DoesNotContain(ModelInfo.SupportedResources, t => CompartmentRule.IsDirectory(t) && CompartmentRule.IsPatientType(t));
        Assert.Equal(67, ModelInfo.SupportedResources.Count(CompartmentRule.IsPatientType));
    }

    [Theory]
    [InlineData("Practitioner", true)]
    [InlineData("ValueSet", true)]
    [InlineData("Patient", false)]
    [InlineData("Task", false)]
    [InlineData("practitioner", false)]
    public void Directory_types_are_the_ones_named(string type, bool expected) => Assert.Equal(expected, CompartmentRule.IsDirectory(type));
}
