namespace EHealthHub.Fhir.Validation;

/// <summary>The Turkish national identity number (T.C. kimlik numarası): eleven digits of which the last two are computed from the others.</summary>
public static class NationalId
{
    /// <summary>The identifier system of the number.</summary>
    public const string System = "urn:oid:2.16.840.1.113883.3.129.1.1.1";

    /// <summary>
    /// True when <paramref name="text"/> is eleven digits, the first not 0, with d10 = (7(d1+d3+d5+d7+d9) - (d2+d4+d6+d8)) mod 10 and d11 = (d1+...+d10) mod 10. It catches every single wrong digit, but not every transposition.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length != 11 || text[0] == '0')
        {
            return false;
        }

        var odd = 0;
        var even = 0;
        for (var i = 0; i < 9; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            _ = i % 2 == 0 ? odd += text[i] - '0' : even += text[i] - '0';
        }

        // 100 keeps the left side positive: even is at most 36.
        var tenth = ((7 * odd) - even + 100) % 10;
        return text[9] - '0' == tenth && text[10] - '0' == (odd + even + tenth) % 10;
    }
}
