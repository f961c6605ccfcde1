namespace EHealthHub.Fhir.Validation;

/// <summary>A date, dateTime or instant as the span of time that it denotes.</summary>
/// <param name="From">First tick (100 ns), in UTC where a zone was written and in local time where not.</param>
/// <param name="To">Last tick.</param>
/// <param name="HasZone">True where a time with its zone was written.</param>
internal readonly record struct TimeSpanOf(long From, long To, bool HasZone)
{
    /// <summary>Farthest that two local times of the same text can lie apart.</summary>
    private const long ZoneSlack = 14 * TimeSpan.TicksPerHour;

    /// <summary>True when this certainly begins after all of <paramref name="other"/>: partial dates that may overlap are not after.</summary>
    public bool IsAfter(TimeSpanOf other) => From > other.To + (HasZone == other.HasZone ? 0 : ZoneSlack);
}

/// <summary>R4's date, dateTime, instant and time (2.24.0.1): the pattern, and that the day exists. Seconds may be 60.</summary>
internal static class FhirTime
{
    /// <summary>YYYY, YYYY-MM or YYYY-MM-DD.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out TimeSpanOf span)
    {
        span = default;
        if (text.Length is not (4 or 7 or 10) || !TryDigits(text, 0, 4, 1, 9999, out var year))
        {
            return false;
        }

        if (text.Length == 4)
        {
            span = Days(new DateTime(year, 1, 1), year == 9999 ? DateTime.MaxValue : new DateTime(year + 1, 1, 1));
            return true;
        }

        if (text[4] != (byte)'-' || !TryDigits(text, 5, 2, 1, 12, out var month))
        {
            return false;
        }

        var first = new DateTime(year, month, 1);
        if (text.Length == 7)
        {
            span = Days(first, first.Ticks >= new DateTime(9999, 12, 1).Ticks ? DateTime.MaxValue : first.AddMonths(1));
            return true;
        }

        if (text[7] != (byte)'-' || !TryDigits(text, 8, 2, 1, DateTime.DaysInMonth(year, month), out var day))
        {
            return false;
        }

        var date = first.AddDays(day - 1);
        span = new TimeSpanOf(date.Ticks, date.Ticks + TimeSpan.TicksPerDay - 1, false);
        return true;
    }

    /// <summary>A date, or a date with a time of at least seconds and a zone.</summary>
    public static bool TryDateTime(ReadOnlySpan<byte> text, out TimeSpanOf span) => text.Length <= 10 ? TryDate(text, out span) : TryInstant(text, out span);

    /// <summary>A date with a time of at least seconds and a zone.</summary>
    public static bool TryInstant(ReadOnlySpan<byte> text, out TimeSpanOf span)
    {
        span = default;
        if (text.Length < 20 || text[10] != (byte)'T' || !TryDate(text[..10], out var date))
        {
            return false;
        }

        var zoneAt = text[11..].IndexOfAny((byte)'Z', (byte)'+', (byte)'-');
        if (zoneAt < 0 || !TryTime(text.Slice(11, zoneAt), out var time, out var width) || !TryZone(text[(11 + zoneAt)..], out var offset))
        {
            return false;
        }

        var from = date.From + time - offset;
        span = new TimeSpanOf(from, from + width - 1, true);
        return true;
    }

    /// <summary>hh:mm:ss with or without a fraction, without a zone.</summary>
    public static bool IsTime(ReadOnlySpan<byte> text) => TryTime(text, out _, out _);

    private static TimeSpanOf Days(DateTime from, DateTime until) => new(from.Ticks, until.Ticks - 1, false);

    private static bool TryTime(ReadOnlySpan<byte> text, out long ticks, out long width)
    {
        ticks = 0;
        width = TimeSpan.TicksPerSecond;
        if (text.Length < 8 || text[2] != (byte)':' || text[5] != (byte)':'
            || !TryDigits(text, 0, 2, 0, 23, out var hour) || !TryDigits(text, 3, 2, 0, 59, out var minute) || !TryDigits(text, 6, 2, 0, 60, out var second))
        {
            return false;
        }

        ticks = (((hour * 60L) + minute) * 60 + second) * TimeSpan.TicksPerSecond;
        if (text.Length == 8)
        {
            return true;
        }

        var fraction = text[9..];
        if (text[8] != (byte)'.' || fraction.IsEmpty || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        foreach (var digit in fraction[..Math.Min(7, fraction.Length)])
        {
            width /= 10;
            ticks += (digit - (byte)'0') * width;
        }

        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text is [(byte)'Z'])
        {
            return true;
        }

        if (text.Length != 6 || text[3] != (byte)':' || !TryDigits(text, 1, 2, 0, 14, out var hour) || !TryDigits(text, 4, 2, 0, hour == 14 ? 0 : 59, out var minute))
        {
            return false;
        }

        ticks = ((hour * 60L) + minute) * TimeSpan.TicksPerMinute * (text[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, int at, int count, int min, int max, out int value)
    {
        value = 0;
        foreach (var digit in text.Slice(at, count))
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (digit - (byte)'0');
        }

        return value >= min && value <= max;
    }
}
