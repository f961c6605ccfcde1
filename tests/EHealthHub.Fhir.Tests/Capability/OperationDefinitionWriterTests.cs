using System.Text;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EHealthHub.Fhir.Tests.Capability;

public sealed class OperationDefinitionWriterTests
{
    private const string Hl7 = "http://hl7.org/fhir/OperationDefinition/";

    [Theory]
    [InlineData("meta", "Resource-meta", "")]
    [InlineData("everything", "Patient-everything", "Patient")]
    [InlineData("expand", "ValueSet-expand", "ValueSet")]
    [InlineData("lookup", "CodeSystem-lookup", "CodeSystem")]
    [InlineData("translate", "ConceptMap-translate", "ConceptMap")]
    [InlineData("nobody-described-this", "Resource-nobody-described-this", "")]
    public void A_definition_is_valid_and_says_where_the_operation_is_served(string name, string id, string type)
    {
        var written = OperationDefinitionWriter.Write([new ServedOperation(name, Hl7 + id, false, true, false, type.Length == 0 ? [] : [type]), new ServedOperation(name, Hl7 + id, false, false, true, [])]);
        Assert.True(FhirReader.Read(written, new FhirLimits()).Try(out var resource, out _));
        using (resource)
        {
            Assert.Empty(new Validator().Validate(resource, new FhirLimits(), null));
        }

        var read = (OperationDefinition)FhirJsonDeserializer.STRICT.DeserializeResource(Encoding.UTF8.GetString(written));
        Assert.Equal((id, name, false, true, true), (read.Id, read.Code, read.System, read.Type, read.Instance));
        Assert.Equal([type.Length == 0 ? "Resource" : type], read.ResourceElement.Select(r => r.JsonValue?.ToString()));
    }

    [Fact]
    public void Parts_of_a_parameter_stand_below_it()
    {
        var read = (OperationDefinition)FhirJsonDeserializer.STRICT.DeserializeResource(Encoding.UTF8.GetString(OperationDefinitionWriter.Write([new ServedOperation("translate", Hl7 + "ConceptMap-translate", false, true, true, ["ConceptMap"])])));
        var match = read.Parameter.Single(p => p.Name == "match");
        Assert.Equal(["equivalence", "concept", "product", "source"], match.Part.Select(p => p.Name));
        Assert.Equal(["element", "concept"], match.Part[2].Part.Select(p => p.Name));
    }
}
