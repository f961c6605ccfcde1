using System.Globalization;

namespace EHealthHub.Operator.Synthetic;

/// <summary>
/// Turkish national identity numbers (T.C. kimlik no): eleven digits, the last two computed from the first nine. Those made here begin with 90 to 98, where no citizen's number has been given out.
/// </summary>
internal static class NationalId
{
    /// <summary>The identifier system.</summary>
    public const string System = "urn:oid:2.16.840.1.113883.3.129.1.1.1";

    /// <summary>How many different numbers one seed has.</summary>
    public const int CountMax = 90_000_000;

    // Shares no factor with CountMax: its multiples visit every number once, neighbours far apart.
    private const long Step = 48_271_003;

    /// <summary>The number of a patient: different for every index of a seed.</summary>
    public static string Of(ulong seed, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, CountMax);
        var offset = new SeededSource(seed, ulong.MaxValue).Below(CountMax);
        return Complete(900_000_000 + ((offset + (index * Step)) % CountMax));
    }

    /// <summary>Adds the two check digits to nine digits.</summary>
    public static string Complete(long nineDigits)
    {
        var text = nineDigits.ToString("D9", CultureInfo.InvariantCulture);
        var odd = 0;
        var even = 0;
        for (var i = 0; i < 9; i++)
        {
            var digit = text[i] - '0';
            odd += i % 2 == 0 ? digit : 0;
            even += i % 2 == 0 ? 0 : digit;
        }

        var tenth = ((((7 * odd) - even) % 10) + 10) % 10;
        var eleventh = (odd + even + tenth) % 10;
        return string.Create(CultureInfo.InvariantCulture, $"{text}{tenth}{eleventh}");
    }
}
