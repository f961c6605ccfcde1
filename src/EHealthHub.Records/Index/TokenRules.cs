using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Index;

/// <summary>
/// What is indexed, and what of a query the index can narrow. Both read the same table, so that a value is looked for exactly as it was written down. A token only proposes candidates; <see cref="SearchMatcher"/> decides.
/// In a patient's or an institution's compartment few things are indexed (type, code, category, encounter, month); in the directory, which is public within the hub, whatever has a value.
/// </summary>
internal static class TokenRules
{
    /// <summary>Values of one parameter that get their own token; a resource with more is listed under "many" and proposed for every value.</summary>
    public const int ValuesMax = 64;

    /// <summary>Months that a range may touch before it counts as "many".</summary>
    public const int MonthsMax = 3;

    /// <summary>Months that a query may span and still be driven by them.</summary>
    public const int QueryMonthsMax = 24;

    /// <summary>Leading letters of a text in the directory's index.</summary>
    public const int PrefixLength = 3;

    /// <summary>Stands, under no type, for what contains a resource of the type that is the value.</summary>
    public const string Contained = "\u0001contained";

    /// <summary>Stands for every value of a parameter.</summary>
    public const string Many = "\u0001many";

    private static readonly HashSet<string> Coded = new(StringComparer.Ordinal) { "code", "vaccine-code", "category" };

    private static readonly Dictionary<string, string> DateOf = new(StringComparer.Ordinal)
    {
        ["Appointment"] = "date",
        ["Claim"] = "created",
        ["Condition"] = "onset-date",
        ["ExplanationOfBenefit"] = "created",
        ["ImagingStudy"] = "started",
        ["MedicationAdministration"] = "effective-time",
        ["MedicationDispense"] = "whenhandedover",
        ["MedicationRequest"] = "authoredon",
        ["MedicationStatement"] = "effective",
        ["ServiceRequest"] = "authored",
        ["Slot"] = "start",
        ["Specimen"] = "collected",
        ["Task"] = "authored-on",
    };

    /// <summary>True where values of this parameter are in the index of a compartment.</summary>
    public static bool IsIndexed(string type, string parameter, FactKind kind, bool directory) => kind switch
    {
        FactKind.Token => directory || Coded.Contains(parameter) || (parameter == "type" && type is "DocumentReference" or "Composition" or "Encounter"),
        FactKind.Reference => directory || parameter == "encounter",
        FactKind.Date => directory || parameter == DateOf.GetValueOrDefault(type, "date"),
        FactKind.String or FactKind.Uri => directory,
        _ => false,
    };

    /// <summary>The (parameter, value) pairs of a version, each once; the pair of two empty texts stands for the type alone.</summary>
    public static HashSet<(string Parameter, string Value)> Of(SearchFacts facts, bool directory)
    {
        var pairs = new HashSet<(string, string)> { ("", "") };
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var fact in facts.Values)
        {
            if (!IsIndexed(facts.Type, fact.Parameter, fact.Kind, directory) || DrivesNothing(fact.Parameter))
            {
                continue;
            }

            foreach (var value in ValuesOf(fact))
            {
                var count = counts[fact.Parameter] = counts.GetValueOrDefault(fact.Parameter) + 1;
                pairs.Add((fact.Parameter, count <= ValuesMax ? value : Many));
            }
        }

        return pairs;
    }

    /// <summary>What stands beside a parameter (<c>code:text</c>, <c>identifier:of-type</c>) or is a part of a composite (<c>code-value-quantity$1</c>): no query is driven by it.</summary>
    private static bool DrivesNothing(string parameter) => parameter.AsSpan().IndexOfAny(':', '$') >= 0;

    /// <summary>How a value stands in the index: codes and texts folded as search folds them, a month as <c>yyyymm</c>.</summary>
    public static IEnumerable<string> ValuesOf(FactValue fact) => fact.Kind switch
    {
        FactKind.Token when fact.Text is { } code => [SearchText.Fold(code)],
        FactKind.Reference when fact.Text is { } text => [text],
        FactKind.Uri when fact.Text is { } uri => [WithoutVersion(uri)],
        FactKind.String when fact.Text is { } text => SearchText.FromEachWord(text).Select(Prefix),
        FactKind.Date => Months(fact.From, fact.To, MonthsMax) ?? [Many],
        _ => [],
    };

    /// <summary>The months that a range touches; null when they are more than <paramref name="max"/>.</summary>
    public static List<string>? Months(long from, long to, int max)
    {
        if (from > to || from < MinTime || to > MaxTime)
        {
            return null;
        }

        var (first, last) = (MonthOf(from), MonthOf(to));
        if (last - first >= max)
        {
            return null;
        }

        return [.. Enumerable.Range(first, last - first + 1).Select(m => $"{m / 12:0000}{(m % 12) + 1:00}")];
    }

    /// <summary>The first letters of a text, folded as search folds it.</summary>
    public static string Prefix(string text)
    {
        var folded = SearchText.Fold(text);
        return folded.Length <= PrefixLength ? folded : folded[..PrefixLength];
    }

    /// <summary>A canonical without its version: <c>url</c> finds <c>url|1.0</c>.</summary>
    public static string WithoutVersion(string uri) => uri.IndexOf('|', StringComparison.Ordinal) is var bar and >= 0 ? uri[..bar] : uri;

    // Years 1 to 9999: what DateTimeOffset can say.
    private static readonly long MinTime = Store.Microseconds.From(DateTimeOffset.MinValue);
    private static readonly long MaxTime = Store.Microseconds.From(DateTimeOffset.MaxValue);

    private static int MonthOf(long microseconds)
    {
        var time = Store.Microseconds.ToTime(microseconds);
        return (time.Year * 12) + time.Month - 1;
    }
}
