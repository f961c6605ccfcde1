using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Fhir.Http;

/// <summary>One media type or range of a header, taken apart (RFC 9110, 8.3.1 and 12.5.1). Names are lower case.</summary>
internal sealed record MediaType(string Type, string Subtype, string? FhirVersion, string? Charset, double Quality)
{
    private const int LengthMax = 256;
    private const double QualityStep = 1_000;

    /// <summary>Type and subtype.</summary>
    public string Name => Type + "/" + Subtype;

    /// <summary>2 for a type, 1 for <c>type/*</c>, 0 for <c>*/*</c>.</summary>
    public int Precision => Subtype != "*" ? 2 : Type != "*" ? 1 : 0;

    /// <summary>True when the range covers the type.</summary>
    public bool Covers(string type, string subtype) => (Type == "*" || Type == type) && (Subtype == "*" || Subtype == subtype);

    /// <summary>False for what is no media type. Parameters that are not known are let pass.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MediaType? media)
    {
        media = null;
        text = text.Trim();
        var parameters = text.IndexOf(';');
        var name = (parameters < 0 ? text : text[..parameters]).Trim();
        var slash = name.IndexOf('/');
        if (text.Length > LengthMax || slash <= 0 || !IsToken(name[..slash]) || !IsToken(name[(slash + 1)..]) || (name[0] == '*' && !name.SequenceEqual("*/*")))
        {
            return false;
        }

        string? version = null;
        string? charset = null;
        var quality = 1.0;
        for (var rest = parameters < 0 ? default : text[(parameters + 1)..]; !rest.IsEmpty;)
        {
            var end = rest.IndexOf(';');
            var parameter = (end < 0 ? rest : rest[..end]).Trim();
            rest = end < 0 ? default : rest[(end + 1)..];
            var equals = parameter.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var key = parameter[..equals].Trim();
            var value = parameter[(equals + 1)..].Trim().Trim('"');
            if (key.Equals("q", StringComparison.OrdinalIgnoreCase) && !TryQuality(value, out quality))
            {
                return false;
            }

            version = key.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase) ? value.ToString() : version;
            charset = key.Equals("charset", StringComparison.OrdinalIgnoreCase) ? value.ToString() : charset;
        }

        media = new MediaType(name[..slash].ToString().ToLowerInvariant(), name[(slash + 1)..].ToString().ToLowerInvariant(), version, charset, quality);
        return true;
    }

    /// <summary>0 to 1 with at most three decimals (RFC 9110, 12.4.2).</summary>
    private static bool TryQuality(ReadOnlySpan<char> text, out double quality)
    {
        quality = 0;
        if (text.Length is 0 or > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.'))
        {
            return false;
        }

        var thousandths = (text[0] - '0') * (int)QualityStep;
        var step = 100;
        foreach (var digit in text.Length > 2 ? text[2..] : default)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            thousandths += (digit - '0') * step;
            step /= 10;
        }

        quality = thousandths / QualityStep;
        return quality <= 1;
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }
}
