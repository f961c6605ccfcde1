using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("Observation", "colour=red", "search-parameter-unknown", "colour")]
    [InlineData("Observation", "_query=x", "search-not-supported", "_query")]
    [InlineData("Observation", "_contained=maybe", "search-value-invalid", "_contained")]
    [InlineData("Observation", "_contained=true&_contained=both", "search-parameter-repeated", "_contained")]
    [InlineData("Observation", "_contained=true&_content=x", "search-not-supported", "_contained")]
    [InlineData("Observation", "_containedType=both", "search-value-invalid", "_containedType")]
    [InlineData("Observation", "_type=Patient", "search-not-supported", "_type")]
    [InlineData("Observation", "_summary=all", "search-value-invalid", "_summary")]
    [InlineData("Observation", "_summary=text&_include=Observation:subject", "search-not-supported", "_summary")]
    [InlineData("Observation", "_summary=true&_elements=code", "search-not-supported", "_elements")]
    [InlineData("Observation", "_elements=a.b", "search-value-invalid", "_elements")]
    [InlineData("Observation", "code-value-quantity=x", "search-value-invalid", "code-value-quantity")]
    [InlineData("Observation", "code-value-quantity=x$y", "search-value-invalid", "code-value-quantity")]
    [InlineData("Observation", "code-value-quantity=x$", "search-value-invalid", "code-value-quantity")]
    [InlineData("Observation", "code-value-quantity:not=x$5", "search-modifier-not-supported", "code-value-quantity")]
    [InlineData("Location", "near=1", "search-value-invalid", "near")]
    [InlineData("Location", "near=91|2", "search-value-invalid", "near")]
    [InlineData("Location", "near=1|2|3|leagues", "search-value-invalid", "near")]
    [InlineData("Patient", "phonetic:exact=x", "search-modifier-not-supported", "phonetic")]
    [InlineData("Observation", "date:in=http://x", "search-modifier-not-supported", "date")]
    [InlineData("Observation", "code:in=http://x,http://y", "search-value-invalid", "code")]
    [InlineData("Observation", "code:of-type=a|b|c", "search-modifier-not-supported", "code")]
    [InlineData("Observation", "identifier:of-type=a|b", "search-value-invalid", "identifier")]
    [InlineData("Observation", "subject:below=Patient/1", "search-modifier-not-supported", "subject")]
    [InlineData("Observation", "code:exact=x", "search-modifier-not-supported", "code")]
    [InlineData("Observation", "date:not=2020", "search-modifier-not-supported", "date")]
    [InlineData("Observation", "subject:Practitioner=1", "search-modifier-not-supported", "subject")]
    [InlineData("Observation", "_id:text=1", "search-modifier-not-supported", "_id")]
    [InlineData("Observation", "code:=1", "search-modifier-not-supported", "code")]
    [InlineData("Observation", "date=2020-13", "search-value-invalid", "date")]
    [InlineData("Observation", "date=2020-02-30", "search-value-invalid", "date")]
    [InlineData("Observation", "date=2020-01-01T10", "search-value-invalid", "date")]
    [InlineData("Observation", "date=xx2020", "search-value-invalid", "date")]
    [InlineData("Observation", "date=2020,yesterday", "search-value-invalid", "date")]
    [InlineData("Observation", "value-quantity=5|mg", "search-value-invalid", "value-quantity")]
    [InlineData("Observation", "value-quantity=five", "search-value-invalid", "value-quantity")]
    [InlineData("Observation", "value-quantity=1234567890123456789", "search-value-invalid", "value-quantity")]
    [InlineData("Observation", "value-quantity=1e99", "search-value-invalid", "value-quantity")]
    [InlineData("Observation", "code=a|b|c", "search-value-invalid", "code")]
    [InlineData("Observation", "code=|", "search-value-invalid", "code")]
    [InlineData("Observation", "code:missing=maybe", "search-value-invalid", "code")]
    [InlineData("Observation", "code:missing=true,false", "search-value-invalid", "code")]
    [InlineData("Patient", "name=--", "search-value-invalid", "name")]
    [InlineData("Patient", "name=a\u0000b", "search-value-invalid", "name")]
    [InlineData("Patient", "_id=a b", "search-value-invalid", "_id")]
    [InlineData("Patient", "_count=-1", "search-value-invalid", "_count")]
    [InlineData("Patient", "_count=x", "search-value-invalid", "_count")]
    [InlineData("Patient", "_count=1&_count=2", "search-parameter-repeated", "_count")]
    [InlineData("Patient", "_total=some", "search-value-invalid", "_total")]
    [InlineData("Observation", "subject:Patient=Group/1", "search-value-invalid", "subject")]
    public void Refuses_by_name(string type, string query, string code, string named)
    {
        var failure = Refused(type, query, true);
        Assert.Equal((400, code), (failure.Status, failure.Issues[0].Code));
        Assert.Contains(named, failure.Issues[0].Diagnostics, StringComparison.Ordinal);
        Assert.Null(failure.Issues[0].Expression);
    }

    [Fact]
    public void Refuses_half_a_character() => Assert.Equal("search-value-invalid", Refused("Patient", "name=a\ud800", true).Issues[0].Code);

    [Fact]
    public void Never_repeats_a_value_and_cuts_a_name()
    {
        Assert.DoesNotContain("yesterday", Refused("Observation", "date=yesterday", true).Issues[0].Diagnostics, StringComparison.Ordinal);
        var long_ = Refused("Observation", new string('x', 5_000) + "=1", true).Issues[0].Diagnostics;
        Assert.InRange(long_.Length, 64, 200);
        Assert.DoesNotContain("<", Refused("Observation", "<script>=1", true).Issues[0].Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_parameter_is_ignored_when_the_caller_is_lenient_and_missing_from_the_self_link()
    {
        var query = Parsed("Observation", "colour=red&status=final&code=", strict: false);
        Assert.Equal(["status"], query.Used.Select(u => u.Key));
        Assert.Equal("status", Assert.Single(query.Criteria).Parameter);
    }

    [Theory]
    [InlineData("_count=0", 0)]
    [InlineData("_count=17", 17)]
    [InlineData("_count=5000", 1_000)]
    [InlineData("_summary=count", 0)]
    [InlineData("_summary=false", 50)]
    [InlineData("_contained=false", 50)]
    [InlineData("_format=json", 50)]
    public void Pages_have_a_bound(string query, int expected) => Assert.Equal(expected, Parsed("Observation", query).Count);

    [Fact]
    public void Control_parameters_are_kept_for_the_self_link_and_the_cursor_is_not()
    {
        var query = Parsed("Observation", "_count=5&_cursor=abc&_total=none&_format=json&status=final");
        Assert.Equal("_count _total _format status", string.Join(' ', query.Used.Select(u => u.Key)));
        Assert.Equal(("abc", "none"), (query.Cursor, query.Total));
    }

    [Theory]
    [InlineData("Observation", "patient=1", "1")]
    [InlineData("Observation", "patient=Patient/1", "1")]
    [InlineData("Observation", "patient:Patient=1", "1")]
    [InlineData("Observation", "subject=Patient/1", "1")]
    [InlineData("Observation", "subject:Patient=1", "1")]
    [InlineData("Observation", "subject=https://hub.example/fhir/Patient/1", "1")]
    [InlineData("Observation", "patient=1&subject=Patient/1", "1")]
    [InlineData("Observation", "patient=1&patient=2", null)]
    [InlineData("Observation", "patient=1,2", null)]
    [InlineData("Observation", "patient=1,1", null)]
    [InlineData("Observation", "subject=1", null)]
    [InlineData("Observation", "subject=Group/1", null)]
    [InlineData("Observation", "performer=Patient/1", null)]
    [InlineData("Observation", "patient:missing=true", null)]
    [InlineData("Observation", "patient:identifier=urn:x|1", null)]
    [InlineData("Observation", "subject=https://other.example/fhir/Patient/1", null)]
    [InlineData("Observation", "patient=Patient/1/_history/2", null)]
    [InlineData("Observation", "_id=1", null)]
    [InlineData("Patient", "_id=1", "1")]
    [InlineData("Patient", "_id:not=1", null)]
    [InlineData("Patient", "_id=1,2", null)]
    [InlineData("Task", "patient=1", null)]
    [InlineData("Encounter", "patient=1&status=finished", "1")]
    [InlineData("Coverage", "patient=1", "1")]
    public void Tells_the_one_patient_that_is_meant(string type, string query, string? expected) => Assert.Equal(expected, Parsed(type, query).PatientId);

    [Fact]
    public void Tells_the_exact_identifiers_that_a_national_token_can_find()
    {
        Assert.Equal([new IdentifierCondition("Patient", "urn:x", "1"), new IdentifierCondition("Patient", "", "2")], Parsed("Patient", "identifier=urn:x|1,|2").Identifiers);
        Assert.Empty(Parsed("Patient", "identifier=1").Identifiers);
        Assert.Empty(Parsed("Patient", "identifier=urn:x|").Identifiers);
        Assert.Empty(Parsed("Patient", "identifier:not=urn:x|1").Identifiers);
    }

    [Fact]
    public void Escapes_stand_for_the_characters_themselves()
    {
        var values = Parsed("Observation", "code=a\\,b,c\\|d|e\\\\f\\$,\\g").Criteria[0].Values;
        Assert.Equal([(null, "a,b"), ("c|d", "e\\f$"), (null, "\\g")], values.Select(v => (v.System, v.Text)));
    }

    [Theory]
    [InlineData("100", "99.5", "100.5")]
    [InlineData("100.00", "99.995", "100.005")]
    [InlineData("1e2", "95", "105")]
    [InlineData("1.0e2", "95", "105")]
    [InlineData("-5", "-5.5", "-4.5")]
    [InlineData("0.010", "0.0095", "0.0105")]
    [InlineData("5e-3", "0.00495", "0.00505")]
    public void The_digits_of_a_number_leave_a_range_open(string text, string low, string high)
    {
        var value = Parsed("RiskAssessment", "probability=" + text).Criteria[0].Values[0];
        Assert.Equal((decimal.Parse(low, System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(high, System.Globalization.CultureInfo.InvariantCulture)), (value.Low, value.High));
    }

    [Fact]
    public void Everything_a_caller_sends_has_a_bound()
    {
        Assert.Equal("search-too-large", Refused("Patient", string.Join('&', Enumerable.Repeat("name=a", 101)), true).Issues[0].Code);
        Assert.Equal("search-too-large", Refused("Patient", "name=" + string.Join(',', Enumerable.Repeat("a", 201)), true).Issues[0].Code);
        Assert.Equal("search-too-large", Refused("Patient", "name=" + new string('a', 2_049), true).Issues[0].Code);
        Assert.Equal("search-too-large", Refused("Patient", "name=" + new string('a', 70_000), true).Issues[0].Code);
        Assert.Equal(200, Parsed("Patient", "name=" + string.Join(',', Enumerable.Repeat(new string('a', 300), 200))).Criteria[0].Values.Count);
    }

    [Fact]
    public void A_type_that_R4_does_not_have_is_not_found() => Assert.Equal(404, Refused("Visit", "a=b", true).Status);

    private static SearchQuery Parsed(string type, string query, bool strict = true)
    {
        Assert.True(Parse(type, query, strict).Try(out var parsed, out var failure), failure?.Issues[0].Diagnostics);
        return parsed;
    }

    private static Failure Refused(string type, string query, bool strict)
    {
        Assert.False(Parse(type, query, strict).Try(out _, out var failure));
        return failure;
    }

    private static Result<SearchQuery> Parse(string type, string query, bool strict) => SearchQuery.Parse(
        type,
        [.. query.Split('&').Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))],
        strict,
        new SearchSettings { BaseUrl = "https://hub.example/fhir" });
}
