using System.Diagnostics;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Search parameters of the hub's own: defined by the registry's authority, extracted from what is stored while the hub runs, and then in force like R4's.</summary>
public sealed class OwnSearchParameterTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_parameter_comes_into_force_over_what_is_stored_and_is_asked_by_like_any_other()
    {
        using var ministry = hub.Client("ministry");
        var cat = await Patient(ministry, "Tekir", "Pamuk");
        var none = (await ministry.Post("fhir/Patient", Samples.Patient("Evcilsiz"))).Expect(201).IdFromLocation();
        (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{cat}"))).Expect(201);
        (await ministry.Get("fhir/Patient?e2e-pet=pamuk")).Refused(400, "search-parameter-unknown");

        var id = await Define(ministry, Parameter("e2e-pet", "Patient", "string", "Patient.extension('http://example.org/pet').value.as(string)"));
        var dog = await Patient(ministry, "Karabaş", "Pamukkale");
        Assert.Equal([cat, dog], await Ids(ministry, $"fhir/Patient?e2e-pet=pamuk&_id={cat},{dog},{none}"));
        Assert.Equal([dog], await Ids(ministry, $"fhir/Patient?e2e-pet:exact=Pamukkale&_id={cat},{dog},{none}"));
        Assert.Equal([none], await Ids(ministry, $"fhir/Patient?e2e-pet:missing=true&_id={cat},{dog},{none}"));
        Assert.Equal([dog], await Ids(ministry, $"fhir/Patient?_filter=e2e-pet eq Pamukkale&_id={cat},{dog},{none}"));
        Assert.Equal([dog, cat], (await ministry.Get($"fhir/Patient?_sort=-e2e-pet&_id={cat},{dog}")).Expect(200).Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["id"]!));
        Assert.Single(await Ids(ministry, $"fhir/Observation?subject=Patient/{cat}&subject:Patient.e2e-pet=pamuk"));
        Assert.Empty(await Ids(ministry, $"fhir/Observation?subject=Patient/{cat}&subject:Patient.e2e-pet=karabaş"));

        var statement = (await ministry.Get("fhir/metadata")).Expect(200).Json["rest"]![0]!["resource"]!.AsArray().Single(r => (string?)r!["type"] == "Patient")!;
        var named = statement["searchParam"]!.AsArray().Single(p => (string?)p!["name"] == "e2e-pet")!;
        Assert.Equal(id, (await Ids(ministry, $"fhir/SearchParameter?url={named["definition"]}")).Single());
        var status = (await ministry.Get($"fhir/SearchParameter/{id}/$status")).Expect(200).Text;
        Assert.Contains("in-force", status, StringComparison.Ordinal);
        (await ministry.Get("fhir/SearchParameter/none/$status")).Refused(404);

        (await ministry.Put($"fhir/SearchParameter/{id}", Parameter("e2e-pet", "Patient", "string", "Patient.extension('http://example.org/pet').value.as(string)").Replace("\"active\"", "\"retired\"", StringComparison.Ordinal).Insert(1, $"\"id\":\"{id}\","))).Expect(200);
        (await ministry.Get("fhir/Patient?e2e-pet=pamuk")).Refused(400, "search-parameter-unknown");
        Assert.DoesNotContain("e2e-pet", (await ministry.Get("fhir/metadata")).Text, StringComparison.Ordinal);
        await ExpectWhole();
    }

    [Fact]
    public async Task References_of_an_own_parameter_are_included_and_chained_both_ways()
    {
        using var ministry = hub.Client("ministry");
        var mother = (await ministry.Post("fhir/Patient", Samples.Patient("Anne"))).Expect(201).IdFromLocation();
        var organization = (await ministry.Post("fhir/Organization", """{"resourceType":"Organization","active":true,"name":"Köy Muhtarlığı"}""")).Expect(201).IdFromLocation();
        var child = (await ministry.Post("fhir/Patient", Samples.Patient("Çocuk").Insert(1, "\"extension\":[{\"url\":\"http://example.org/village\",\"valueReference\":{\"reference\":\"Organization/" + organization + "\"}}],"))).Expect(201).IdFromLocation();
        await Define(ministry, Parameter("e2e-village", "Patient", "reference", "Patient.extension('http://example.org/village').value.as(Reference)", ",\"target\":[\"Organization\"]"));

        Assert.Equal([child], await Ids(ministry, $"fhir/Patient?e2e-village=Organization/{organization}&_id={mother},{child}"));
        Assert.Equal([child], await Ids(ministry, $"fhir/Patient?e2e-village.name=köy&_id={mother},{child}"));
        Assert.Equal(new[] { child, organization }.Order(StringComparer.Ordinal), await Ids(ministry, $"fhir/Patient?_id={child}&_include=Patient:e2e-village"));

        var seen = (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{child}"))).Expect(201).IdFromLocation();
        await Define(ministry, Parameter("e2e-seen", "Observation", "reference", "Observation.subject", ",\"target\":[\"Patient\"]"));
        Assert.Equal(new[] { child, seen }.Order(StringComparer.Ordinal), await Ids(ministry, $"fhir/Patient?_id={child}&_revinclude=Observation:e2e-seen"));
        Assert.Equal([child], await Ids(ministry, $"fhir/Patient?_id={child}&_has:Observation:e2e-seen:code=8867-4"));
        Assert.Empty(await Ids(ministry, $"fhir/Patient?_id={child}&_has:Observation:e2e-seen:code=1"));
    }

    [Theory]
    [InlineData("expression", "\"expression\":\"Patient.name.first()\"", "\"expression\":\"Patient.name\"")]
    [InlineData("expression", "\"expression\":\"Patient.nothing\"", "\"expression\":\"Patient.name\"")]
    [InlineData("base", "\"base\":[\"Parameters\"]", "\"base\":[\"Patient\"]")]
    [InlineData("type", "\"type\":\"special\"", "\"type\":\"string\"")]
    [InlineData("code", "\"code\":\"family\"", "\"code\":\"e2e-refused\"")]
    [InlineData("component", "\"type\":\"composite\"", "\"type\":\"string\"")]
    [InlineData("url", "\"url\":\"http://hl7.org/fhir/SearchParameter/Patient-name\"", "\"url\":\"http://example.org/SearchParameter/e2e-refused\"")]
    public async Task What_cannot_be_served_is_refused_with_the_element_named(string element, string instead, string of)
    {
        using var ministry = hub.Client("ministry");
        var broken = Parameter("e2e-refused", "Patient", "string", "Patient.name").Replace(of, instead, StringComparison.Ordinal);
        Assert.Equal("SearchParameter." + element, (await ministry.Post("fhir/SearchParameter", broken)).Refused(422, "search-parameter-not-supported").OutcomeExpression);
        var bundle = Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", broken, "POST", "SearchParameter"));
        Assert.Equal("Bundle.entry[0].resource." + element, (await ministry.Post("fhir", bundle)).Refused(422, "search-parameter-not-supported").OutcomeExpression);
        (await ministry.Post("fhir/SearchParameter", broken.Replace("\"active\"", "\"draft\"", StringComparison.Ordinal))).Expect(201);
    }

    [Fact]
    public async Task Two_of_one_code_clash_and_nobody_but_the_authority_defines_any()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var one = Parameter("e2e-one", "Patient", "string", "Patient.name.family");
        (await ankara.Post("fhir/SearchParameter", one)).Refused(403, "access-denied");
        var id = await Define(ministry, one);
        var other = one.Replace("SearchParameter/e2e-one", "SearchParameter/e2e-other", StringComparison.Ordinal);
        Assert.Equal("SearchParameter.code", (await ministry.Post("fhir/SearchParameter", other)).Refused(422).OutcomeExpression);
        Assert.Equal("SearchParameter.url", (await ministry.Post("fhir/SearchParameter", one.Replace("\"code\":\"e2e-one\"", "\"code\":\"e2e-two\"", StringComparison.Ordinal))).Refused(422).OutcomeExpression);
        (await ministry.Delete($"fhir/SearchParameter/{id}")).Expect(204);
        (await ministry.Post("fhir/SearchParameter", other)).Expect(201);
    }

    [Fact]
    public async Task Definitions_that_rest_on_each_other_come_in_one_transaction_and_go_in_one()
    {
        using var ministry = hub.Client("ministry");
        const string derived = """{"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/e2e-derived","name":"Derived","status":"active","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://example.org/StructureDefinition/e2e-base","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.maritalStatus","path":"Patient.maritalStatus","min":1,"binding":{"strength":"required","valueSet":"http://example.org/ValueSet/e2e-set"}}]}}""";
        const string basis = """{"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/e2e-base","name":"Base","status":"active","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.name","path":"Patient.name","min":1}]}}""";
        const string set = """{"resourceType":"ValueSet","url":"http://example.org/ValueSet/e2e-set","status":"active","compose":{"include":[{"system":"http://example.org/CodeSystem/e2e-codes","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}}""";
        const string codes = """{"resourceType":"CodeSystem","url":"http://example.org/CodeSystem/e2e-codes","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"a","concept":[{"code":"b"}]}]}""";
        var family = Parameter("e2e-family", "Patient", "string", "Patient.name.family");
        var pair = Parameter("e2e-pair", "Patient", "composite", "Patient", ",\"component\":[{\"definition\":\"http://example.org/SearchParameter/e2e-family\",\"expression\":\"name.family\"},{\"definition\":\"http://hl7.org/fhir/SearchParameter/individual-gender\",\"expression\":\"gender\"}]");
        (await ministry.Post("fhir/StructureDefinition", derived)).Refused(422);
        Assert.Equal("SearchParameter.component", (await ministry.Post("fhir/SearchParameter", pair)).Refused(422).OutcomeExpression);

        var posted = (await ministry.Post("fhir", Transaction([derived, set, basis, pair, codes, family]))).Expect(200);
        var ids = posted.Json["entry"]!.AsArray().Select(e => string.Join('/', ((string)e!["response"]!["location"]!).Split('/')[^4..^2])).ToList();
        var named = Samples.Patient("Bileşik").Insert(1, "\"meta\":{\"profile\":[\"http://example.org/StructureDefinition/e2e-derived\"]},");
        (await ministry.Post("fhir/Patient", named)).Refused(422);
        var patient = (await ministry.Post("fhir/Patient", named.Insert(named.Length - 1, ",\"maritalStatus\":{\"coding\":[{\"system\":\"http://example.org/CodeSystem/e2e-codes\",\"code\":\"b\"}]}"))).Expect(201).IdFromLocation();
        await Settled(ministry);
        Assert.Equal([patient], await Ids(ministry, "fhir/Patient?e2e-pair=bileşik$female"));
        Assert.Empty(await Ids(ministry, "fhir/Patient?e2e-pair=bileşik$male"));

        (await ministry.Delete("fhir/" + ids[2])).Refused(409);
        (await ministry.Delete("fhir/" + ids[5])).Refused(409, "definition-in-use");
        var gone = ids.Select(i => "{\"request\":{\"method\":\"DELETE\",\"url\":\"" + i + "\"}}").ToArray();
        (await ministry.Post("fhir", Samples.Bundle("transaction", gone))).Expect(200);
        (await ministry.Post("fhir/Patient", named)).Expect(201);
        (await ministry.Get("fhir/Patient?e2e-pair=a$female")).Refused(400, "search-parameter-unknown");
    }

    internal static string Parameter(string code, string type, string kind, string expression, string more = "") => $$$"""
        {"resourceType":"SearchParameter","url":"http://example.org/SearchParameter/{{{code}}}","name":"Own","status":"active","description":"Own.","code":"{{{code}}}","base":["{{{type}}}"],"type":"{{{kind}}}","expression":"{{{expression}}}"{{{more}}}}
        """.Trim();

    /// <summary>Waits until everything that is stored was looked at.</summary>
    internal static async Task Settled(FhirClient client)
    {
        var patience = Stopwatch.StartNew();
        while (!(await client.Get("fhir/SearchParameter/$status")).Expect(200).Text.Contains("\"done\"", StringComparison.Ordinal))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "the re-indexing did not end within a minute");
            await Task.Delay(100);
        }
    }

    private static string Transaction(string[] resources) => Samples.Bundle(
        "transaction",
        [.. resources.Select((r, i) => Samples.Entry($"urn:uuid:{i}b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", r, "POST", r.Split('"')[3]))]);

    private static async Task<string> Define(FhirClient ministry, string parameter)
    {
        var id = (await ministry.Post("fhir/SearchParameter", parameter)).Expect(201).IdFromLocation();
        await Settled(ministry);
        return id;
    }

    private static async Task<string> Patient(FhirClient client, string family, string pet) =>
        (await client.Post("fhir/Patient", Samples.Patient(family).Insert(1, "\"extension\":[{\"url\":\"http://example.org/pet\",\"valueString\":\"" + pet + "\"}],"))).Expect(201).IdFromLocation();

    private static async Task<List<string>> Ids(FhirClient client, string path) =>
        [.. ((await client.Get(path)).Expect(200).Json["entry"]?.AsArray() ?? []).Select(e => (string)e!["resource"]!["id"]!).Order(StringComparer.Ordinal)];

    private async Task ExpectWhole()
    {
        await hub.Files.ExpectLogWhole();
        await hub.Files.ExpectRecordsWhole();
    }
}
