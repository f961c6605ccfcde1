using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Names of people are searched by each of their words (R4 3.1.1.4.8); other strings by their beginning.</summary>
public sealed class SearchNameTests
{
    private const string Patient = """{"resourceType":"Patient","id":"1","name":[{"family":"García Quiñones-Yılmaz","given":["Ayşe Nur","Işıl"],"suffix":["Jr."]}],"address":[{"city":"New York"}]}""";

    [Theory]
    [InlineData("family=quinones", true)]
    [InlineData("family=QUIÑO", true)]
    [InlineData("family=yilmaz", true)]
    [InlineData("family=garcia quinones", true)]
    [InlineData("family=quinonesyil", true)]
    [InlineData("family=uinones", false)]
    [InlineData("family=garcia yilmaz", false)]
    [InlineData("family=ayse", false)]
    [InlineData("given=nur", true)]
    [InlineData("given=ışıl", true)]
    [InlineData("given=ur", false)]
    [InlineData("name=quinones", true)]
    [InlineData("name=nur", true)]
    [InlineData("name=jr", true)]
    [InlineData("family:exact=Quiñones-Yılmaz", false)]
    [InlineData("family:exact=García Quiñones-Yılmaz", true)]
    [InlineData("family:contains=uinones", true)]
    [InlineData("address-city=york", false)]
    [InlineData("address-city=new y", true)]
    public void Each_word_of_a_name_is_a_beginning(string query, bool expected) => Assert.Equal(expected, Ask.Finds("Patient", query, Patient));

    [Fact]
    public void The_names_of_institutions_are_strings_like_others() =>
        Assert.False(Ask.Finds("Organization", "name=hastanesi", """{"resourceType":"Organization","id":"1","name":"Ankara Şehir Hastanesi"}"""));

    [Theory]
    [InlineData("a b", "a b|b")]
    [InlineData("  a--b ", "  a--b |a--b |b ")]
    [InlineData("", "")]
    [InlineData("şa ğb", "şa ğb|ğb")]
    public void Words_begin_after_spaces_and_hyphens(string text, string expected) => Assert.Equal(expected, string.Join('|', SearchText.FromEachWord(text)));

    [Fact]
    public void No_more_than_sixteen_words_of_a_name_are_looked_at()
    {
        var many = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"w{i}x"));
        Assert.Equal(16, SearchText.FromEachWord(many).Count());
        var json = $$"""{"resourceType":"Patient","id":"1","name":[{"family":"{{many}}"}]}""";
        Assert.True(Ask.Finds("Patient", "family=w15x", json));
        Assert.False(Ask.Finds("Patient", "family=w16x", json));
    }
}
