namespace EHealthHub.Trust.Clinicians;

/// <summary>The Turkish national identity number (TCKN): eleven digits, two of them checks.</summary>
public static class NationalId
{
    /// <summary>Number of digits.</summary>
    public const int Length = 11;

    // How a card's subject serialNumber may introduce the number: bare, with the registry's name, or as a semantics identifier (ETSI EN 319 412-1, 5.1.3).
    private static readonly string[] Prefixes = ["PNOTR-", "TCKN-", ""];

    /// <summary>True for eleven digits, not starting with 0, whose two check digits hold.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length != Length || text[0] == '0' || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var odd = 0;
        var even = 0;
        for (var i = 0; i < 9; i++)
        {
            _ = i % 2 == 0 ? odd += text[i] - '0' : even += text[i] - '0';
        }

        var tenth = (((7 * odd) - even) % 10 + 10) % 10;
        var eleventh = (odd + even + tenth) % 10;
        return text[9] - '0' == tenth && text[10] - '0' == eleventh;
    }

    /// <summary>The number in a certificate's subject serialNumber (2.5.4.5), bare or after <c>PNOTR-</c> or <c>TCKN-</c>; null where there is no valid one.</summary>
    public static string? FromSerialNumber(string serialNumber)
    {
        foreach (var prefix in Prefixes)
        {
            if (serialNumber.StartsWith(prefix, StringComparison.Ordinal) && IsValid(serialNumber.AsSpan(prefix.Length)))
            {
                return serialNumber[prefix.Length..];
            }
        }

        return null;
    }

    /// <summary>Completes nine digits, the first not 0, with their two check digits.</summary>
    internal static string Complete(string nineDigits)
    {
        for (var check = 0; check < 100; check++)
        {
            var candidate = nineDigits + check.ToString("00", System.Globalization.CultureInfo.InvariantCulture);
            if (IsValid(candidate))
            {
                return candidate;
            }
        }

        throw new ArgumentException("Nine digits are wanted, the first not 0.", nameof(nineDigits));
    }
}
