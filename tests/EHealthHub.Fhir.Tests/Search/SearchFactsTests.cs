using System.Globalization;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchFactsTests
{
    [Theory]
    [InlineData("2013", "2012-12-31T21:00:00.000000Z", "2013-12-31T20:59:59.999999Z")]
    [InlineData("2013-02", "2013-01-31T21:00:00.000000Z", "2013-02-28T20:59:59.999999Z")]
    [InlineData("2012-12", "2012-11-30T21:00:00.000000Z", "2012-12-31T20:59:59.999999Z")]
    [InlineData("2012-02-29", "2012-02-28T21:00:00.000000Z", "2012-02-29T20:59:59.999999Z")]
    [InlineData("2013-01-14T10:00Z", "2013-01-14T10:00:00.000000Z", "2013-01-14T10:00:59.999999Z")]
    [InlineData("2013-01-14T10:00", "2013-01-14T07:00:00.000000Z", "2013-01-14T07:00:59.999999Z")]
    [InlineData("2013-01-14T10:00:00-05:30", "2013-01-14T15:30:00.000000Z", "2013-01-14T15:30:00.999999Z")]
    [InlineData("2013-01-14T10:00:00.5Z", "2013-01-14T10:00:00.500000Z", "2013-01-14T10:00:00.599999Z")]
    [InlineData("2013-01-14T10:00:00.123456789Z", "2013-01-14T10:00:00.123456Z", "2013-01-14T10:00:00.123456Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z", "2017-01-01T00:00:00.999999Z")]
    public void A_date_is_the_range_that_its_precision_leaves_open(string text, string from, string to)
    {
        var date = Assert.Single(Some.Facts($$"""{"resourceType":"Observation","effectiveDateTime":"{{text}}"}""").Of("date"));
        Assert.Equal((from, to), (Text(date.From), Text(date.To)));
    }

    [Theory]
    [InlineData("2013-02-29")]
    [InlineData("2013-00-01")]
    [InlineData("0000")]
    [InlineData("2013-1-1")]
    [InlineData("2013-01-14T24:00:00Z")]
    [InlineData("2013-01-14T10Z")]
    [InlineData("2013-01-14T10:00:00.Z")]
    [InlineData("2013-01-14T10:00:00+15:00")]
    [InlineData("2013-01-14T10:00:00+3:00")]
    [InlineData("2013-01-14 10:00:00Z")]
    [InlineData("yesterday")]
    public void What_is_no_date_gives_no_value(string text) =>
        Assert.Empty(Some.Facts($$"""{"resourceType":"Observation","effectiveDateTime":"{{text}}"}""").Values);

    [Fact]
    public void The_zone_of_the_hub_is_taken_where_a_time_has_none()
    {
        var settings = new SearchSettings { Zone = TimeSpan.FromHours(-4) };
        var date = Assert.Single(Some.Facts("""{"resourceType":"Patient","birthDate":"2000-01-01"}""", null, settings).Of("birthdate"));
        Assert.Equal("2000-01-01T04:00:00.000000Z", Text(date.From));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SearchSettings { Zone = TimeSpan.FromHours(15) });
        Assert.Throws<ArgumentException>(() => new SearchSettings { BaseUrl = "https://x/" });
    }

    [Fact]
    public void Only_the_outer_limits_of_a_timing_count()
    {
        var date = Assert.Single(Some.Facts(
            """{"resourceType":"Observation","effectiveTiming":{"event":["2020-05-05T00:00:00Z","2020-01-01T00:00:00Z"],"repeat":{"boundsPeriod":{"start":"2020-03-01T00:00:00Z","end":"2020-06-01T00:00:00Z"}}}}""").Of("date"));
        Assert.Equal(("2020-01-01T00:00:00.000000Z", "2020-06-01T00:00:00.999999Z"), (Text(date.From), Text(date.To)));
        Assert.Empty(Some.Facts("""{"resourceType":"Observation","effectiveTiming":{"repeat":{"frequency":1}}}""").Of("date"));
    }

    [Fact]
    public void References_are_kept_as_they_will_be_stored()
    {
        var map = new Dictionary<string, string> { ["urn:uuid:1"] = "Patient/p", ["Encounter?identifier=a|b"] = "Encounter/e" };
        var facts = Some.Facts("""{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"},"encounter":{"reference":"Encounter?identifier=a|b"},"focus":[{"reference":"urn:uuid:2","type":"Device"}]}""", map);
        Assert.Equal([("Patient", "p")], facts.Of("patient").Select(v => (v.System, v.Text)));
        Assert.Equal([("Patient", "p")], facts.Of("subject").Select(v => (v.System, v.Text)));
        Assert.Equal([("Encounter", "e")], facts.Of("encounter").Select(v => (v.System, v.Text)));
        Assert.Equal([("Device", "urn:uuid:2")], facts.Of("focus").Select(v => (v.System, v.Text)));
    }

    [Fact]
    public void A_version_and_the_hubs_own_base_do_not_hide_the_target()
    {
        var settings = new SearchSettings { BaseUrl = "https://hub.example/fhir" };
        var facts = Some.Facts("""{"resourceType":"Observation","subject":{"reference":"https://hub.example/fhir/Patient/p/_history/3"}}""", null, settings);
        Assert.Equal([("Patient", "p"), ("Patient", "p/_history/3")], facts.Of("subject").Select(v => (v.System, v.Text)));
        Assert.Equal(2, facts.Of("patient").Count());
    }

    [Fact]
    public void An_identifier_alone_counts_for_the_type_that_its_reference_states()
    {
        var facts = Some.Facts("""{"resourceType":"Observation","subject":{"type":"Patient","identifier":{"system":"urn:x","value":"1"}},"performer":[{"identifier":{"value":"2"}}]}""");
        Assert.Equal([("urn:x", "1")], facts.Of("patient:identifier").Select(v => (v.System, v.Text)));
        Assert.Equal([("urn:x", "1")], facts.Of("subject:identifier").Select(v => (v.System, v.Text)));
        Assert.Equal([(null, "2")], facts.Of("performer:identifier").Select(v => (v.System, v.Text)));
        Assert.Empty(facts.Of("patient"));
    }

    [Fact]
    public void A_contained_patient_counts_as_a_patient()
    {
        var facts = Some.Facts("""{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"c"}],"subject":{"reference":"#c"}}""");
        Assert.Equal([("Patient", "#c")], facts.Of("patient").Select(v => (v.System, v.Text)));
    }

    [Fact]
    public void Values_are_sorted_and_repeated_ones_are_kept_once()
    {
        var facts = Some.Facts("""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"},{"code":"a"},{"code":"b"}]},"component":[{"code":{"coding":[{"code":"a"}]}},{"code":{"coding":[{"code":"a"}]}}]}""");
        Assert.Equal(facts.Values.Select(v => v.Parameter).Order(StringComparer.Ordinal), facts.Values.Select(v => v.Parameter));
        Assert.Equal(["a", "b"], facts.Of("code").Select(v => v.Text));
        Assert.Equal(["a", "b"], facts.Of("combo-code").Select(v => v.Text));
    }

    [Fact]
    public void More_than_a_thousand_values_are_cut_and_it_is_told()
    {
        var many = string.Join(',', Enumerable.Range(0, 1_500).Select(i => $$"""{"entity":{"reference":"Patient/{{i}}"} }"""));
        var facts = Some.Facts($$"""{"resourceType":"Group","member":[{{many}}]}""");
        Assert.True(facts.Truncated);
        Assert.Equal(1_000, facts.Values.Count);
        Assert.True(SearchFacts.Decode(Some.Encoded(facts)).Truncated);
    }

    [Fact]
    public void What_no_query_could_name_is_left_out_and_strings_are_cut_between_characters()
    {
        var text = new string('x', 511) + "😀 more";
        var facts = Some.Facts($$"""{"resourceType":"Patient","identifier":[{"value":"{{new string('9', 2_049)}}"}],"name":[{"text":"{{text}}"}]}""");
        Assert.Empty(facts.Of("identifier"));
        Assert.Equal(new string('x', 511), Assert.Single(facts.Of("name")).Text);
    }

    [Theory]
    [InlineData("""{"resourceType":"Observation","status":7,"code":"x","subject":["Patient/1"],"valueQuantity":{"value":"5"},"effectiveDateTime":null,"category":{"coding":{"code":"c"}},"identifier":[null,5,"x",[]]}""")]
    [InlineData("""{"resourceType":"Observation","code":{"coding":[{"code":"\ud800"},{"code":""},{}]},"valueQuantity":{"value":1e999}}""")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":{"a":1},"identifier":"x","type":5},"contained":"x"}""")]
    [InlineData("""{"resourceType":"Observation","meta":[],"component":{"code":[[[[{}]]]]}}""")]
    public void A_resource_of_another_shape_than_its_type_gives_no_wrong_value_and_does_not_throw(string json)
    {
        var facts = Some.Facts(json);
        Assert.All(facts.Values, v => Assert.Equal("c", v.Text));
    }

    [Fact]
    public void Escaped_names_and_texts_are_read_like_any_other()
    {
        var facts = Some.Facts("""{"resourceType":"Patient","\u006eame":[{"family":"Y\u0131ld\u0131z \uD83D\uDE00"}]}""");
        Assert.Equal("Yıldız 😀", Assert.Single(facts.Of("family")).Text);
    }

    [Fact]
    public void A_type_that_R4_does_not_have_is_a_bug_of_the_caller()
    {
        using var resource = Some.Resource("""{"resourceType":"Visit"}""");
        Assert.Throws<ArgumentException>(() => SearchFacts.Extract(resource, "1", 1, Some.Time, "x", null, null));
    }

    [Fact]
    public void Time_is_cut_to_whole_microseconds_in_UTC()
    {
        using var resource = Some.Resource("""{"resourceType":"Patient"}""");
        var facts = SearchFacts.Extract(resource, "1", 1, new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(3)).AddTicks(17), "x", null, null);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero).AddTicks(10), facts.LastUpdated);
        Assert.Equal(TimeSpan.Zero, facts.LastUpdated.Offset);
    }

    // One resource of each kind of value that real records seldom have.
    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Patient","id":"p"}}]}""")]
    [InlineData("""{"resourceType":"ActivityDefinition","status":"draft","useContext":[{"code":{"code":"age"},"valueRange":{"low":{"value":1.50,"unit":"a"},"high":{"value":9,"unit":"a"}}}],"relatedArtifact":[{"type":"composed-of","resource":"http://x|1"},{"type":"predecessor","resource":"http://y"}]}""")]
    [InlineData("""{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Group/1"},"prediction":[{"probabilityDecimal":0.10},{"probabilityRange":{"high":{"value":5}}}]}""")]
    [InlineData("""{"resourceType":"Condition","subject":{"reference":"Patient/1","type":"Patient"},"onsetAge":{"value":52,"unit":"yıl","system":"http://unitsofmeasure.org","code":"a"},"abatementString":"geçti"}""")]
    [InlineData("""{"resourceType":"Condition","subject":{"identifier":{"system":"urn:x","value":"1"}},"onsetRange":{"low":{"value":1}},"abatementPeriod":{"start":"2020"}}""")]
    [InlineData("""{"resourceType":"InsurancePlan","name":"Plan","alias":["A","B"],"phone":"x","contact":[{"name":{"family":"F"}}]}""")]
    [InlineData("""{"resourceType":"Invoice","status":"issued","totalGross":{"value":10.50,"currency":"TRY"},"totalNet":{"value":9,"currency":"TRY"}}""")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":false,"active":false,"telecom":[{"system":"phone","value":"1"},{"system":"fax","value":"2"},{"value":"3"}],"communication":[{"language":{"text":"Türkçe"}}]}""")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":true,"generalPractitioner":[{"reference":"Practitioner/1"}],"link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}""")]
    [InlineData("""{"resourceType":"Appointment","status":"booked","participant":[{"actor":{"reference":"Patient/1"},"status":"accepted"},{"actor":{"reference":"Location/1"},"status":"accepted"}]}""")]
    [InlineData("""{"resourceType":"ConceptMap","status":"active","sourceCanonical":"http://a|2","targetUri":"http://b","group":[{"source":"http://s","target":"http://t","element":[{"code":"1","target":[{"code":"2","equivalence":"equal"}]}]}]}""")]
    [InlineData("""{"resourceType":"ImmunizationRecommendation","patient":{"reference":"Patient/1"},"date":"2020","recommendation":[{"vaccineCode":[{"text":"x"}],"forecastStatus":{"coding":[{"code":"due"}]}}]}""")]
    [InlineData("""{"resourceType":"ValueSet","url":"http://v","version":"1","identifier":[{"value":"x"}],"status":"draft","expansion":{"identifier":"urn:e","timestamp":"2020-01-01T00:00:00Z"},"compose":{"include":[{"system":"http://s","concept":[{"code":"q"}]}]}}""")]
    [InlineData("""{"resourceType":"StructureDefinition","url":"http://s","name":"N","status":"draft","kind":"resource","abstract":false,"type":"Patient","snapshot":{"element":[{"path":"Patient","base":{"path":"Patient"},"binding":{"valueSet":"http://v"}}]}}""")]
    public void Other_kinds_of_values_are_what_the_SDKs_engine_selects(string json)
    {
        using var resource = Some.Resource(json);
        Assert.Empty(ExtractionAgainstSdkTests.Compare(resource.Type, resource.Root));
    }

    private static string Text(long micros) =>
        DateTimeOffset.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
