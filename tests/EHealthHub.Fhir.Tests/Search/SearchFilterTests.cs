using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchFilterTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p1","active":true,"gender":"male","birthDate":"1980-05-03","name":[{"family":"Yıldız","given":["Ayşe","Petra"]}],
        "identifier":[{"system":"urn:oid:1","value":"Abc"}],"generalPractitioner":[{"reference":"Practitioner/d"}],"meta":{"profile":["http://example.org/Profile|1"],"tag":[{"system":"http://loinc.org","code":"T"}]}}
        """;

    [Theory]
    [InlineData("name co \"pet\"", true)]
    [InlineData("name co pet", true)]
    [InlineData("name sw PET", true)]
    [InlineData("name ew tra", true)]
    [InlineData("name ew \"pet\"", false)]
    [InlineData("name eq petra", true)]
    [InlineData("name eq pet", false)]
    [InlineData("name ne petra", true)]
    [InlineData("family ne yildiz", false)]
    [InlineData("family gt x", true)]
    [InlineData("family lt x", false)]
    [InlineData("family ge yildiz", true)]
    [InlineData("family le yildiz", true)]
    [InlineData("given eq \"petra\" and birthdate ge 1980-05-03", true)]
    [InlineData("given eq \"petra\" and birthdate gt 1980-05-03", false)]
    [InlineData("birthdate eq 1980-05", true)]
    [InlineData("birthdate ne 1980-05", false)]
    [InlineData("birthdate co 1980-05-03T10:00", true)]
    [InlineData("birthdate po 1980", true)]
    [InlineData("birthdate po 1981", false)]
    [InlineData("birthdate sa 1980-05-02", true)]
    [InlineData("birthdate eb 1980-05-04", true)]
    [InlineData("birthdate ap 1980-05-04", true)]
    [InlineData("gender eq MALE", true)]
    [InlineData("gender eq http://hl7.org/fhir/administrative-gender|male", true)]
    [InlineData("gender ne male", false)]
    [InlineData("identifier eq URN:OID:1|abc", true)]
    [InlineData("identifier eq urn:oid:2|abc", false)]
    [InlineData("identifier ne abc", false)]
    [InlineData("_tag eq loinc|t", true)]
    [InlineData("_tag eq snomed|t", false)]
    [InlineData("general-practitioner re Practitioner/d", true)]
    [InlineData("general-practitioner re https://hub.example/fhir/Practitioner/d", true)]
    [InlineData("general-practitioner re Practitioner/e", false)]
    [InlineData("death-date pr false", true)]
    [InlineData("birthdate pr false", false)]
    [InlineData("birthdate pr true", true)]
    [InlineData("_id pr true", true)]
    [InlineData("id eq p1", true)]
    [InlineData("id ne p1", false)]
    [InlineData("_id eq p2", false)]
    [InlineData("_lastUpdated gt 2020", true)]
    [InlineData("_profile sw http://example.org/", true)]
    [InlineData("not (gender eq male)", false)]
    [InlineData("not(gender eq male)", false)]
    [InlineData("not (gender eq female) and active eq true", true)]
    [InlineData("gender eq female or name eq petra and active eq false", false)]
    [InlineData("gender eq female or (name eq petra and active eq true)", true)]
    [InlineData("gender eq male or name eq x and active eq false", false)]
    [InlineData("gender eq male or (name eq x and active eq false)", true)]
    [InlineData("gender eq male and name eq x or active eq true", true)]
    [InlineData("(gender eq male) and ((name eq x) or (active eq true))", true)]
    [InlineData("gender eq male&gender=female", false)]
    public void A_filter_finds(string filter, bool expected) => Assert.Equal(expected, Ask.Finds("Patient", "_filter=" + filter, Patient));

    [Theory]
    [InlineData("probability co 0.54", true)]
    [InlineData("probability co 0.56", false)]
    [InlineData("probability eq 0.5", true)]
    [InlineData("probability gt 0.5", false)]
    public void A_number_holds_what_its_digits_leave_open(string filter, bool expected) =>
        Assert.Equal(expected, Ask.Finds("RiskAssessment", "_filter=" + filter, """{"resourceType":"RiskAssessment","id":"r","prediction":[{"probabilityDecimal":0.5}]}"""));

    [Theory]
    [InlineData("value-quantity gt 5||mg", true)]
    [InlineData("value-quantity eq 5400|ucum|ug", false)]
    [InlineData("value-quantity eq 5400|http://unitsofmeasure.org|ug", true)]
    public void A_quantity_converts(string filter, bool expected) => Assert.Equal(expected, Ask.Finds("Observation", "_filter=" + filter, """
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":5.4,"system":"http://unitsofmeasure.org","code":"mg"}}
        """));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("name")]
    [InlineData("name co")]
    [InlineData("name xx y")]
    [InlineData("name co \"pet")]
    [InlineData("name co \"\"")]
    [InlineData("name co \"\\x\"")]
    [InlineData("(name co x")]
    [InlineData("name co x)")]
    [InlineData("name co x and")]
    [InlineData("name co x name co y")]
    [InlineData("and name co x")]
    [InlineData("not name co x")]
    [InlineData("birthdate gt yesterday")]
    [InlineData("birthdate gt gt2020")]
    [InlineData("birthdate pr maybe")]
    [InlineData("link[name co x] eq y")]
    [InlineData("link[name co x.other re y")]
    [InlineData("link. eq x")]
    [InlineData("name co --")]
    public void What_is_no_filter_is_refused(string filter)
    {
        var failure = Ask.Refused("Patient", "_filter=" + filter + (filter.Length == 0 ? " " : ""));
        Assert.Equal(400, failure.Status);
    }

    [Theory]
    [InlineData("name in http://v", "in")]
    [InlineData("gender co m", "co")]
    [InlineData("birthdate sw 19", "sw")]
    [InlineData("general-practitioner gt x", "gt")]
    [InlineData("_lastUpdated po 2020", "po")]
    [InlineData("name[family eq x].given eq y", "name")]
    public void An_operator_that_means_nothing_there_is_refused_by_name(string filter, string named)
    {
        var failure = Ask.Refused("Patient", "_filter=" + filter);
        Assert.Equal("search-not-supported", failure.Issues[0].Code);
        Assert.Contains(named, failure.Issues[0].Diagnostics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Observation", "subject.name co \"pet\"", "Location Patient")]
    [InlineData("Patient", "general-practitioner.name co x", "Organization Practitioner")]
    [InlineData("Observation", "subject:Patient.name co \"pet\"", "Patient")]
    [InlineData("Observation", "patient.general-practitioner:Practitioner.name eq x", "Patient>Practitioner")]
    [InlineData("Observation", "patient[birthdate gt 2000 and gender eq male].name co x", "Patient")]
    [InlineData("Observation", "patient[birthdate gt 2000 and link:Patient[name eq \"a]\"].gender eq male].name co x", "Patient>Patient")]
    public void A_path_is_a_chain(string type, string filter, string expected)
    {
        var types = Ask.Parsed(type, "_filter=" + filter).Lookups.Select(l => Types(((ChainLookup)l).Query));
        Assert.Equal(expected, string.Join(' ', types));
    }

    [Fact]
    public void Codes_are_looked_up()
    {
        var lookups = Ask.Parsed("Observation", "_filter=code in http://v and code ni http://w and code ss loinc|1 and code sb 2").Lookups;
        Assert.Equal(
            [new ValueSetLookup("_filter", "code", "http://v", false), new ValueSetLookup("_filter", "code", "http://w", true), new HierarchyLookup("_filter", "code", "http://loinc.org", "1", false), new HierarchyLookup("_filter", "code", null, "2", true)],
            lookups);
    }

    [Fact]
    public void An_answered_chain_counts_like_any_other_part()
    {
        var query = Ask.Parsed("Observation", "_filter=not (patient.name co x) and status eq final");
        var facts = Some.Facts("""{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"}}""");
        Assert.False(SearchMatcher.Matches(query.WithAnswers([LookupAnswer.Of([("Patient", "1")])]), facts));
        Assert.True(SearchMatcher.Matches(query.WithAnswers([LookupAnswer.Of([("Patient", "2")])]), facts));
    }

    [Fact]
    public void A_filter_has_bounds()
    {
        Assert.Equal("search-too-large", Ask.Refused("Patient", "_filter=" + new string('(', 100) + "name co x" + new string(')', 100)).Issues[0].Code);
        Assert.Equal("search-too-large", Ask.Refused("Patient", "_filter=" + string.Join(" or ", Enumerable.Repeat("id eq 1", 500))).Issues[0].Code);
        Assert.Single(Ask.Parsed("Patient", "_filter=" + string.Join(" or ", Enumerable.Repeat("id eq 1", 100))).Conditions);
    }

    private static string Types(SearchQuery query) => query.Type + string.Concat(query.Lookups.OfType<ChainLookup>().Select(l => ">" + Types(l.Query)));
}
