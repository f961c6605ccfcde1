using System.Globalization;
using System.Text.Json;

namespace EHealthHub.Access.Consent;

/// <summary>Reads a Period as a span with an exclusive end: <c>2022-12</c> ends where 2023 begins.</summary>
internal static class ConsentPeriod
{
    private static readonly string[] WithTime = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>False where something is not a date, where nothing is said, or where it ends before it begins.</summary>
    /// <param name="period">The Period.</param>
    /// <param name="offset">Zone of what has none.</param>
    /// <param name="from">Begin, inclusive; null where it is open.</param>
    /// <param name="until">End, exclusive; null where it is open.</param>
    public static bool TryRead(JsonElement period, TimeSpan offset, out DateTimeOffset? from, out DateTimeOffset? until)
    {
        (from, until) = (null, null);
        if (period.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in period.EnumerateObject())
        {
            switch (member.Name)
            {
                case "start" when TryMoment(member.Value, offset, out var start, out _):
                    from = start;
                    break;
                case "end" when TryMoment(member.Value, offset, out _, out var end):
                    until = end;
                    break;
                case "id" or "extension":
                    break;
                default:
                    return false;
            }
        }

        return (from is not null || until is not null) && !(from >= until);
    }

    /// <summary>The first moment that a date or dateTime means, and the first that it does not mean any more.</summary>
    private static bool TryMoment(JsonElement value, TimeSpan offset, out DateTimeOffset first, out DateTimeOffset next)
    {
        (first, next) = (default, default);
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: >= 4 and <= 40 } text)
        {
            return false;
        }

        if (text.Contains('T', StringComparison.Ordinal))
        {
            var hasZone = text[^1] == 'Z' || (text.Length > 19 && text.AsSpan(19).IndexOfAny('+', '-') >= 0);
            if (!hasZone || !DateTimeOffset.TryParseExact(text, WithTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out first) || first.UtcDateTime.Year is < 2 or > 9998)
            {
                return false;
            }

            next = text.Contains('.', StringComparison.Ordinal) ? first.AddTicks(1) : first.AddSeconds(1);
            return true;
        }

        var format = text.Length switch { 4 => "yyyy", 7 => "yyyy-MM", _ => "yyyy-MM-dd" };
        if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day.Year is < 2 or > 9998)
        {
            return false;
        }

        first = new DateTimeOffset(day, offset);
        next = new DateTimeOffset(text.Length switch { 4 => day.AddYears(1), 7 => day.AddMonths(1), _ => day.AddDays(1) }, offset);
        return true;
    }
}
