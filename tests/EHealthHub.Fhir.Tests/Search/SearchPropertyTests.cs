using System.Globalization;
using System.Text;
using CsCheck;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>The matcher against naive readings of R4 that share no code with it, on generated values and queries.</summary>
public sealed class SearchPropertyTests
{
    private static readonly Gen<string> Prefixes = Gen.OneOfConst("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb");

    // Few years, months and hours, so that ranges touch, contain and cross each other often.
    private static readonly Gen<string> Dates = Gen.Select(Gen.Int[2019, 2021], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 2], Gen.Int[0, 5], Gen.OneOfConst("", "Z", "+03:00", "-11:00"), (y, m, d, h, precision, zone) => precision switch
    {
        0 => $"{y}",
        1 => $"{y}-{m:00}",
        2 => $"{y}-{m:00}-{d:00}",
        3 => $"{y}-{m:00}-{d:00}T{h:00}:00{zone}",
        4 => $"{y}-{m:00}-{d:00}T{h:00}:00:00{zone}",
        _ => $"{y}-{m:00}-{d:00}T{h:00}:00:00.5{zone}",
    });

    [Fact]
    public void Dates_compare_as_a_naive_reading_of_R4_does() =>
        Gen.Select(Dates, Dates, Gen.Int[0, 3], Dates, Prefixes).Sample((start, end, shape, asked, prefix) =>
        {
            var (from, to) = shape switch
            {
                0 => Naive(start),
                1 => (Naive(start).From, Naive(end).To),
                2 => (Naive(start).From, DateTimeOffset.MaxValue),
                _ => (DateTimeOffset.MinValue, Naive(end).To),
            };
            if (from > to)
            {
                return;
            }

            var value = shape switch
            {
                0 => $$"""{"resourceType":"Observation","effectiveDateTime":"{{start}}"}""",
                1 => $$"""{"resourceType":"Observation","effectivePeriod":{"start":"{{start}}","end":"{{end}}"} }""",
                2 => $$"""{"resourceType":"Observation","effectivePeriod":{"start":"{{start}}"} }""",
                _ => $$"""{"resourceType":"Observation","effectivePeriod":{"end":"{{end}}"} }""",
            };
            var (askedFrom, askedTo) = Naive(asked);
            var contained = from >= askedFrom && to <= askedTo;
            var expected = prefix switch
            {
                "eq" => contained,
                "ne" => !contained,
                "gt" => to > askedTo,
                "lt" => from < askedFrom,
                "ge" => to > askedTo || contained,
                "le" => from < askedFrom || contained,
                "sa" => from > askedTo,
                _ => to < askedFrom,
            };
            Assert.Equal(expected, Matches("Observation", value, "date", prefix + asked));
        }, iter: 4_000, seed: "0000KOeoGGm4");

    private static readonly Gen<string> Systems = Gen.OneOfConst("", "http://loinc.org", "urn:a", "http://a|b");
    private static readonly Gen<string> Codes = Gen.OneOfConst("", "a", "A", "a,b", "x|y", "c\\d", "final", "0f9a6a4e-6d2b-4b0b-8a2e-0c6a2d2f6a11");
    private static readonly Gen<(string System, string Code)[]> Codings = Gen.Select(Systems, Codes, (s, c) => (s, c)).Array[0, 4];

    [Fact]
    public void Tokens_compare_as_a_naive_reading_of_R4_does() =>
        Gen.Select(Codings, Gen.Select(Systems, Codes, Gen.Bool).Array[1, 3], Gen.Bool).Sample((codings, asked, not) =>
        {
            var json = "{\"resourceType\":\"Observation\",\"code\":{\"coding\":[" + string.Join(',', codings.Select(c =>
                "{" + string.Join(',', new[] { c.System.Length > 0 ? $"\"system\":\"{c.System}\"" : null, c.Code.Length > 0 ? $"\"code\":\"{c.Code.Replace("\\", "\\\\", StringComparison.Ordinal)}\"" : null }.Where(p => p is not null)) + "}")) + "]}}";
            var forms = new List<string>();
            var accepted = false;
            foreach (var (system, code, withSystem) in asked)
            {
                if (code.Length == 0 && (system.Length == 0 || !withSystem))
                {
                    continue;
                }

                forms.Add(withSystem ? Escape(system) + "|" + Escape(code) : Escape(code));
                accepted |= codings.Any(c => c.System.Length + c.Code.Length > 0 && (!withSystem || c.System == system) && (code.Length == 0 || c.Code == code));
            }

            if (forms.Count > 0)
            {
                Assert.Equal(not ? !accepted : accepted, Matches("Observation", json, not ? "code:not" : "code", string.Join(',', forms)));
            }
        }, iter: 4_000, seed: "0000KOeoGGm4");

    [Fact]
    public void Strings_that_fold_alike_find_each_other() =>
        Gen.String[Gen.OneOfConst('a', 'A', 'á', 'I', 'ı', 'İ', 'i', 'ß', ' ', '-', '\u0301', 'ş', 'S', 'æ'), 1, 8].Select(Gen.Int[0, 8]).Sample((text, cut) =>
        {
            var folded = SearchText.Fold(text);
            if (folded.Length > 0)
            {
                var json = $$"""{"resourceType":"Patient","name":[{"family":"{{text}}"}]}""";
                Assert.True(Matches("Patient", json, "family", folded[..Math.Max(1, Math.Min(cut, folded.Length))].Replace(" ", " ", StringComparison.Ordinal).TrimEnd() is { Length: > 0 } start ? start : folded));
                Assert.True(Matches("Patient", json, "family:contains", folded[(folded.Length / 2)..].Trim() is { Length: > 0 } middle ? middle : folded));
                Assert.True(Matches("Patient", json, "family:exact", Escape(text)));
            }
        }, iter: 2_000, seed: "0000KOeoGGm4");

    [Fact]
    public void No_query_of_any_shape_throws() =>
        Gen.Select(Gen.OneOfConst("Observation", "Patient", "Encounter", "ValueSet", "RiskAssessment", "x"), Pairs, Gen.Bool).Sample((type, pairs, strict) =>
        {
            if (SearchQuery.Parse(type, pairs, strict).Try(out var query, out var failure))
            {
                _ = SearchMatcher.Matches(query, Some.Facts(Stored));
                Assert.All(query.Criteria, c => Assert.NotEmpty(c.Values));
            }
            else
            {
                Assert.InRange(failure.Status, 400, 404);
            }
        }, iter: 20_000, seed: "0000KOeoGGm4");

    private const string Stored = """
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x","coding":[{"system":"http://loinc.org","code":"1"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020","valueQuantity":{"value":1,"unit":"g"}}
        """;

    private static Gen<List<KeyValuePair<string, string>>> Pairs
    {
        get
        {
            var noise = Gen.String[Gen.OneOf(Gen.Char["|,\\$:./?#eqnltgsab0123456789T+-Z \u0130ı"], Gen.Char), 0, 24];
            var name = Gen.OneOf(
                Gen.OneOfConst("code", "date", "value-quantity", "subject", "patient", "name", "_id", "_lastUpdated", "_count", "_cursor", "url", "probability", "_profile", "status", "_has:a:b:c", "code:not", "subject:Patient", "code:text", "name:exact", "url:below", "date:missing", ""),
                noise);
            var value = Gen.OneOf(
                Gen.OneOfConst("a|b", "ge2020-01-01", "5.4|http://unitsofmeasure.org|mg", "Patient/1", "true", "1e2", "2020-01-01T00:00:00.000+14:00", "\\", "\\,", "-1", "9999", "eb9999-12-31T23:59:60Z"),
                noise);
            return Gen.Select(name, value, KeyValuePair.Create).List[0, 6];
        }
    }

    private static (DateTimeOffset From, DateTimeOffset To) Naive(string text)
    {
        var zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal) && text.Contains('T', StringComparison.Ordinal);
        var format = text.Length switch { 4 => "yyyy", 7 => "yyyy-MM", 10 => "yyyy-MM-dd", _ => null };
        var start = format is not null
            ? DateTimeOffset.ParseExact(text + " +03:00", format + " zzz", CultureInfo.InvariantCulture)
            : DateTimeOffset.Parse(zoned ? text : text + "+03:00", CultureInfo.InvariantCulture);
        var end = format switch
        {
            "yyyy" => start.AddYears(1),
            "yyyy-MM" => start.AddMonths(1),
            "yyyy-MM-dd" => start.AddDays(1),
            _ => text.Contains('.', StringComparison.Ordinal) ? start.AddMilliseconds(100) : text.Split('T')[1].TrimEnd('Z').Split('+', '-')[0].Length == 5 ? start.AddMinutes(1) : start.AddSeconds(1),
        };
        return (start, end.AddMicroseconds(-1));
    }

    private static string Escape(string text) =>
        new StringBuilder(text).Replace("\\", "\\\\").Replace(",", "\\,").Replace("|", "\\|").Replace("$", "\\$").ToString();

    private static bool Matches(string type, string json, string name, string value)
    {
        Assert.True(SearchQuery.Parse(type, [KeyValuePair.Create(name, value)], true).Try(out var query, out var failure), failure?.Issues[0].Diagnostics);
        return SearchMatcher.Matches(query, Some.Facts(json));
    }
}
