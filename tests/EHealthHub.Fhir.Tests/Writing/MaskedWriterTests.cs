using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Writing;

public class MaskedWriterTests
{
    [Fact]
    public void Says_that_it_is_masked_and_nothing_else() => Assert.Equal(
        """{"resourceType":"Condition","id":"c1","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"MASKED"}]},"subject":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}}""",
        Encoding.UTF8.GetString(MaskedWriter.Write("Condition", "c1")));

    /// <summary>Definitions are public and never masked. A masked allergy has a clinicalStatus (ait-1) without one of its three codes, any of which would claim something.</summary>
    private static readonly HashSet<string> Excepted = ["CapabilityStatement cpb-1", "CapabilityStatement cpb-2", "StructureDefinition sdf-6", "TerminologyCapabilities tcp-2", "AllergyIntolerance code-not-in-value-set"];

    [Fact]
    public void Every_type_masked_is_valid_R4()
    {
        var faults = new List<string>();
        foreach (var type in ResourceTypes.All.Order(StringComparer.Ordinal))
        {
            var bytes = MaskedWriter.Write(type, "1");
            using var resource = Read.Resource(Encoding.UTF8.GetString(bytes));
            Assert.True(MaskedWriter.IsMasked(resource.Root));
            faults.AddRange(new Validator().Validate(resource, Read.Limits).Where(i => i.Severity is "error" or "fatal" && !Excepted.Contains($"{type} {i.Code}")).Select(i => $"{type}: {i.Expression} {i.Code} {i.Diagnostics}"));
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public void Two_of_a_type_differ_in_their_ids_alone()
    {
        var one = Encoding.UTF8.GetString(MaskedWriter.Write("Observation", "aaaa"));
        var other = Encoding.UTF8.GetString(MaskedWriter.Write("Observation", "bbbb"));
        Assert.Equal(one, other.Replace("bbbb", "aaaa", StringComparison.Ordinal));
    }

    [Fact]
    public void What_bears_other_labels_is_not_taken_for_masked()
    {
        using var resource = Read.Resource("""{"resourceType":"Basic","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},{"code":"MASKED"}]},"code":{"text":"x"}}""");
        Assert.False(MaskedWriter.IsMasked(resource.Root));
    }
}
