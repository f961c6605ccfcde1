using System.Globalization;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Contained resources (R4 3.1.1.5.5): chains look inside, and <c>_contained</c> finds them.</summary>
public sealed class ContainedSearchTests
{
    private const string Request = """
        {"resourceType":"MedicationRequest","id":"r","contained":[
        {"resourceType":"Medication","id":"m1","code":{"coding":[{"system":"urn:s","code":"abc"}]},"ingredient":[{"itemCodeableConcept":{"coding":[{"code":"xyz"}]}}],"manufacturer":{"reference":"#org"}},
        {"resourceType":"Medication","id":"m2","code":{"coding":[{"system":"urn:s","code":"other"}]}},
        {"resourceType":"Organization","id":"org","name":"Kara Deniz İlaç"}],
        "status":"active","medicationReference":{"reference":"#m1"},"subject":{"reference":"Patient/1"}}
        """;

    [Theory]
    [InlineData("medication.code=abc", true)]
    [InlineData("medication.code=urn:s|abc", true)]
    [InlineData("medication.ingredient-code=xyz", true)]
    [InlineData("medication.manufacturer.name=kara", true)]
    [InlineData("medication.manufacturer.name=deniz", false)]
    [InlineData("medication.code=other", false)]
    [InlineData("medication._id=m1", false)]
    [InlineData("medication._id:not=m1", true)]
    [InlineData("medication.code:not=abc", false)]
    [InlineData("medication.code=abc&status=stopped", false)]
    [InlineData("_filter=medication.code eq abc", true)]
    public void A_chain_looks_into_what_is_contained(string query, bool expected)
    {
        var parsed = Ask.Parsed("MedicationRequest", query);
        Assert.Equal(expected, SearchMatcher.Matches(Answered(parsed), Some.Encoded(Some.Facts(Request))));
    }

    [Theory]
    [InlineData("Medication", "code=abc", "m1")]
    [InlineData("Medication", "code=abc,other", "m1,m2")]
    [InlineData("Medication", "manufacturer:missing=false", "m1")]
    [InlineData("Medication", "manufacturer.name=kara", "m1")]
    [InlineData("Medication", "_id=m1", "")]
    [InlineData("Medication", "_lastUpdated=2026-11-24", "m1,m2")]
    [InlineData("Organization", "name=kara", "org")]
    [InlineData("MedicationRequest", "status=active", "")]
    public void Contained_resources_are_found_by_what_they_say(string type, string query, string expected) =>
        Assert.Equal(expected, string.Join(',', SearchMatcher.MatchesContained(Answered(Ask.Parsed(type, query + "&_contained=true")), Some.Encoded(Some.Facts(Request))).Select(c => c.Id)));

    [Fact]
    public void By_itself_a_search_finds_no_contained_resource_and_no_reference_leads_to_one()
    {
        Assert.False(Ask.Finds("Medication", "code=abc", Request));
        Assert.Empty(SearchReferences.Of(Some.Encoded(Some.Facts(Request)), "medication", null));
    }

    [Fact]
    public void Facts_of_contained_resources_are_encoded_and_decoded()
    {
        var facts = Some.Facts(Request);
        var decoded = SearchFacts.Decode(Some.Encoded(facts));
        Assert.Equal(["Medication m1", "Medication m2", "Organization org"], decoded.Contained.Select(c => $"{c.Type} {c.Id}"));
        Assert.Equal(facts.Contained.SelectMany(c => c.Values), decoded.Contained.SelectMany(c => c.Values));
        Assert.Equal(Some.Encoded(facts), Some.Encoded(decoded));
        foreach (var cut in Enumerable.Range(1, 40))
        {
            Assert.ThrowsAny<InvalidDataException>(() => SearchFacts.Decode(Some.Encoded(facts).AsSpan()[..^cut]));
        }
    }

    [Fact]
    public void Contained_resources_are_kept_as_long_as_there_is_room()
    {
        var many = string.Join(',', Enumerable.Range(0, 150).Select(i => $$"""{"resourceType":"Organization","id":"o{{i}}","name":"x"}"""));
        var facts = Some.Facts($$"""{"resourceType":"Patient","id":"1","contained":[{{many}}]}""");
        Assert.Equal((SearchFacts.ContainedMax, true), (facts.Contained.Count, facts.Truncated));
        var wide = string.Join(',', Enumerable.Range(0, 90).Select(i => $$"""{"resourceType":"Organization","id":"o{{i}}","alias":[{{string.Join(',', Enumerable.Range(0, 20).Select(n => $"\"{n}\""))}}]}"""));
        facts = Some.Facts($$"""{"resourceType":"Patient","id":"1","contained":[{{wide}}]}""");
        Assert.InRange(facts.Contained.Sum(c => c.Values.Count), 900, 1_000);
        Assert.True(facts.Truncated);
    }

    [Fact]
    public void References_that_lead_round_and_round_end()
    {
        // Every one of fifty organizations is a part of the next: without a bound a chain of four would be followed again from each reference.
        var ring = string.Join(',', Enumerable.Range(0, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"resourceType\":\"Organization\",\"id\":\"o{i}\",\"name\":\"x\",\"partOf\":{{\"reference\":\"#o{(i + 1) % 50}\"}}}}")));
        var performers = string.Join(',', Enumerable.Range(0, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"reference\":\"#o{i}\"}}")));
        var json = $$"""{"resourceType":"Observation","id":"1","contained":[{{ring}}],"status":"final","code":{"text":"x"},"performer":[{{performers}}]}""";
        Assert.False(SearchMatcher.Matches(Answered(Ask.Parsed("Observation", "performer:Organization.partof.partof.partof.name=y")), Some.Encoded(Some.Facts(json))));
        Assert.True(SearchMatcher.Matches(Answered(Ask.Parsed("Observation", "performer:Organization.partof.partof.partof.name=x")), Some.Encoded(Some.Facts(json))));
    }

    private static SearchQuery Answered(SearchQuery query) => query.WithAnswers([.. query.Lookups.Select(l => l is ChainLookup chain ? LookupAnswer.Of([], Answered(chain.Query)) : LookupAnswer.Of([("Medication", "m1")]))]);
}
