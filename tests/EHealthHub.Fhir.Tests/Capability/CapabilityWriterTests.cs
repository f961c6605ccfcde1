using System.Text;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Search;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EHealthHub.Fhir.Tests.Capability;

public sealed class CapabilityWriterTests
{
    private static readonly ServedApi Served = new()
    {
        SystemInteractions = ["transaction", "batch"],
        TypeInteractions = ["read", "vread", "update", "delete", "history-instance", "create", "search-type"],
        Formats = ["application/fhir+json", "json"],
        PatchFormats = ["application/json-patch+json"],
        ConditionalDelete = "single",
        Operations =
        [
            new("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything", System: false, OnType: false, OnInstance: true, ["Patient"]),
            new("meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta", System: true, OnType: true, OnInstance: true, []),
        ],
    };

    private static readonly byte[] Json = CapabilityWriter.Write("https://hub.example/fhir", "1.2.3", new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(3)), Served);

    private static readonly CapabilityStatement Statement = (CapabilityStatement)FhirJsonDeserializer.STRICT.DeserializeResource(Encoding.UTF8.GetString(Json));

    [Fact]
    public void The_SDKs_strict_parser_takes_it()
    {
        Assert.Equal(("1.2.3", "4.0.1", "2026-11-24T09:00:00.000000Z"), (Statement.Version, Statement.FhirVersionElement?.JsonValue?.ToString(), Statement.Date));
        Assert.Equal("https://hub.example/fhir", Statement.Implementation?.Url);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes() =>
        Assert.Equal(Json, CapabilityWriter.Write("https://hub.example/fhir", "1.2.3", new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), Served));

    [Fact]
    public void Every_resource_type_is_named_with_what_can_be_done()
    {
        var rest = Assert.Single(Statement.Rest);
        Assert.Equal(ModelInfo.SupportedResources.Where(t => t != "Parameters").Order(StringComparer.Ordinal), rest.Resource.Select(r => r.TypeElement.JsonValue?.ToString()));
        Assert.All(rest.Resource, r => Assert.Equal(7, r.Interaction.Count));
        Assert.All(rest.Resource, r => Assert.True(r.ConditionalCreate));
        Assert.Equal(["transaction", "batch"], rest.Interaction.Select(i => i.CodeElement.JsonValue?.ToString()));
    }

    [Fact]
    public void Operations_stand_where_they_are_served()
    {
        var rest = Statement.Rest[0];
        Assert.Equal(["meta"], rest.Operation.Select(o => o.Name));
        Assert.Equal(["everything", "meta"], rest.Resource.Single(r => r.TypeElement.JsonValue?.ToString() == "Patient").Operation.Select(o => o.Name));
        Assert.Equal(["meta"], rest.Resource.Single(r => r.TypeElement.JsonValue?.ToString() == "Observation").Operation.Select(o => o.Name));
        Assert.Equal(["application/json-patch+json"], Statement.PatchFormat);
        Assert.All(rest.Resource, r => Assert.Equal("single", r.ConditionalDeleteElement?.JsonValue?.ToString()));
    }

    [Fact]
    public void Every_parameter_that_is_named_can_be_asked_and_every_other_of_R4_is_refused()
    {
        foreach (var resource in Statement.Rest[0].Resource)
        {
            var type = resource.TypeElement.JsonValue!.ToString()!;
            var named = resource.SearchParam.Select(p => p.Name).ToHashSet();
            foreach (var code in ModelInfo.SearchParameters.Where(p => p.Resource == type).Select(p => p.Code!).Concat(["_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"]))
            {
                Assert.Equal(named.Contains(code), SearchQuery.Parse(type, [KeyValuePair.Create(code + (code == "_id" || code == "_lastUpdated" ? "" : ":missing"), code == "_id" ? "1" : code == "_lastUpdated" ? "2020" : "true")], true).Try(out _, out _));
            }
        }
    }

    [Fact]
    public void The_way_in_is_told()
    {
        var security = Statement.Rest[0].Security!;
        Assert.Equal(["SMART-on-FHIR", "Certificates"], security.Service.Select(s => s.Coding[0]?.Code));
        var uris = Assert.Single(security.Extension);
        Assert.Equal("http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", uris.Url);
        Assert.Equal("https://hub.example/oauth/token", (uris.GetExtension("token")?.Value as FhirUri)?.Value);
    }
}
