namespace EHealthHub.Fhir.Search.Matching;

/// <summary>
/// What a letter is without its marks and in lower case, written out: the process runs without ICU, and search must not change with a library. From the canonical decompositions of the Unicode Character Database;
/// a full stop stands for a letter that stays as it is or is only put in lower case. Added by hand: letters with a stroke (ø, đ, ħ, ł, ŧ), ə, ŋ, ſ, and Turkish ı and İ, which fold to i as I does.
/// </summary>
internal static class FoldTable
{
    private const string Latin =
        "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiii" +
        "ii..jjkkkllllllllllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsbɓƃ.ƅ.ɔƈ.ɖɗƌ..ǝeɛƒ.ɠɣ.ɩiƙ...ɯɲ.ɵ" +
        "ooƣ.ƥ.ʀƨ.ʃ..ƭ.ʈuuʊʋƴ.ƶ.ʒƹ...ƽ................aaiioouuuuuuuuuu.aaaa..ǥ.ggkkooooʒʒj...ggƕƿnnaa..ooaaaaeeeeiiiioooo" +
        "rrrruuuussttȝ.hhƞ.ȣ.ȥ.aaeeooooooooyy......ⱥȼ.ƚⱦ..ɂ.buʌɇ.ɉ.ɋ.ɍ.ɏ.";

    private const string GreekAndCyrillic =
        "ͱ.ͳ.ʹ.ͷ........ϳ......α.εηι.ο.υωιαβγδεζηθικλμνξοπρ.στυφχψωιυαεηιυ.................σ.......ιυουωϗβθυυυφπ.ϙ.ϛ.ϝ.ϟ." +
        "ϡ.ϣ.ϥ.ϧ.ϩ.ϫ.ϭ.ϯ.κρ..θε.ϸ.ϲϻ..ͻͼͽееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюя.........и......................" +
        "ее.г...і....киу.ѡ.ѣ.ѥ.ѧ.ѩ.ѫ.ѭ.ѯ.ѱ.ѳ.ѵ.ѵѵѹ.ѻ.ѽ.ѿ.ҁ.........ҋ.ҍ.ҏ.ґ.ғ.ҕ.җ.ҙ.қ.ҝ.ҟ.ҡ.ң.ҥ.ҧ.ҩ.ҫ.ҭ.ү.ұ.ҳ.ҵ.ҷ.ҹ.һ.ҽ.ҿ." +
        "ӏжжӄ.ӆ.ӈ.ӊ.ӌ.ӎ..ааааӕ.ееә.әәжжззӡ.ииииооө.өөээууууууччӷ.ыыӻ.ӽ.ӿ.ԁ.ԃ.ԅ.ԇ.ԉ.ԋ.ԍ.ԏ.ԑ.ԓ.ԕ.ԗ.ԙ.ԛ.ԝ.ԟ.ԡ.ԣ.ԥ.ԧ.ԩ.ԫ.ԭ.ԯ.";

    private const string LatinAndGreekAdditions =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrsssssssssstttttt" +
        "ttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooo" +
        "oooouuuuuuuuuuuuuuyyyyyyyyỻ.ỽ.ỿ.ααααααααααααααααεεεεεε..εεεεεε..ηηηηηηηηηηηηηηηηιιιιιιιιιιιιιιιιοοοοοο..οοοοοο.." +
        "υυυυυυυυ.υ.υ.υ.υωωωωωωωωωωωωωωωωααεεηηιιοουυωω..ααααααααααααααααηηηηηηηηηηηηηηηηωωωωωωωωωωωωωωωωααααα.ααααααα.ι." +
        "..ηηη.ηηεεηηη...ιιιι..ιιιιιι....υυυυρρυυυυυυρ.....ωωω.ωωοοωωω...";

    /// <summary>The folded letter; the letter itself, in lower case, where the table has nothing to say.</summary>
    internal static char Fold(char letter)
    {
        var folded = letter switch
        {
            >= '\u00C0' and <= '\u024F' => Latin[letter - 0x00C0],
            >= '\u0370' and <= '\u052F' => GreekAndCyrillic[letter - 0x0370],
            >= '\u1E00' and <= '\u1FFF' => LatinAndGreekAdditions[letter - 0x1E00],
            'آ' or 'أ' or 'إ' => 'ا',
            'ə' => 'e',
            'ɨ' => 'i',
            'ʉ' => 'u',
            '\u00B5' => 'μ',
            '\u212B' => 'a',
            'ؤ' => 'و',
            'ئ' => 'ي',
            _ => '.',
        };
        return folded != '.' ? folded : char.ToLowerInvariant(letter);
    }

    /// <summary>The two letters that one stands for (ß, æ, œ, þ and Croatian digraphs), or null.</summary>
    internal static string? Pair(char letter) => letter switch
    {
        'ß' or 'ẞ' => "ss",
        'æ' or 'Æ' or 'ǽ' or 'Ǽ' or 'ǣ' or 'Ǣ' => "ae",
        'œ' or 'Œ' => "oe",
        'þ' or 'Þ' => "th",
        'ĳ' or 'Ĳ' => "ij",
        'ǆ' or 'ǅ' or 'Ǆ' or 'ǳ' or 'ǲ' or 'Ǳ' => "dz",
        'ǉ' or 'ǈ' or 'Ǉ' => "lj",
        'ǌ' or 'ǋ' or 'Ǌ' => "nj",
        _ => null,
    };
}
