using System.Text;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>
/// A name by its sound (parameters <c>phonetic</c>): every word asked for sounds like one word of the stored text. How a word sounds: folded, vowels after the first letter dropped, consonants that are taken for each other made one
/// (b p, c ç j s ş z x, d t, f v w, g k q, m n), doubled ones single, h and y left out. Mehmet, Mehmed and Mehmett sound alike, as do Ayşe and Aişe.
/// </summary>
internal sealed class SoundTest : ValueTest
{
    private readonly string[] _asked;

    internal SoundTest(string text) => _asked = Sounds(text);

    internal override FactKind Kind => FactKind.String;

    internal override bool Accepts(ref FactsReader value)
    {
        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        var stored = Sounds(Encoding.UTF8.GetString(value.String().Utf8(scratch)));
        return _asked.Length > 0 && Array.TrueForAll(_asked, word => stored.Contains(word));
    }

    /// <summary>How each word of a text sounds.</summary>
    internal static string[] Sounds(string text) => [.. SearchText.Fold(FactSink.Cut(text)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Sound)];

    private static string Sound(string word)
    {
        var sound = new StringBuilder(word.Length);
        foreach (var letter in word)
        {
            var heard = letter switch
            {
                'b' or 'p' => 'b',
                'c' or 'j' or 's' or 'x' or 'z' => 's',
                'd' or 't' => 'd',
                'f' or 'v' or 'w' => 'v',
                'g' or 'k' or 'q' => 'k',
                'm' or 'n' => 'n',
                'a' or 'e' or 'i' or 'o' or 'u' or 'h' or 'y' when sound.Length > 0 => '\0',
                'e' => 'a',
                'o' or 'u' => 'o',
                _ => letter,
            };
            if (heard != '\0' && (sound.Length == 0 || sound[^1] != heard))
            {
                sound.Append(heard);
            }
        }

        return sound.ToString();
    }
}
