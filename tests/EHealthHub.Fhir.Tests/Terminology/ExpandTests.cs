using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Tests.Terminology;

/// <summary>ValueSet/$expand: whole systems, listed codes, filters, imports, exclusions, pages, languages, bounds.</summary>
public sealed class ExpandTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.FromHours(3));

    [Theory]
    [InlineData("urn:listed", "dog ghost 1-8")]
    [InlineData("urn:mammals", "mammal dog whale cat")]
    [InlineData("urn:nested", "dog")]
    [InlineData("urn:without", "animal bird dodo pet")]
    [InlineData("urn:active", "animal mammal dog whale bird pet cat")]
    [InlineData("urn:expanded", "a")]
    [InlineData("urn:animals:all", "animal mammal dog whale bird dodo pet cat")]
    public void A_value_set_is_expanded_in_its_order(string url, string codes) => Assert.Equal(codes, Codes(Run("url=" + url)));

    [Theory]
    [InlineData("concept", "is-a", "bird", "bird dodo")]
    [InlineData("concept", "descendent-of", "bird", "dodo")]
    [InlineData("concept", "is-not-a", "animal", "pet")]
    [InlineData("concept", "generalizes", "cat", "animal mammal pet cat")]
    [InlineData("legs", "=", "4", "dog")]
    [InlineData("legs", "in", "0, 2", "whale dodo")]
    [InlineData("legs", "not-in", "0,2,4", "animal mammal bird pet cat")]
    [InlineData("legs", "exists", "true", "dog whale dodo")]
    [InlineData("tame", "exists", "false", "animal mammal whale bird dodo pet cat")]
    [InlineData("code", "regex", "d.*", "dog dodo")]
    [InlineData("display", "regex", ".at", "cat")]
    [InlineData("kind", "=", "mammal", "dog whale cat")]
    [InlineData("child", "=", "dodo", "bird")]
    [InlineData("inactive", "=", "true", "dodo")]
    [InlineData("eats", "=", "meat", "dog")]
    public void A_filter_chooses_concepts(string property, string op, string value, string codes)
    {
        var catalog = Terms.Of(Terms.Animals, Terms.Set("urn:f", Terms.Filter(property, op, value)));
        Assert.Equal(codes, Codes(Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:f"), Now))));
        Assert.All(codes.Split(' '), c => Assert.Equal(CodeMembership.Yes, catalog.Contains("urn:f", "urn:animals", c)));
        Assert.Equal(codes.Split(' ').Length, new[] { "animal", "mammal", "dog", "whale", "bird", "dodo", "pet", "cat" }.Count(c => catalog.Contains("urn:f", null, c) == CodeMembership.Yes));
    }

    [Fact]
    public void Pages_tell_the_total()
    {
        var page = Run("url=urn:animals:all", "offset=6", "count=5").GetProperty("expansion");
        Assert.Equal((8, 6, 2), (page.GetProperty("total").GetInt32(), page.GetProperty("offset").GetInt32(), page.GetProperty("contains").GetArrayLength()));
        Assert.Equal("2026-11-24T10:00:00+03:00", page.GetProperty("timestamp").GetString());
        Assert.False(Run("url=urn:animals:all", "count=0").GetProperty("expansion").TryGetProperty("contains", out _));
        Assert.False(Run("url=urn:animals:all", "offset=2147483647", "count=2147483647").GetProperty("expansion").TryGetProperty("contains", out _));
    }

    [Theory]
    [InlineData("filter=IYI dost", "pet")]
    [InlineData("filter=köpek", "dog")]
    [InlineData("filter=do", "dog dodo pet")]
    [InlineData("activeOnly=true", "animal mammal dog whale bird pet cat")]
    [InlineData("excludeNotForUI=true", "mammal dog whale bird dodo pet cat")]
    [InlineData("exclude-system=urn:animals", "")]
    public void A_call_narrows_the_expansion(string parameter, string codes) => Assert.Equal(codes, Codes(Run("url=urn:animals:all", parameter)));

    [Fact]
    public void Names_are_in_the_language_asked_for()
    {
        var dog = Run("url=urn:mammals", "displayLanguage=tr", "includeDesignations=true", "designation=de").GetProperty("expansion").GetProperty("contains")[1];
        Assert.Equal("Köpek", dog.GetProperty("display").GetString());
        Assert.Equal("Hund", Assert.Single(dog.GetProperty("designation").EnumerateArray()).GetProperty("value").GetString());
        Assert.Equal("Doggy", Run("url=urn:listed").GetProperty("expansion").GetProperty("contains")[0].GetProperty("display").GetString());
    }

    [Fact]
    public void Inactive_and_grouping_codes_are_marked()
    {
        var all = Run("url=urn:animals:all").GetProperty("expansion").GetProperty("contains");
        Assert.True(all[0].GetProperty("abstract").GetBoolean());
        Assert.True(all[5].GetProperty("inactive").GetBoolean());
    }

    [Fact]
    public void A_value_set_may_come_with_the_call()
    {
        var input = Terms.Body($$$"""{"name":"valueSet","resource":{{{Terms.Set("urn:own", Terms.Filter("concept", "is-a", "bird"))}}}},{"name":"count","valueInteger":1}""");
        Assert.Equal("bird", Codes(Terms.Answer(TerminologyOperations.Expand(Terms.Catalog, input, Now))));
    }

    [Theory]
    [InlineData("url=urn:nowhere", 404, "value-set-unknown")]
    [InlineData("url=urn:circle:a", 422, "value-set-cycle")]
    [InlineData("url=urn:of-stub", 404, "code-system-unknown")]
    [InlineData("filter=x", 400, "parameter-invalid")]
    [InlineData("url=urn:listed&count=-1", 400, "parameter-invalid")]
    [InlineData("url=urn:listed&count=99999999999", 400, "parameter-invalid")]
    [InlineData("url=urn:listed&activeOnly=maybe", 400, "parameter-invalid")]
    [InlineData("url=urn:listed&date=2026", 400, "parameter-invalid")]
    public void A_call_that_cannot_be_answered_is_refused(string query, int status, string code)
    {
        var failure = Terms.Failure(TerminologyOperations.Expand(Terms.Catalog, Terms.Query(query.Split('&')), Now));
        Assert.Equal((status, code), (failure.Status, failure.Issues[0].Code));
        Assert.NotEqual(OutcomeTexts.For(failure.Issues[0], "en"), OutcomeTexts.For(failure.Issues[0], "tr"));
    }

    [Fact]
    public void What_would_be_too_large_is_refused()
    {
        var catalog = new TerminologyCatalog(new TerminologyLimits { ExpansionMax = 5, PageMax = 2 });
        catalog = catalog.WithAll([Json(Terms.Animals), Json(Terms.Set("urn:all", """{"system":"urn:animals"}""")), Json(Terms.Set("urn:three", """{"system":"urn:x","concept":[{"code":"a"},{"code":"b"},{"code":"c"}]}"""))], out _);
        Assert.Equal("expansion-too-large", Terms.Failure(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:all"), Now)).Issues[0].Code);
        Assert.Equal("expansion-too-large", Terms.Failure(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:three"), Now)).Issues[0].Code);
        Assert.Equal("a b", Codes(Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:three", "count=3"), Now))));
        Assert.Equal("c", Codes(Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:three", "count=2", "offset=2"), Now))));
    }

    [Fact]
    public void Imports_that_multiply_are_stopped()
    {
        var sets = Enumerable.Range(0, 12).Select(i => Json(Terms.Set($"urn:{i}", string.Join(',', Enumerable.Repeat($$"""{"valueSet":["urn:{{i + 1}}"]}""", 10))))).Append(Json(Terms.Set("urn:12", """{"system":"urn:x","concept":[{"code":"a"}]}""")));
        var catalog = new TerminologyCatalog(new TerminologyLimits { StepsMax = 100_000 }).WithAll(sets, out _);
        Assert.Equal(CodeMembership.Unknown, catalog.Contains("urn:0", "urn:x", "b"));
        Assert.Equal(422, Terms.Failure(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:0"), Now)).Status);
        Assert.False(catalog.Decides("urn:0"));
    }

    private static JsonElement Json(string json) => Validation.Profiles.Catalog.Json(json);

    private static JsonElement Run(params string[] query) => Terms.Answer(TerminologyOperations.Expand(Terms.Catalog, Terms.Query(query), Now));

    private static string Codes(JsonElement valueSet) =>
        valueSet.GetProperty("expansion").TryGetProperty("contains", out var contains) ? string.Join(' ', contains.EnumerateArray().Select(c => c.GetProperty("code").GetString())) : "";
}
