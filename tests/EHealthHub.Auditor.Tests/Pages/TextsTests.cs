using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Pages;

namespace EHealthHub.Auditor.Tests.Pages;

public class TextsTests
{
    [Fact]
    public void Every_text_and_every_kind_has_words_of_its_own_in_both_languages()
    {
        var english = new Texts(Language.English);
        var turkish = new Texts(Language.Turkish);
        Assert.All(Texts.Keys, key => Assert.NotEqual(english[key], turkish[key]));
        Assert.All(Enum.GetValues<EntryKind>(), kind => Assert.NotEqual(english.Of(kind), turkish.Of(kind)));
    }

    [Theory]
    [InlineData("tr", null, "tr")]
    [InlineData("en", "tr", "en")]
    [InlineData("de", "tr-TR,tr;q=0.9", "tr")]
    [InlineData(null, "de-DE,de;q=0.9,tr;q=0.5", "tr")]
    [InlineData(null, "en-GB,tr", "en")]
    [InlineData(null, null, "en")]
    [InlineData(null, "*", "en")]
    public void The_language_is_the_querys_then_the_browsers_then_english(string? query, string? header, string expected) =>
        Assert.Equal(expected, Languages.Code(Languages.Of(query, header)));

    [Fact]
    public void Filled_in_values_are_encoded_and_turkish_letters_stay()
    {
        var name = "<b>\"Ayşe\" & 'İlğöz'</b>";
        Assert.Equal("<p title=\"&lt;b&gt;&quot;Ayşe&quot; &amp; &#x27;İlğöz&#x27;&lt;/b&gt;\">3</p>", new Html().Write($"<p title=\"{name}\">{3}</p>").ToString());
    }
}
