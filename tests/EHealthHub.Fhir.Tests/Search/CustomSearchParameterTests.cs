using System.Text.Json;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class CustomSearchParameterTests
{
    private const string MotherName = """
        {"resourceType":"SearchParameter","url":"https://hub.example/sp/mother","name":"mother","status":"active","description":"x","code":"mother","base":["Patient"],"type":"string",
        "expression":"Patient.extension('http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName').value.as(string)"}
        """;

    private const string Patient = """
        {"resourceType":"Patient","id":"p","extension":[{"url":"http://other","valueString":"No"},{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"Öztürk"}],
        "contact":[{"name":{"family":"Kaya"},"telecom":[{"system":"phone","value":"1"}],"period":{"start":"2020"}},{"name":{"family":"Ak"},"telecom":[{"system":"phone","value":"2"}]}],"managingOrganization":{"reference":"Organization/9"}}
        """;

    [Theory]
    [InlineData("mother=ozturk", true)]
    [InlineData("mother=no", false)]
    [InlineData("mother:exact=Öztürk", true)]
    [InlineData("mother:missing=false", true)]
    [InlineData("_filter=mother sw öz", true)]
    public void An_own_parameter_is_found_as_R4s_are(string query, bool expected) => Assert.Equal(expected, Ask.Finds("Patient", query, Patient, With(MotherName)));

    [Fact]
    public void It_is_unknown_without_the_tables_that_hold_it()
    {
        Assert.Equal("search-parameter-unknown", Ask.Refused("Patient", "mother=x").Issues[0].Code);
        Assert.Equal("search-parameter-unknown", Ask.Refused("Observation", "mother=x", settings: With(MotherName)).Issues[0].Code);
        Assert.DoesNotContain(Some.Facts(Patient).Values, v => v.Parameter == "mother");
        Assert.Equal((1, 7), (SearchTables.Base.Generation, With(MotherName).Tables.Generation));
        Assert.Equal("mother", Assert.Single(With(MotherName).Tables.Custom).Code);
        Assert.Same(SearchTables.Base, SearchSettings.Default.Tables);
    }

    [Fact]
    public void Chains_and_sorting_know_it()
    {
        var settings = With(MotherName);
        var chain = Ask.Parsed("Observation", "patient.mother=x&_sort=date", settings: settings);
        Assert.Equal("mother", Assert.IsType<ChainLookup>(chain.Lookups[0]).Query.Criteria[0].Parameter);
        Assert.Equal("mother", Ask.Parsed("Patient", "_sort=-mother", settings: settings).Sort[0].Parameter);
    }

    [Theory]
    [InlineData("token", "Patient.contact.telecom.where(system='phone')", "own=2", true)]
    [InlineData("token", "Patient.contact.telecom.where(system='fax')", "own=2", false)]
    [InlineData("string", "Patient.contact.name", "own=kaya", true)]
    [InlineData("date", "Patient.contact.period", "own=ge2020", true)]
    [InlineData("reference", "Patient.managingOrganization", "own=Organization/9", true)]
    [InlineData("reference", "Patient.managingOrganization", "own:Organization=9", true)]
    [InlineData("string", "Patient.contact.name | Patient.extension.value.as(string)", "own=no", true)]
    [InlineData("token", "Patient.active.exists() and Patient.active != false", "own=false", true)]
    public void Types_and_expressions_that_are_taken(string type, string expression, string query, bool expected) =>
        Assert.Equal(expected, Ask.Finds("Patient", query, Patient, With(Own(type, expression))));

    [Fact]
    public void A_composite_of_R4s_parameters_is_taken()
    {
        var own = Own("composite", "Patient.contact", """,{"definition":"http://hl7.org/fhir/SearchParameter/individual-phone","expression":"telecom.where(system='phone')"},{"definition":"http://hl7.org/fhir/SearchParameter/Patient-name","expression":"name"}""");
        Assert.True(Ask.Finds("Patient", "own=1$kaya", Patient, With(own)));
        Assert.False(Ask.Finds("Patient", "own=2$kaya", Patient, With(own)));
    }

    [Theory]
    [InlineData("token", "Patient.nothing")]
    [InlineData("token", "Patient.contact.nothing")]
    [InlineData("token", "Observation.code")]
    [InlineData("date", "Patient.name")]
    [InlineData("token", "Patient.name.first()")]
    [InlineData("token", "Patient.name.where(use != 'old')")]
    [InlineData("token", "")]
    [InlineData("special", "Patient.name")]
    [InlineData("sound", "Patient.name")]
    [InlineData("composite", "Patient.contact")]
    public void Others_are_refused_by_name(string type, string expression) => Refused(Own(type, expression));

    [Fact]
    public void Codes_of_R4_and_codes_that_no_query_could_name_are_refused()
    {
        foreach (var code in new[] { "name", "_id", "a.b", "a:b", "a$1", "", "1a", "identifier", "patient", "subject", new string('a', 65) })
        {
            Refused(Own("string", "Patient.name").Replace("\"own\"", $"\"{code}\"", StringComparison.Ordinal));
        }

        Refused(Own("string", "Patient.name").Replace("\"Patient\"]", "\"Visit\"]", StringComparison.Ordinal));
        Refused(Own("string", "Patient.name").Replace("[\"Patient\"]", "[]", StringComparison.Ordinal));
        Refused("""{"resourceType":"SearchParameter"}""");
        Refused(Own("string", string.Join(" | ", Enumerable.Repeat("Patient.name", 40))));
        Refused(Own("string", "Patient" + string.Concat(Enumerable.Repeat(".contact", 2_000))));
    }

    private static void Refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.False(CustomSearchParameter.Compile(document.RootElement).Try(out _, out var failure), json);
        Assert.Equal((422, "search-parameter-not-supported"), (failure.Status, failure.Issues[0].Code));
        Assert.StartsWith("SearchParameter.", failure.Issues[0].Expression, StringComparison.Ordinal);
    }

    private static string Own(string type, string expression, string components = "") => $$"""
        {"resourceType":"SearchParameter","url":"https://hub.example/sp/own","name":"own","status":"active","code":"own","base":["Patient"],"type":"{{type}}","expression":"{{expression}}","component":[{{components.TrimStart(',')}}]}
        """;

    private static SearchSettings With(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.True(CustomSearchParameter.Compile(document.RootElement).Try(out var parameter, out var failure), failure?.Issues[0].Diagnostics);
        return Ask.Settings with { Tables = SearchTables.Base.With([parameter], 7) };
    }
}
