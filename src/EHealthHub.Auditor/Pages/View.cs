using System.Globalization;

namespace EHealthHub.Auditor.Pages;

/// <summary>What every page is written with: language, who looks (null: nobody proven), and the address of this page in the other language.</summary>
internal sealed record View(Texts Texts, string? SignedInAs, string OtherLanguageAddress)
{
    private static readonly NumberFormatInfo Turkish = new() { NumberGroupSeparator = "." };

    /// <summary>Adds the language to an address of ours.</summary>
    public string Link(string address)
    {
        var joint = address.Contains('?', StringComparison.Ordinal) ? address.EndsWith('?') ? "" : "&" : "?";
        return $"{address}{joint}lang={Languages.Code(Texts.Language)}";
    }

    /// <summary>A number with separators.</summary>
    public string Number(long number) => number.ToString("#,0", Texts.Language == Language.Turkish ? Turkish : NumberFormatInfo.InvariantInfo);

    /// <summary>A time as people read it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
