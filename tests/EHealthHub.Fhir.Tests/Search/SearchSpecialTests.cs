using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchSpecialTests
{
    private const string Ankara = """{"resourceType":"Location","id":"l","position":{"longitude":32.8597,"latitude":39.9334}}""";

    [Theory]
    [InlineData("near=39.9334|32.8597", true)]
    [InlineData("near=41.0082|28.9784", false)]
    [InlineData("near=41.0082|28.9784|350", true)]
    [InlineData("near=41.0082|28.9784|349000|m", false)]
    [InlineData("near=41.0082|28.9784|350000|m", true)]
    [InlineData("near=41.0082|28.9784|218|[mi_us]", true)]
    [InlineData("near=41.0082|28.9784|1|km,39.93|32.85|2|km", true)]
    [InlineData("near=-39.9334|-147.1403|20000", false)]
    [InlineData("near=-39.9334|-147.1403|20016", true)]
    public void A_location_is_near_within_a_distance(string query, bool expected) => Assert.Equal(expected, Ask.Finds("Location", query, Ankara));

    [Fact]
    public void A_location_without_a_position_is_nowhere() => Assert.False(Ask.Finds("Location", "near=0|0|20100", """{"resourceType":"Location","id":"l","position":{"longitude":1}}"""));

    [Theory]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|446053", true)]
    [InlineData("identifier:of-type=|MR|446053", false)]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|446054", false)]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|446053", false)]
    [InlineData("identifier:of-type=urn:t|a\\|b|c", true)]
    [InlineData("identifier:of-type=urn:t|a|b\\|c", false)]
    [InlineData("identifier=446053", true)]
    public void An_identifier_is_found_by_its_type(string query, bool expected) => Assert.Equal(expected, Ask.Finds("Patient", query, """
        {"resourceType":"Patient","id":"p","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"},{"system":"urn:o","code":"N"}]},"system":"urn:h","value":"446053"},{"type":{"coding":[{"system":"urn:t","code":"a|b"}]},"value":"c"}]}
        """));

    [Theory]
    [InlineData("Mehmed", true)]
    [InlineData("mehmett", true)]
    [InlineData("yildis", true)]
    [InlineData("Yıldız Mehmet", true)]
    [InlineData("Ahmet", false)]
    [InlineData("--- x", false)]
    public void A_name_is_found_by_its_sound(string name, bool expected) => Assert.Equal(expected, Ask.Finds("Patient", "phonetic=" + name, """{"resourceType":"Patient","id":"p","name":[{"family":"Yıldız","given":["Mehmet"],"text":"Mehmet Yıldız"}]}"""));

    [Theory]
    [InlineData("questionnaire:below=http://q|1.0", true)]
    [InlineData("questionnaire:below=http://q|1", true)]
    [InlineData("questionnaire:below=http://q|1.1", false)]
    [InlineData("questionnaire=http://q", true)]
    [InlineData("questionnaire=http://q|1.0.2", true)]
    [InlineData("questionnaire=http://q|1.0", false)]
    public void A_canonical_has_versions_below_it(string query, bool expected) => Assert.Equal(expected, Ask.Finds("QuestionnaireResponse", query, """{"resourceType":"QuestionnaireResponse","id":"r","status":"completed","questionnaire":"http://q|1.0.2"}"""));

    private const string Report = """
        {"resourceType":"DiagnosticReport","id":"d","status":"final","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Kemik metastazı, <b>karaciğer</b>de; bone-marrow &amp; l&iacute;ver</p></div>"},
        "code":{"text":"Histopatoloji"},"conclusion":"Yaygın ŞÜPHE"}
        """;

    [Theory]
    [InlineData("_text=kemik", true)]
    [InlineData("_text=KEMIK metastazi", true)]
    [InlineData("_text=metastazi kemik", true)]
    [InlineData("_text=\"kemik metastazi\"", true)]
    [InlineData("_text=\"metastazi kemik\"", false)]
    [InlineData("_text=karaci*", true)]
    [InlineData("_text=karaci", false)]
    [InlineData("_text=(bone OR lung) AND liver", true)]
    [InlineData("_text=(bone OR lung) AND NOT liver", false)]
    [InlineData("_text=marrow NOT (lung OR kidney)", true)]
    [InlineData("_text=div", false)]
    [InlineData("_text=xhtml", false)]
    [InlineData("_text=suphe", false)]
    [InlineData("_content=suphe", true)]
    [InlineData("_content=histopatoloji kemik", true)]
    [InlineData("_content=kemik&_text=bone", true)]
    [InlineData("_content=kemik&_text=suphe", false)]
    public void Words_are_found_in_the_narrative_or_in_all_texts(string query, bool expected)
    {
        var parsed = Ask.Parsed("DiagnosticReport", query);
        Assert.Equal(SearchNeeds.Bodies, parsed.Needs);
        Assert.True(SearchMatcher.Matches(parsed, Some.Facts(Report)));
        Assert.Equal(expected, SearchMatcher.MatchesBody(parsed, System.Text.Encoding.UTF8.GetBytes(Report)));
    }

    [Theory]
    [InlineData("_text=(bone")]
    [InlineData("_text=bone)")]
    [InlineData("_text=OR bone")]
    [InlineData("_text=\"bone")]
    [InlineData("_text=NOT")]
    [InlineData("_content=--")]
    [InlineData("_text=()")]
    public void Words_that_are_no_expression_are_refused(string query) => Assert.Equal("search-value-invalid", Ask.Refused("DiagnosticReport", query).Issues[0].Code);

    [Fact]
    public void Parentheses_have_a_bound() => Assert.Equal("search-value-invalid", Ask.Refused("Patient", "_text=" + new string('(', 1_000) + "a" + new string(')', 1_000)).Issues[0].Code);
}
