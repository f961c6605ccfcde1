using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("IŞIK", "isik")]
    [InlineData("ışık", "isik")]
    [InlineData("İşık", "isik")]
    [InlineData("i\u0307", "i")]
    [InlineData("ISPARTA", "isparta")]
    [InlineData("Çağrı Öztürk Ğü", "cagri ozturk gu")]
    [InlineData("Şanlıurfa", "sanliurfa")]
    [InlineData("Âkif Hakkâri", "akif hakkari")]
    [InlineData("O'Brien-Smith, Jr.", "obriensmith jr")]
    [InlineData("  van \t der\u00A0 Berg  ", "van der berg")]
    [InlineData("Straße", "strasse")]
    [InlineData("Ægir Œuvre Þór", "aegir oeuvre thor")]
    [InlineData("Søren Đorđe Łódź", "soren dorde lodz")]
    [InlineData("e\u0301le\u0301phant", "elephant")]
    [InlineData("Nguyễn", "nguyen")]
    [InlineData("Ἀθῆναι Όμηρος", "αθηναι ομηροσ")]
    [InlineData("Йосип Ёлка", "иосип елка")]
    [InlineData("مُحَمَّد أحمد", "محمد احمد")]
    [InlineData("東京 𝒜", "東京 𝒜")]
    [InlineData("100 mg/mL + 5%", "100 mgml + 5")]
    [InlineData("- - -", "")]
    [InlineData("", "")]
    public void Folds(string text, string expected) => Assert.Equal(expected, SearchText.Fold(text));

    [Fact]
    public void Folding_twice_changes_nothing_for_any_letter()
    {
        for (var c = 1; c <= 0xFFFF; c++)
        {
            if (c is < 0xD800 or > 0xDFFF)
            {
                var once = SearchText.Fold("a" + (char)c + "b");
                Assert.Equal(once, SearchText.Fold(once));
            }
        }
    }

    [Fact]
    public void Upper_and_lower_case_fold_alike()
    {
        foreach (var c in Enumerable.Range('A', 0x1C80 - 'A').Select(c => (char)c).Where(char.IsLetter))
        {
            Assert.Equal(SearchText.Fold(char.ToLowerInvariant(c).ToString()), SearchText.Fold(char.ToUpperInvariant(c).ToString()));
        }
    }
}
