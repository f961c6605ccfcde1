using System.Text.RegularExpressions;

namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>Makes the same what differs from answer to answer and tells nothing: the record's letter, ids that the hub gives, moments, sealed places, receipts. Lengths stay, so that whatever else is told by them shows.</summary>
internal static partial class Normal
{
    public static string Of(string text, char letter, string nationalId, IEnumerable<KeyValuePair<string, string>> names)
    {
        foreach (var (id, name) in names)
        {
            text = text.Replace(id, name, StringComparison.Ordinal);
        }

        text = Ending(letter).Replace(text, "$1-x");
        text = text.Replace(nationalId, "national-id", StringComparison.Ordinal);
        text = Cursor().Replace(text, m => "_cursor=" + m.Length);
        text = Receipt().Replace(text, "receipt");
        text = MadeIds().Replace(text, "made");
        text = HttpMoments().Replace(text, "http-moment");
        return Moments().Replace(text, m => "moment" + m.Length);
    }

    private static Regex Ending(char letter) => new($@"(?<=\b|%[0-9A-F]{{2}})(p|o1|o2|o3|c1|v1|b1|h1|h2|h3|h4|h5|h6|h7|acc)-{letter}\b", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    [GeneratedRegex("_cursor=[A-Za-z0-9_-]+")]
    private static partial Regex Cursor();

    [GeneratedRegex("(?<=EHealthHub-Receipt: [^\n]*)/[0-9]+/[0-9a-f]{64}")]
    private static partial Regex Receipt();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex MadeIds();

    [GeneratedRegex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} GMT")]
    private static partial Regex HttpMoments();

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")]
    private static partial Regex Moments();
}
