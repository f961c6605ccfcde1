using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>What R4 allows inside a narrative: chapters 7 to 11 (without 9.4) and 15 of HTML 4.0, a, img and style attributes.</summary>
internal static partial class NarrativeVocabulary
{
    /// <summary>Bytes of element and attribute names.</summary>
    public static readonly SearchValues<byte> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_"u8);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private const string Elements =
        "a abbr acronym address b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var";

    private const string Attributes =
        "abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset cite class colspan compact coords datetime dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope " +
        "shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns";

    /// <summary>The character entities of HTML 4 that occur in records; the numeric forms serve for the rest.</summary>
    private const string Entities =
        "amp lt gt quot apos nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig " +
        "Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave " +
        "iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml OElig oelig Scaron scaron Yuml fnof circ tilde Alpha Beta Gamma Delta Omega alpha beta gamma delta epsilon lambda mu pi " +
        "sigma tau omega ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger bull hellip permil prime Prime lsaquo rsaquo euro trade larr uarr rarr darr harr minus infin asymp ne equiv le ge";

    private static readonly string[] ActiveStyles = ["url(", "url (", "image(", "image-set(", "src(", "expression", "javascript", "@import", "behavior", "binding"];

    private static readonly string[] PictureData =
        [.. new[] { "data:", "data: " }.SelectMany(d => new[] { "png", "gif", "jpeg" }.SelectMany(kind => new[] { "", "'", "\"" }.Select(quote => $"url({quote}{d}image/{kind};base64,")))];

    private static readonly Utf8Table<string> KnownElements = Table(Elements);
    private static readonly Utf8Table<string> KnownAttributes = Table(Attributes);
    private static readonly Utf8Table<string> KnownEntities = Table(Entities);

    public static bool IsElement(ReadOnlySpan<byte> name) => KnownElements.TryGet(name, out _);

    /// <summary>A sentence when the attribute may not stand there; null when it may.</summary>
    public static string? Problem(ReadOnlySpan<byte> element, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!KnownAttributes.TryGet(name, out var known))
        {
            return $"The attribute '{JsonFrame.Printable(name)}' is not allowed in a narrative.";
        }

        return known switch
        {
            "href" when !element.SequenceEqual("a"u8) || HasActiveScheme(value, noData: true) => "A link of the narrative is not allowed.",
            "src" when !element.SequenceEqual("img"u8) || HasActiveScheme(value, noData: false) => "An image of the narrative is not allowed.",
            "cite" or "longdesc" when HasActiveScheme(value, noData: true) => "A link of the narrative is not allowed.",
            "style" when HasActiveStyle(value) => "A style of the narrative is not allowed.",
            "xml:space" when !value.SequenceEqual("preserve"u8) && !value.SequenceEqual("default"u8) => "xml:space is preserve or default.",
            "xmlns" when !value.SequenceEqual("http://www.w3.org/1999/xhtml"u8) => "The narrative has an element of another namespace.",
            _ => null,
        };
    }

    /// <summary>True when every ampersand begins a character reference that is known and closed.</summary>
    public static bool HasGoodReferences(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var at = text.IndexOf((byte)'&');
            if (at < 0)
            {
                return true;
            }

            text = text[(at + 1)..];
            var end = text.IndexOf((byte)';');
            if (end < 1 || !(text[0] == (byte)'#' ? IsNumber(text[1..end]) : KnownEntities.TryGet(text[..end], out _)))
            {
                return false;
            }

            text = text[(end + 1)..];
        }
    }

    private static bool IsNumber(ReadOnlySpan<byte> digits) =>
        digits.Length is >= 1 and <= 8
        && (digits[0] == (byte)'x'
            ? digits.Length > 1 && digits[1..].IndexOfAnyExcept(HexDigits) < 0
            : digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);

    /// <summary>Only links that fetch or jump: no javascript:, vbscript:, data: and the like. A reference or control character before the colon could hide one.</summary>
    private static bool HasActiveScheme(ReadOnlySpan<byte> value, bool noData)
    {
        var colon = value.IndexOfAny((byte)':', (byte)'&');
        if (colon < 0 || value[..colon].IndexOfAny("/?#"u8) >= 0)
        {
            return false;
        }

        Span<byte> scheme = stackalloc byte[16];
        if (value[colon] == (byte)'&' || colon > scheme.Length)
        {
            return true;
        }

        Ascii.ToLower(value[..colon], scheme, out var length);
        scheme = scheme[..length];
        var content = value[(colon + 1)..].TrimStart((byte)' ');
        return scheme.SequenceEqual("data"u8)
            ? noData || !content.StartsWith("image/"u8) || content.StartsWith("image/svg"u8)
            : !(scheme.SequenceEqual("http"u8) || scheme.SequenceEqual("https"u8) || scheme.SequenceEqual("mailto"u8) || scheme.SequenceEqual("tel"u8) || scheme.SequenceEqual("urn"u8) || scheme.SequenceEqual("ftp"u8) || scheme.SequenceEqual("cid"u8));
    }

    /// <summary>Anything in a style that loads or runs, but for pictures that are written out in it. Escapes and character references could hide such and are refused with it.</summary>
    private static bool HasActiveStyle(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny("\\&(@"u8) < 0 && value.IndexOf("behavior"u8) < 0 && value.IndexOf("binding"u8) < 0)
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(value).Replace("&quot;", "'", StringComparison.Ordinal).Replace("&apos;", "'", StringComparison.Ordinal);
        foreach (var picture in PictureData)
        {
            text = text.Replace(picture, "(", StringComparison.Ordinal);
        }

        text = RelativePicture().Replace(text, "(");
        return text.Contains('\\', StringComparison.Ordinal) || text.Contains('&', StringComparison.Ordinal) || ActiveStyles.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A picture beside the record, which an img may show as well.</summary>
    [GeneratedRegex(@"url\([A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\)")]
    private static partial Regex RelativePicture();

    private static Utf8Table<string> Table(string words) => new(words.Split(' ').Select(w => KeyValuePair.Create(w, w)));
}
