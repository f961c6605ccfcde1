using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Tests.Http;

public class RequestHeaderTests
{
    [Theory]
    [InlineData(null, ReturnPreference.Unstated, HandlingPreference.Unstated, false)]
    [InlineData("return=minimal", ReturnPreference.Minimal, HandlingPreference.Unstated, false)]
    [InlineData("return=representation, handling=strict", ReturnPreference.Representation, HandlingPreference.Strict, false)]
    [InlineData("handling=lenient; return=OperationOutcome; respond-async", ReturnPreference.OperationOutcome, HandlingPreference.Lenient, true)]
    [InlineData("Return=\"minimal\"", ReturnPreference.Minimal, HandlingPreference.Unstated, false)]
    [InlineData("return=minimal, return=representation", ReturnPreference.Minimal, HandlingPreference.Unstated, false)]
    [InlineData("return=everything, wait=10, , =, x", ReturnPreference.Unstated, HandlingPreference.Unstated, false)]
    public void Wishes_are_read_and_unknown_ones_ignored(string? header, ReturnPreference wanted, HandlingPreference handling, bool respondAsync) =>
        Assert.Equal(new Preference(wanted, handling, respondAsync), Preference.Parse(header));

    [Theory]
    [InlineData("W/\"3\"", 3, true)]
    [InlineData("W/\"1\", W/\"3\"", 3, true)]
    [InlineData("\"3\"", 3, true)]
    [InlineData("*", 3, true)]
    [InlineData("W/\"2\"", 3, false)]
    [InlineData("W/\"03\"", 3, false)]
    [InlineData("W/\"abc\"", 3, false)]
    [InlineData("W/\"99999999999\"", 3, false)]
    [InlineData("W/\"\"", 3, false)]
    public void Version_tags_match_their_versions(string header, int version, bool matches)
    {
        Assert.True(VersionTags.Parse("If-Match", header).Try(out var tags, out _));
        Assert.Equal(matches, tags.Matches(version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("W/3")]
    [InlineData("W/\"3")]
    [InlineData("W/\"3\" W/\"4\"")]
    [InlineData("W/\"3\",")]
    [InlineData("*, W/\"3\"")]
    public void What_is_no_version_tag_is_400(string header)
    {
        Assert.False(VersionTags.Parse("If-Match", header).Try(out _, out var failure));
        Assert.Equal((400, "If-Match"), (failure.Status, failure.Issues[0].Expression));
    }

    [Fact]
    public void Endless_tags_are_not_read() => Assert.False(VersionTags.Parse("If-Match", string.Join(',', Enumerable.Repeat("\"1\"", 40))).Try(out _, out _));

    [Theory]
    [InlineData("Tue, 24 Nov 2026 10:00:00 GMT")]
    [InlineData("Tuesday, 24-Nov-26 10:00:00 GMT")]
    [InlineData("Tue Nov 24 10:00:00 2026")]
    public void All_three_forms_of_a_date_are_read(string header)
    {
        var time = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
        Assert.Equal(time, ConditionalHeaders.IfModifiedSince(header));
        Assert.True(ConditionalHeaders.IsUnchangedSince(time.AddMilliseconds(400), time));
        Assert.False(ConditionalHeaders.IsUnchangedSince(time.AddSeconds(1), time));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2026-11-24")]
    [InlineData("yesterday")]
    public void What_is_no_date_is_ignored(string? header) => Assert.Null(ConditionalHeaders.IfModifiedSince(header));

    [Theory]
    [InlineData("identifier=urn:x|1", "identifier=urn:x|1")]
    [InlineData("?identifier=http://x/y|1&active=true", "identifier=http://x/y|1&active=true")]
    public void If_none_exist_holds_a_search(string header, string expected)
    {
        Assert.True(ConditionalHeaders.IfNoneExist(header).Try(out var query, out _));
        Assert.Equal(expected, query);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("identifier")]
    [InlineData("Patient?identifier=1")]
    [InlineData("http://x/Patient?identifier=1")]
    [InlineData("identifier=a b")]
    public void If_none_exist_holds_nothing_else(string header)
    {
        Assert.False(ConditionalHeaders.IfNoneExist(header).Try(out _, out var failure));
        Assert.Equal(400, failure.Status);
        Assert.Contains(failure.Issues[0].Code, OutcomeTexts.Codes);
    }
}
