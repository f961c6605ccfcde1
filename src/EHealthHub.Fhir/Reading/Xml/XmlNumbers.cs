using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>Booleans and numbers as R4 writes them in XML: exactly what JSON can carry without changing a digit.</summary>
internal static class XmlNumbers
{
    private const int LengthMax = 1_024;

    /// <summary>True when the text is <c>true</c> or <c>false</c> for a boolean, else a number in the grammar of JSON. Ranges, and that an integer is whole, are for the validator.</summary>
    public static bool HasForm(PrimitiveKind kind, string text) => kind == PrimitiveKind.Boolean ? text is "true" or "false" : text.Length <= LengthMax && IsNumber(text);

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        text = text.StartsWith("-") ? text[1..] : text;
        var whole = Digits(ref text);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }

        if (text.StartsWith("."))
        {
            text = text[1..];
            if (Digits(ref text).IsEmpty)
            {
                return false;
            }
        }

        if (text.StartsWith("e", StringComparison.OrdinalIgnoreCase))
        {
            text = text[1..];
            text = text.StartsWith("+") || text.StartsWith("-") ? text[1..] : text;
            if (Digits(ref text).IsEmpty)
            {
                return false;
            }
        }

        return text.IsEmpty;
    }

    private static ReadOnlySpan<char> Digits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }
}
