using System.Text;
using EHealthHub.Fhir.Capability;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Tests.Capability;

public sealed class SearchParameterWriterTests
{
    [Fact]
    public void Every_definition_is_what_the_SDK_says()
    {
        var expected = ModelInfo.SearchParameters.Where(p => p.Resource is not null and not "DomainResource").ToLookup(p => p.Url!);
        foreach (var id in SearchParameterWriter.Ids)
        {
            var written = Parsed(SearchParameterWriter.WriteById(id));
            Assert.Equal(id, written.Id);
            if (expected[written.Url!].ToList() is { Count: > 0 } definitions)
            {
                Assert.Equal(definitions.Select(d => d.Resource).Order(StringComparer.Ordinal), written.BaseElement.Select(b => b.JsonValue?.ToString()).Order(StringComparer.Ordinal));
                Assert.Equal((definitions[0].Code, definitions[0].Type.GetLiteral(), definitions[0].Expression), (written.Code, written.TypeElement!.JsonValue?.ToString(), written.Expression));
                Assert.Equal(definitions[0].Component?.Length ?? 0, written.Component.Count);
            }
        }

        Assert.Empty(expected.Select(e => e.Key[(e.Key.LastIndexOf('/') + 1)..]).Except(SearchParameterWriter.Ids));
    }

    [Fact]
    public void A_definition_is_found_by_type_and_code_too()
    {
        Assert.Equal(SearchParameterWriter.WriteById("clinical-code"), SearchParameterWriter.Write("Observation", "code"));
        Assert.Equal("Resource.meta.tag", Parsed(SearchParameterWriter.Write("Patient", "_tag")).Expression);
        Assert.Null(SearchParameterWriter.Write("Patient", "nothing"));
        Assert.Null(SearchParameterWriter.Write("Visit", "code"));
        Assert.Null(SearchParameterWriter.WriteById("nothing"));
    }

    private static SearchParameter Parsed(byte[]? json)
    {
        Assert.NotNull(json);
        return (SearchParameter)FhirJsonDeserializer.STRICT.DeserializeResource(Encoding.UTF8.GetString(json));
    }
}
