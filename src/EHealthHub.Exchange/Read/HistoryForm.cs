using System.Globalization;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Read;

/// <summary>The parameters of a history (R4 3.1.0.12): <c>_since</c> (an instant), <c>_at</c> (a date or time), <c>_count</c>, each at most once, and the hub's own continuations.</summary>
public sealed record HistoryForm
{
    /// <summary>Versions on a page where none are asked for.</summary>
    public const int CountDefault = 50;

    /// <summary>Most versions on a page; who asks for more gets pages of this size.</summary>
    public const int CountMax = 200;

    /// <summary>Versions on a page.</summary>
    public int Count { get; private init; } = CountDefault;

    /// <summary>Stretch of time.</summary>
    public HistoryWindow Window { get; private init; } = HistoryWindow.Always;

    /// <summary>Continuation of an instance's history: only versions below; null on the first page.</summary>
    public int? Before { get; private init; }

    /// <summary>Continuation of a type's or the system's history; null on the first page.</summary>
    public string? Cursor { get; private init; }

    /// <summary>What was asked, without continuations, for links.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Used { get; private init; } = [];

    /// <summary>Reads the parameters; 400 with the name of the one that cannot be served.</summary>
    public static Result<HistoryForm> Parse(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var form = new HistoryForm();
        var used = new List<KeyValuePair<string, string>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (value.Length == 0 && name != "_cursor")
            {
                continue; // a parameter without a value says nothing
            }

            if (!seen.Add(name))
            {
                return Bad(name, "may be given once");
            }

            switch (name)
            {
                case "_count" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0:
                    form = form with { Count = Math.Min(count, CountMax) };
                    break;
                case "_before" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var before) && before > 0:
                    form = form with { Before = before };
                    continue;
                case "_cursor":
                    form = form with { Cursor = value };
                    continue;
                case "_since" when Since(value) is { } since:
                    form = form with { Window = since };
                    break;
                case "_at" when At(value) is { } at:
                    form = form with { Window = at };
                    break;
                case "_format" or "_pretty":
                    break;
                default:
                    return Bad(name, "is not supported here, or its value is not valid");
            }

            used.Add(new(name, value));
        }

        return seen.Contains("_since") && seen.Contains("_at") ? Bad("_at", "cannot be combined with _since") : form with { Used = used };
    }

    /// <summary>An instant has a time to the second and a zone (R4 2.24.0.1).</summary>
    private static HistoryWindow? Since(string value) =>
        value.Length >= "2026-01-01T00:00:00Z".Length && value[10] == 'T' && (value[^1] == 'Z' || value[^6] is '+' or '-') && Range(value) is { } range ? new HistoryWindow(range.From, long.MaxValue, false) : null;

    private static HistoryWindow? At(string value) => Range(value) is { } range ? new HistoryWindow(range.From, range.To, true) : null;

    /// <summary>A date of any precision as search reads it, without a prefix.</summary>
    private static (long From, long To)? Range(string value) =>
        value.Length <= 64 && char.IsAsciiDigit(value[0]) && !value.Contains(',', StringComparison.Ordinal)
        && SearchQuery.Parse("Basic", [new("_lastUpdated", value)], strict: true).Try(out var query, out _) && query.Criteria is [{ Values: [{ Prefix: "eq" } date] }]
            ? (date.From, date.To)
            : null;

    private static Failure Bad(string name, string what)
    {
        var shown = name.Length <= 64 ? name : name[..64];
        return Failure.Of(400, "invalid", "parameter-invalid", $"The parameter {shown} {what}.", shown);
    }
}
