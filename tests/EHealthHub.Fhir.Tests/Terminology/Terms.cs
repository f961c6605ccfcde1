using System.Text.Json;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Tests.Terminology;

/// <summary>A small terminology, and short forms of asking it.</summary>
internal static class Terms
{
    public const string Animals = """
        {"resourceType":"CodeSystem","url":"urn:animals","version":"2","name":"Animals","status":"active","content":"complete","valueSet":"urn:animals:all","language":"en",
        "property":[{"code":"legs","type":"integer"},{"code":"tame","type":"boolean"},{"code":"inactive","type":"boolean","uri":"http://hl7.org/fhir/concept-properties#inactive"},{"code":"kind","type":"code","uri":"http://hl7.org/fhir/concept-properties#parent"},{"code":"eats","type":"Coding"}],
        "concept":[{"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
        {"code":"mammal","display":"Mammal","concept":[{"code":"dog","display":"Dog","definition":"Barks.","designation":[{"language":"tr-TR","use":{"system":"urn:use","code":"d"},"value":"Köpek"},{"language":"de","value":"Hund"}],
        "property":[{"code":"legs","valueInteger":4},{"code":"tame","valueBoolean":true},{"code":"eats","valueCoding":{"system":"urn:food","code":"meat","display":"Meat"}}]},
        {"code":"whale","display":"Whale","property":[{"code":"legs","valueInteger":0}]}]},
        {"code":"bird","display":"Bird","concept":[{"code":"dodo","display":"Dodo","property":[{"code":"inactive","valueBoolean":true},{"code":"legs","valueInteger":2}]}]}]},
        {"code":"pet","display":"İyi dost"},{"code":"cat","display":"Cat","property":[{"code":"kind","valueCode":"mammal"},{"code":"kind","valueCode":"pet"}]}]}
        """;

    public const string Stub = """{"resourceType":"CodeSystem","url":"urn:stub","name":"Stub","status":"active","content":"not-present"}""";

    public const string Map = """
        {"resourceType":"ConceptMap","url":"urn:map","status":"active","sourceUri":"urn:animals:all","targetUri":"urn:sounds:all","group":[{"source":"urn:animals","target":"urn:sounds",
        "element":[{"code":"dog","target":[{"code":"bark","display":"Bark","equivalence":"equivalent"},{"code":"growl","equivalence":"narrower","comment":"x","dependsOn":[{"property":"urn:mood","value":"angry"}],"product":[{"property":"urn:p","system":"urn:q","value":"v"}]}]},
        {"code":"whale","target":[{"equivalence":"unmatched"}]}],"unmapped":{"mode":"MODE","code":"noise","display":"Noise","url":"urn:map:other"}}]}
        """;

    public static readonly TerminologyCatalog Catalog = Of(
        Animals,
        Stub,
        Map.Replace("MODE", "other-map", StringComparison.Ordinal),
        """{"resourceType":"ConceptMap","url":"urn:map:other","status":"active","group":[{"source":"urn:animals","target":"urn:sounds","element":[{"code":"cat","target":[{"code":"miaow","equivalence":"wider"}]}],"unmapped":{"mode":"other-map","url":"urn:map"}}]}""",
        Set("urn:listed", """{"system":"urn:animals","concept":[{"code":"dog","display":"Doggy"},{"code":"ghost"}]},{"system":"http://loinc.org","concept":[{"code":"1-8","display":"One"}]}"""),
        Set("urn:mammals", Filter("concept", "is-a", "mammal")),
        Set("urn:nested", """{"valueSet":["urn:mammals","urn:listed"]}"""),
        Set("urn:without", """{"system":"urn:animals"}],"exclude":[{"valueSet":["urn:mammals"]}"""),
        Set("urn:circle:a", """{"valueSet":["urn:circle:b"]}"""),
        Set("urn:circle:b", """{"valueSet":["urn:circle:a"]}"""),
        Set("urn:of-stub", """{"system":"urn:stub"}"""),
        """{"resourceType":"ValueSet","url":"urn:active","status":"active","compose":{"inactive":false,"include":[{"system":"urn:animals"}]}}""",
        """{"resourceType":"ValueSet","url":"urn:expanded","status":"active","expansion":{"timestamp":"2026-11-24","contains":[{"system":"urn:x","abstract":true,"code":"g","contains":[{"system":"urn:x","code":"a","display":"A"}]}]}}""");

    public static string Set(string url, string include) => $$$"""{"resourceType":"ValueSet","url":"{{{url}}}","name":"Set","status":"active","compose":{"include":[{{{include}}}]}}""";

    public static string Filter(string property, string op, string value) => $$$"""{"system":"urn:animals","filter":[{"property":"{{{property}}}","op":"{{{op}}}","value":"{{{value}}}"}]}""";

    public static TerminologyCatalog Of(params string[] resources)
    {
        var catalog = new TerminologyCatalog(new TerminologyLimits());
        foreach (var json in resources)
        {
            using var resource = Read.Resource(json);
            Assert.True(catalog.With(resource).Try(out var next, out var failure), failure?.Issues[0].Diagnostics);
            catalog = next;
        }

        return catalog;
    }

    /// <summary>Why a resource is not taken.</summary>
    public static string Refusal(string json)
    {
        using var resource = Read.Resource(json);
        Assert.False(new TerminologyCatalog(new TerminologyLimits()).With(resource).Try(out _, out var failure), "taken");
        Assert.Equal(422, failure!.Status);
        return failure.Issues[0].Diagnostics;
    }

    /// <summary>Parameters of a query, "name=value" each.</summary>
    public static OperationInput Query(params string[] pairs)
    {
        Assert.True(OperationInput.OfQuery(pairs.Select(p => p.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], p[1]))).Try(out var input, out _));
        return input;
    }

    /// <summary>Parameters of a Parameters resource.</summary>
    public static OperationInput Body(string parameters)
    {
        Assert.True(OperationInput.OfParameters(Read.Resource($$$"""{"resourceType":"Parameters","parameter":[{{{parameters}}}]}""")).Try(out var input, out var failure), failure?.Issues[0].Diagnostics);
        return input;
    }

    /// <summary>The answer, which is valid R4.</summary>
    public static JsonElement Answer(Result<byte[]> result)
    {
        Assert.True(result.Try(out var bytes, out var failure), failure?.Issues[0].Diagnostics);
        Sdk.Accepts(bytes);
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    public static Failure Failure(Result<byte[]> result)
    {
        Assert.False(result.Try(out _, out var failure), "answered");
        return failure!;
    }

    /// <summary>The values of an answer, "name=value" each; of parts in braces.</summary>
    public static string[] Values(JsonElement parameters, string list = "parameter") => [.. parameters.GetProperty(list).EnumerateArray().Select(p =>
    {
        var value = p.EnumerateObject().First(m => m.Name != "name");
        return p.GetProperty("name").GetString() + "=" + (value.Name == "part" ? "{" + string.Join(" ", Values(p, "part")) + "}" : value.Value.ValueKind == JsonValueKind.Object ? value.Value.GetProperty("code").GetString() : value.Value.ToString());
    })];
}
