using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchMatcherTests
{
    private const string Observation = """
        {"resourceType":"Observation","id":"o1","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/vitalsigns|4.0.1"],"tag":[{"system":"urn:t","code":"a1"}],"security":[{"code":"R"}]},
        "status":"final","identifier":[{"system":"urn:lab","value":"L-1|2,3","type":{"text":"Örnek numarası"}}],
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"2339-0","display":"Glucose [Mass/volume] in Blood"},{"code":"GLU"}],"text":"Kan şekeri"},
        "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1/_history/2"},"performer":[{"identifier":{"system":"urn:doc","value":"77"}},{"reference":"https://other.example/fhir/Practitioner/9"}],
        "effectiveDateTime":"2013-01-14","valueQuantity":{"value":5.40,"unit":"milligram","system":"http://unitsofmeasure.org","code":"mg"}}
        """;

    private const string Patient = """
        {"resourceType":"Patient","id":"p1","active":true,"gender":"male","birthDate":"1980-05","name":[{"family":"Yıldız","given":["Ayşe Gül"],"text":"Ayşe Gül Yıldız"}],
        "telecom":[{"system":"phone","value":"+90 312 000 00 00"},{"system":"email","value":"a@example.org"}],"address":[{"city":"İstanbul","line":["Çınar Sk. 3"]}],
        "identifier":[{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"10000000146"}],"deceasedDateTime":"2020-02-02"}
        """;

    [Theory]
    [InlineData("status=final", true)]
    [InlineData("status=Final", false)]
    [InlineData("status=http://hl7.org/fhir/observation-status|final", true)]
    [InlineData("status=http://example.org|final", false)]
    [InlineData("status=|final", true)]
    [InlineData("status=amended,final", true)]
    [InlineData("status:not=final", false)]
    [InlineData("status:not=amended", true)]
    [InlineData("code=2339-0", true)]
    [InlineData("code=http://loinc.org|2339-0", true)]
    [InlineData("code=http://loinc.org|", true)]
    [InlineData("code=http://snomed.info/sct|", false)]
    [InlineData("code=http://snomed.info/sct|2339-0", false)]
    [InlineData("code=|GLU", true)]
    [InlineData("code=|2339-0", false)]
    [InlineData("code:not=2339-0", false)]
    [InlineData("code:not=GLU,other", false)]
    [InlineData("code:not=other", true)]
    [InlineData("code:text=kan SEKERI", true)]
    [InlineData("code:text=glucose", true)]
    [InlineData("code:text=mass", false)]
    [InlineData("identifier:text=ornek", true)]
    [InlineData("code=Kan şekeri", false)]
    [InlineData("identifier=L-1\\|2\\,3", true)]
    [InlineData("identifier=urn:lab|L-1\\|2\\,3", true)]
    [InlineData("identifier=urn:lab|L-1", false)]
    [InlineData("category=laboratory&code=GLU", true)]
    [InlineData("category=laboratory&code=other", false)]
    [InlineData("code=GLU&code=2339-0", true)]
    [InlineData("code:missing=false", true)]
    [InlineData("code:missing=true", false)]
    [InlineData("method:missing=true", true)]
    [InlineData("method:missing=false", false)]
    [InlineData("method:not=x", true)]
    [InlineData("method=x", false)]
    [InlineData("performer:missing=false", true)]
    [InlineData("patient=p1", true)]
    [InlineData("patient=Patient/p1", true)]
    [InlineData("patient:Patient=p1", true)]
    [InlineData("subject=Patient/p1", true)]
    [InlineData("subject=p1", true)]
    [InlineData("subject:Patient=p1", true)]
    [InlineData("subject:Group=p1", false)]
    [InlineData("subject=Group/p1", false)]
    [InlineData("subject=Patient/p2", false)]
    [InlineData("subject=https://hub.example/fhir/Patient/p1", true)]
    [InlineData("subject=https://other.example/fhir/Patient/p1", false)]
    [InlineData("encounter=Encounter/e1", true)]
    [InlineData("encounter=e1", true)]
    [InlineData("encounter=Encounter/e1/_history/2", true)]
    [InlineData("encounter=Encounter/e1/_history/3", false)]
    [InlineData("performer:identifier=urn:doc|77", true)]
    [InlineData("performer:identifier=77", true)]
    [InlineData("performer:identifier=urn:doc|78", false)]
    [InlineData("performer=https://other.example/fhir/Practitioner/9", true)]
    [InlineData("performer=Practitioner/9", false)]
    [InlineData("date=2013-01-14", true)]
    [InlineData("date=2013-01", true)]
    [InlineData("date=2013", true)]
    [InlineData("date=2013-01-14T10:00", false)]
    [InlineData("date=ne2013-01-14T10:00", true)]
    [InlineData("date=lt2013-01-14T10:00", true)]
    [InlineData("date=gt2013-01-14T10:00", true)]
    [InlineData("date=lt2013-01-14", false)]
    [InlineData("date=le2013-01-14", true)]
    [InlineData("date=ge2013-01-14", true)]
    [InlineData("date=gt2013-01-14", false)]
    [InlineData("date=sa2013-01-13", true)]
    [InlineData("date=eb2013-01-14", false)]
    [InlineData("date=eb2013-01-15", true)]
    [InlineData("date=ap2013-01-15", true)]
    [InlineData("date=ap2013-02", false)]
    [InlineData("date=ge2013-01-13T21:00:00Z&date=lt2013-01-14T21:00:00Z", true)]
    [InlineData("date=eb2013-01-13T21:00:00Z", false)]
    [InlineData("date=sa2013-01-13T20:59:59Z", true)]
    [InlineData("value-quantity=5.4", true)]
    [InlineData("value-quantity=5.40", true)]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mg", true)]
    [InlineData("value-quantity=5.4||mg", true)]
    [InlineData("value-quantity=5.4||milligram", true)]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|milligram", false)]
    [InlineData("value-quantity=5.4||g", false)]
    [InlineData("value-quantity=5", true)]
    [InlineData("value-quantity=5.5", false)]
    [InlineData("value-quantity=ne5", false)]
    [InlineData("value-quantity=gt5", true)]
    [InlineData("value-quantity=gt5.4", false)]
    [InlineData("value-quantity=ge5.4||mg", true)]
    [InlineData("value-quantity=lt5.4", false)]
    [InlineData("value-quantity=le5.4", true)]
    [InlineData("value-quantity=ap6", true)]
    [InlineData("value-quantity=ap7", false)]
    [InlineData("combo-value-quantity=5.4", true)]
    [InlineData("_id=o1", true)]
    [InlineData("_id=o1,o2", true)]
    [InlineData("_id=O1", false)]
    [InlineData("_id:not=o1", false)]
    [InlineData("_lastUpdated=2026-11-24", true)]
    [InlineData("_lastUpdated=gt2026-11-24T09:30:00Z", false)]
    [InlineData("_lastUpdated=ge2026-11-24T09:30:00Z", true)]
    [InlineData("_lastUpdated=lt2026", false)]
    [InlineData("_tag=urn:t|a1", true)]
    [InlineData("_tag=a2", false)]
    [InlineData("_security=R", true)]
    [InlineData("_profile=http://hl7.org/fhir/StructureDefinition/vitalsigns", true)]
    [InlineData("_profile=http://hl7.org/fhir/StructureDefinition/vitalsigns|4.0.1", true)]
    [InlineData("_profile=http://hl7.org/fhir/StructureDefinition/vitalsigns|4.0.0", false)]
    [InlineData("_profile=http://hl7.org/fhir/StructureDefinition/vital", false)]
    [InlineData("_profile:below=http://hl7.org/fhir", true)]
    [InlineData("_profile:below=http://hl7.org/fh", false)]
    [InlineData("_profile:above=http://hl7.org/fhir/StructureDefinition/vitalsigns|4.0.1/x", true)]
    [InlineData("_source:missing=true", true)]
    public void An_observation_is_found_by(string query, bool expected) => Check("Observation", Observation, query, expected);

    [Theory]
    [InlineData("name=ayse", true)]
    [InlineData("name=AYŞE GUL", true)]
    [InlineData("name=yildiz", true)]
    [InlineData("name=YILDIZ", true)]
    [InlineData("name=Yıldız", true)]
    [InlineData("name=ldiz", false)]
    [InlineData("name:contains=ldiz", true)]
    [InlineData("name:contains=ldix", false)]
    [InlineData("name:exact=Yıldız", true)]
    [InlineData("name:exact=Yildiz", false)]
    [InlineData("name:exact=Yıldı", false)]
    [InlineData("family=yıl,abc", true)]
    [InlineData("given=gul", true)]
    [InlineData("address-city=istanbul", true)]
    [InlineData("address-city=ISTANBUL", true)]
    [InlineData("address-city:exact=Istanbul", false)]
    [InlineData("address=cinar sk 3", true)]
    [InlineData("gender=male", true)]
    [InlineData("gender=http://hl7.org/fhir/administrative-gender|male", true)]
    [InlineData("gender:not=female", true)]
    [InlineData("active=true", true)]
    [InlineData("active=http://hl7.org/fhir/special-values|true", true)]
    [InlineData("deceased=true", true)]
    [InlineData("deceased=false", false)]
    [InlineData("death-date=2020-02", true)]
    [InlineData("birthdate=1980", true)]
    [InlineData("birthdate=1980-05-03", false)]
    [InlineData("birthdate=le1980-05-03", true)]
    [InlineData("birthdate=ge1980-05-03", true)]
    [InlineData("birthdate=sa1980-04", true)]
    [InlineData("phone=+90 312 000 00 00", true)]
    [InlineData("phone=a@example.org", false)]
    [InlineData("email=a@example.org", true)]
    [InlineData("telecom=a@example.org", true)]
    [InlineData("identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|10000000146", true)]
    [InlineData("identifier=|10000000146", false)]
    [InlineData("link:missing=true", true)]
    public void A_patient_is_found_by(string query, bool expected) => Check("Patient", Patient, query, expected);

    [Theory]
    [InlineData("""{"start":"2020-01-01","end":"2020-01-31"}""", "date=2020-01", true)]
    [InlineData("""{"start":"2020-01-01","end":"2020-01-31"}""", "date=2020-01-15", false)]
    [InlineData("""{"start":"2020-01-01","end":"2020-01-31"}""", "date=ge2020-01-15", true)]
    [InlineData("""{"start":"2020-01-01"}""", "date=gt2999", true)]
    [InlineData("""{"start":"2020-01-01"}""", "date=2020", false)]
    [InlineData("""{"start":"2020-01-01"}""", "date=lt2020", false)]
    [InlineData("""{"end":"2020-01-01"}""", "date=lt0001", true)]
    [InlineData("""{"end":"2020-01-01"}""", "date=eb2020-01-02", true)]
    [InlineData("""{}""", "date:missing=true", true)]
    public void Open_ends_of_a_period_have_no_bound(string period, string query, bool expected) =>
        Check("Encounter", $$"""{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"period":{{period}}}""", query, expected);

    [Theory]
    [InlineData("probability=0.5", true)]
    [InlineData("probability=gt0.8", true)]
    [InlineData("probability=lt0.2", false)]
    [InlineData("probability=eb0.4", false)]
    public void A_range_of_numbers_is_compared_by_its_ends(string query, bool expected) =>
        Check("RiskAssessment", """{"resourceType":"RiskAssessment","id":"r","prediction":[{"probabilityRange":{"low":{"value":0.46},"high":{"value":0.54}}},{"probabilityRange":{"low":{"value":0.9}}}]}""", query, expected);

    [Theory]
    [InlineData("version=1.0.1-BETA", true)]
    [InlineData("version=101-beta", false)]
    [InlineData("url=http://example.org/vs", true)]
    [InlineData("url=http://example.org/VS", false)]
    [InlineData("url:below=http://example.org/", true)]
    public void Tokens_over_strings_go_without_case_and_uris_do_not(string query, bool expected) =>
        Check("ValueSet", """{"resourceType":"ValueSet","id":"v","url":"http://example.org/vs","version":"1.0.1-beta","status":"draft"}""", query, expected);

    [Fact]
    public void A_search_finds_only_its_own_type() => Check("Patient", Observation, "_id=o1", false);

    [Fact]
    public void A_text_cut_at_512_units_is_still_found_by_its_beginning_and_exactly()
    {
        var text = new string('ş', 600);
        var patient = $$"""{"resourceType":"Patient","id":"p","name":[{"text":"{{text}}"}]}""";
        Check("Patient", patient, "name=" + text[..300], true);
        Check("Patient", patient, "name:exact=" + text, true);
        Check("Patient", patient, "name:exact=" + text[..511], false);
    }

    private static void Check(string type, string json, string query, bool expected)
    {
        var settings = new SearchSettings { BaseUrl = "https://hub.example/fhir" };
        var pairs = query.Split('&').Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..])).ToList();
        Assert.True(SearchQuery.Parse(type, pairs, true, settings).Try(out var parsed, out var failure), failure?.Issues[0].Diagnostics);
        Assert.Equal(pairs, parsed.Used);
        var facts = Some.Facts(json, null, settings);
        Assert.Equal(expected, SearchMatcher.Matches(parsed, facts));
        Assert.Equal(expected, SearchMatcher.Matches(parsed, Some.Encoded(facts)));
    }
}
