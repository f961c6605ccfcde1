namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Numbers of a query with the range that their digits leave open (R4 3.1.1.4.6): 100 is [99.5, 100.5), 100.00 is [99.995, 100.005), 1e2 is [95, 105).</summary>
internal static class NumberText
{
    private const int DigitsMax = 18;
    private const int ExponentMax = 9;
    private const int ExponentMin = -20;

    /// <summary>Reads <c>[+|-]digits[.digits][e[+|-]digits]</c>. False for anything else, for more than 18 digits, and for a last digit beyond 10⁹ or 10⁻²⁰.</summary>
    internal static bool TryParse(string text, out decimal number, out decimal low, out decimal high)
    {
        (number, low, high) = (0, 0, 0);
        var at = text is ['+' or '-', ..] ? 1 : 0;
        long mantissa = 0;
        var (digits, fraction, seenPoint) = (0, 0, false);
        for (; at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && !seenPoint && digits > 0)); at++)
        {
            if (text[at] == '.')
            {
                seenPoint = true;
                continue;
            }

            mantissa = unchecked((mantissa * 10) + (text[at] - '0'));
            digits++;
            fraction += seenPoint ? 1 : 0;
        }

        if (digits is 0 or > DigitsMax || (seenPoint && fraction == 0) || !Exponent(text.AsSpan(at), out var exponent))
        {
            return false;
        }

        // R4's own example gives 1e2 the range of 1.0e2: with an exponent, at least one digit after the point counts.
        var precision = exponent - (at < text.Length ? Math.Max(fraction, 1) : fraction);
        exponent -= fraction;
        if (exponent is < ExponentMin or > ExponentMax)
        {
            return false;
        }

        var half = Scale(5, precision - 1);
        number = Scale(text[0] == '-' ? -mantissa : mantissa, exponent);
        low = number - half;
        high = number + half;
        return true;
    }

    private static bool Exponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        var negative = text is [_, '-', ..];
        var digits = text[(negative || text is [_, '+', ..] ? 2 : 1)..];
        if (text[0] is not ('e' or 'E') || digits.Length is 0 or > 2 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + (digit - '0');
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static decimal Scale(long mantissa, int exponent)
    {
        decimal scaled = mantissa;
        for (; exponent > 0; exponent--)
        {
            scaled *= 10;
        }

        return exponent == 0 ? scaled : scaled * new decimal(1, 0, 0, false, (byte)-exponent);
    }
}
