using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Auditor.Index;

/// <summary>What an auditor asks for. Everything is optional; everything has a bound, and what is not understood is refused and not ignored.</summary>
internal sealed record EntryFilter
{
    /// <summary>Longest value in characters.</summary>
    public const int ValueMax = 128;

    /// <summary>Most entries on a page.</summary>
    public const int SizeMax = 200;

    /// <summary>Deepest reach of paging, in entries from the newest on; whoever wants more narrows the filter.</summary>
    public const int ReachMax = 10_000;

    private const int SizeDefault = 50;

    private static readonly string[] Known = ["patient", "actor", "institution", "purpose", "kind", "outcome", "day", "page", "size", "lang", "format"];

    public string Patient { get; init; } = "";

    public string Actor { get; init; } = "";

    public string Institution { get; init; } = "";

    public string Purpose { get; init; } = "";

    public EntryKind Kind { get; init; }

    public Outcome Outcome { get; init; }

    public DateOnly? Day { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public int Size { get; init; } = SizeDefault;

    /// <summary>Reads a query string's values; the fault names the parameter.</summary>
    public static bool TryParse(IEnumerable<KeyValuePair<string, string>> query, [NotNullWhen(true)] out EntryFilter? filter, [NotNullWhen(false)] out string? faultAt)
    {
        filter = null;
        faultAt = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query)
        {
            if (!Known.Contains(name, StringComparer.Ordinal) || value.Length > ValueMax || !values.TryAdd(name, value.Trim()))
            {
                faultAt = name.Length > ValueMax ? name[..ValueMax] : name;
                return false;
            }
        }

        faultAt = Parse(values, out filter);
        return faultAt is null;
    }

    /// <summary>The filter's own query string, without page, beginning with '?': one spelling for links.</summary>
    public string ToQuery()
    {
        var parts = new List<string>();
        void Put(string name, string value)
        {
            if (value.Length > 0)
            {
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        Put("patient", Patient);
        Put("actor", Actor);
        Put("institution", Institution);
        Put("purpose", Purpose);
        Put("kind", Kind == 0 ? "" : Kind.ToString());
        Put("outcome", Outcome == 0 ? "" : Outcome.ToString());
        Put("day", Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "");
        Put("size", Size == SizeDefault ? "" : Size.ToString(CultureInfo.InvariantCulture));
        return "?" + string.Join('&', parts);
    }

    private static string? Parse(Dictionary<string, string> values, out EntryFilter? filter)
    {
        filter = null;
        if (!TryEnum<EntryKind>(values, "kind", out var kind))
        {
            return "kind";
        }

        if (!TryEnum<Outcome>(values, "outcome", out var outcome))
        {
            return "outcome";
        }

        DateOnly? day = null;
        if (Value(values, "day") is { Length: > 0 } text)
        {
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            {
                return "day";
            }

            day = parsed;
        }

        if (!TryNumber(values, "size", SizeDefault, SizeMax, out var size))
        {
            return "size";
        }

        if (!TryNumber(values, "page", 1, ReachMax / size, out var page))
        {
            return "page";
        }

        filter = new EntryFilter
        {
            Patient = Value(values, "patient"),
            Actor = Value(values, "actor"),
            Institution = Value(values, "institution"),
            Purpose = Value(values, "purpose"),
            Kind = kind,
            Outcome = outcome,
            Day = day,
            Page = page,
            Size = size,
        };
        return null;
    }

    private static string Value(Dictionary<string, string> values, string name) => values.GetValueOrDefault(name, "");

    private static bool TryEnum<T>(Dictionary<string, string> values, string name, out T value)
        where T : struct, Enum
    {
        value = default;
        var text = Value(values, name);
        return text.Length == 0 || (char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value));
    }

    private static bool TryNumber(Dictionary<string, string> values, string name, int otherwise, int max, out int number)
    {
        var text = Value(values, name);
        number = otherwise;
        return text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max);
    }
}
