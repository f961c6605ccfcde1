using System.Globalization;
using System.Text;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// The one fold for strings (R4 3.1.1.4.8), the same for stored values and for queries, whatever the machine's culture: marks and punctuation are dropped, letters lose their accents and become lower case, any white space becomes
/// one space and none at the ends; ß is ss, æ is ae. Turkish I, ı, İ and i all fold to i: a search for <c>isik</c>, <c>ışık</c> or <c>IŞIK</c> finds each of them.
/// </summary>
public static class SearchText
{
    /// <summary>Most words of a name that a search may begin with.</summary>
    internal const int WordsMax = 16;

    /// <summary>The folded text.</summary>
    public static string Fold(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var folded = new char[utf8.Length * 2];
        return new string(folded, 0, Fold(utf8, folded));
    }

    /// <summary>The text from each of its words on, the whole first: what a search over the names of people may begin with (R4 3.1.1.4.8: parts of a family name independently). Words begin after white space and hyphens; the first sixteen count.</summary>
    public static IEnumerable<string> FromEachWord(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        for (int word = 0, count = 0; word >= 0 && count < WordsMax; word = NextWord(utf8, word), count++)
        {
            yield return Encoding.UTF8.GetString(utf8.AsSpan(word));
        }
    }

    /// <summary>Where the next word begins, or -1.</summary>
    internal static int NextWord(ReadOnlySpan<byte> utf8, int word)
    {
        for (var at = word + 1; at < utf8.Length; at++)
        {
            if (IsBetweenWords(utf8[at - 1]) && !IsBetweenWords(utf8[at]))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsBetweenWords(byte b) => b is <= (byte)' ' or (byte)'-';

    /// <summary>Folds UTF-8 until it ends or <paramref name="folded"/> is full; gives the number of UTF-16 units written.</summary>
    internal static int Fold(ReadOnlySpan<byte> utf8, Span<char> folded)
    {
        var length = 0;
        var space = false;
        while (!utf8.IsEmpty && length < folded.Length)
        {
            var b = utf8[0];
            if (b < 0x80)
            {
                utf8 = utf8[1..];
                var c = Ascii[b];
                if (c == ' ')
                {
                    space = length > 0;
                }
                else if (c != '\0')
                {
                    Put(folded, ref length, ref space, c);
                }

                continue;
            }

            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            Other(rune, folded, ref length, ref space);
        }

        return length;
    }

    // By code: the folded character; a space for white space and control characters; 0 for what is dropped.
    private static ReadOnlySpan<char> Ascii =>
        "                                 \0\0\0$\0\0\0\0\0\0+\0\0\0\0" +
        "0123456789\0\0<=>\0\0abcdefghijklmnopqrstuvwxyz\0\0\0\0\0\0abcdefghijklmnopqrstuvwxyz\0|\0~ ";

    private static void Other(Rune rune, Span<char> folded, ref int length, ref bool space)
    {
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ModifierSymbol or UnicodeCategory.Format:
            case UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation:
            case UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation:
                return;
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control:
                space = length > 0;
                return;
        }

        if (!rune.IsBmp)
        {
            Span<char> units = stackalloc char[2];
            Rune.ToLowerInvariant(rune).EncodeToUtf16(units);
            Put(folded, ref length, ref space, units[0]);
            Put(folded, ref length, ref space, units[1]);
            return;
        }

        var letter = (char)rune.Value;
        if (FoldTable.Pair(letter) is { } pair)
        {
            Put(folded, ref length, ref space, pair[0]);
            Put(folded, ref length, ref space, pair[1]);
        }
        else
        {
            Put(folded, ref length, ref space, FoldTable.Fold(letter));
        }
    }

    private static void Put(Span<char> folded, ref int length, ref bool space, char c)
    {
        if (space && length < folded.Length)
        {
            folded[length++] = ' ';
            space = false;
        }

        if (length < folded.Length)
        {
            folded[length++] = c;
        }
    }
}
