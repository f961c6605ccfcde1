using System.Buffers.Text;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>Dates and times of R4 as the range of microseconds that their precision leaves open (R4 3.1.1.4.7). Both ends inclusive, counted from 1970 UTC.</summary>
internal static class FhirDate
{
    /// <summary>No known beginning.</summary>
    internal const long Open = long.MinValue;

    /// <summary>No known end.</summary>
    internal const long OpenEnd = long.MaxValue;

    /// <summary>Longest text that can be a date; more digits of a second's fraction than this leaves room for are no FHIR.</summary>
    internal const int LengthMax = 64;

    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private const long Day = 1440 * Minute;

    /// <summary>Reads <c>YYYY</c>, <c>YYYY-MM</c>, <c>YYYY-MM-DD</c>, or the last with <c>Thh:mm[:ss[.fff]]</c> and an optional zone. False for anything else.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, int zoneMinutes, out long from, out long to)
    {
        from = to = 0;
        if (text.Length > LengthMax || !Digits(text, 0, 4, out var year) || year == 0)
        {
            return false;
        }

        if (text.Length == 4)
        {
            return Range(Days(year, 1, 1), Days(year + 1, 1, 1), zoneMinutes, out from, out to);
        }

        if (text[4] != '-' || !Digits(text, 5, 2, out var month) || month is 0 or > 12)
        {
            return false;
        }

        if (text.Length == 7)
        {
            return Range(Days(year, month, 1), Days(year + (month / 12), (month % 12) + 1, 1), zoneMinutes, out from, out to);
        }

        if (text[7] != '-' || !Digits(text, 8, 2, out var day) || day == 0 || day > DaysIn(year, month))
        {
            return false;
        }

        var start = Days(year, month, day);
        return text.Length == 10 ? Range(start, start + 1, zoneMinutes, out from, out to) : text[10] == 'T' && Time(text[11..], start * Day, zoneMinutes, out from, out to);
    }

    // hh:mm, hh:mm:ss, hh:mm:ss.f… each with or without a zone. Second 60 is a leap second (R4's pattern allows it) and counts as the next minute's first.
    private static bool Time(ReadOnlySpan<byte> text, long day, int zoneMinutes, out long from, out long to)
    {
        from = to = 0;
        if (!Digits(text, 0, 2, out var hour) || hour > 23 || text.Length < 5 || text[2] != ':' || !Digits(text, 3, 2, out var minute) || minute > 59)
        {
            return false;
        }

        var width = Minute;
        var micros = day + (((hour * 60) + minute) * Minute);
        var rest = text[5..];
        if (!rest.IsEmpty && rest[0] == ':')
        {
            if (!Digits(rest, 1, 2, out var second) || second > 60)
            {
                return false;
            }

            width = Second;
            micros += second * Second;
            rest = rest[3..];
            if (!rest.IsEmpty && rest[0] == '.' && !Fraction(ref rest, ref micros, ref width))
            {
                return false;
            }
        }

        if (!Zone(rest, ref zoneMinutes))
        {
            return false;
        }

        from = micros - (zoneMinutes * Minute);
        to = from + width - 1;
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<byte> rest, ref long micros, ref long width)
    {
        var at = 1;
        for (; at < rest.Length && char.IsAsciiDigit((char)rest[at]); at++)
        {
            // Digits beyond the microsecond are dropped.
            if (width > 1)
            {
                width /= 10;
                micros += (rest[at] - '0') * width;
            }
        }

        rest = rest[at..];
        return at > 1;
    }

    private static bool Zone(ReadOnlySpan<byte> text, ref int zoneMinutes)
    {
        if (text.IsEmpty || (text.Length == 1 && text[0] == 'Z'))
        {
            zoneMinutes = text.IsEmpty ? zoneMinutes : 0;
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' || !Digits(text, 1, 2, out var hours) || !Digits(text, 4, 2, out var minutes)
            || minutes > 59 || (hours * 60) + minutes > 14 * 60)
        {
            return false;
        }

        zoneMinutes = ((hours * 60) + minutes) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Range(long firstDay, long dayAfter, int zoneMinutes, out long from, out long to)
    {
        from = (firstDay * Day) - (zoneMinutes * Minute);
        to = (dayAfter * Day) - (zoneMinutes * Minute) - 1;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int at, int count, out int number)
    {
        number = 0;
        return at + count <= text.Length && char.IsAsciiDigit((char)text[at]) && Utf8Parser.TryParse(text.Slice(at, count), out number, out var used) && used == count;
    }

    private static int DaysIn(int year, int month) => DateTime.DaysInMonth(year, month);

    // Days since 1970-01-01 in the proleptic Gregorian calendar. Own arithmetic because the year after 9999 is needed for an end.
    private static long Days(int year, int month, int day)
    {
        var y = (long)(month > 2 ? year : year - 1);
        var era = y / 400;
        var yearOfEra = y - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }
}
