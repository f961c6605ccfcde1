using System.Globalization;
using CsCheck;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>The matcher over bytes against the naive one over objects: random corpora, random queries of every parameter type, modifiers, composites, filters and answered lookups.</summary>
public sealed class SearchDifferentialTests
{
    private static readonly Gen<string> Codes = Gen.OneOfConst("a", "b", "A", "a\\,b", "8480-6");
    private static readonly Gen<string> Systems = Gen.OneOfConst("http://loinc.org", "urn:s");
    private static readonly Gen<string> Ids = Gen.OneOfConst("1", "2", "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a");
    private static readonly Gen<string> UnitCodes = Gen.OneOfConst("mg", "g", "kg", "mL", "dL", "tablet");
    private static readonly Gen<string> Numbers = Gen.Select(Gen.Int[-12, 12], Gen.Int[0, 2], Gen.Int[0, 99], (n, digits, f) => digits == 0 ? $"{n}" : $"{n}.{f.ToString("00", CultureInfo.InvariantCulture)[..digits]}");
    private static readonly Gen<string> Dates = Gen.Select(Gen.Int[2019, 2021], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[0, 3], (y, m, d, p) => p switch { 0 => $"{y}", 1 => $"{y}-0{m}", 2 => $"{y}-0{m}-0{d}", _ => $"{y}-0{m}-0{d}T0{d}:30:00Z" });
    private static readonly Gen<string> Words = Gen.OneOfConst("Kan", "kan şekeri", "ŞEKER", "Işık", "ISIK", "x");

    private static readonly Gen<string> Codings = Gen.Select(Systems, Codes, Gen.Int[0, 2], (s, c, shape) => shape switch
    {
        0 => $$"""{"system":"{{s}}","code":"{{Json(c)}}"}""",
        1 => $$"""{"code":"{{Json(c)}}"}""",
        _ => $$"""{"system":"{{s}}"}""",
    });

    private static readonly Gen<string> Concepts = Gen.Select(Codings.Array[0, 3], Words.Null(), (codings, text) => "{\"coding\":[" + string.Join(',', codings) + "]" + (text is null ? "" : $",\"text\":\"{text}\"") + "}");

    private static readonly Gen<string> Quantities = Gen.Select(Numbers, UnitCodes, Gen.Int[0, 2], (n, u, shape) => shape switch
    {
        0 => $$"""{"value":{{n}},"system":"http://unitsofmeasure.org","code":"{{u}}","unit":"U"}""",
        1 => $$"""{"value":{{n}},"unit":"{{u}}"}""",
        _ => $$"""{"value":{{n}}}""",
    });

    private static readonly Gen<string> Values = Gen.OneOf(Quantities.Select(q => $",\"valueQuantity\":{q}"), Concepts.Select(c => $",\"valueCodeableConcept\":{c}"), Words.Select(w => $",\"valueString\":\"{w}\""), Dates.Select(d => $",\"valueDateTime\":\"{d}\""), Gen.Const(""));
    private static readonly Gen<string> Components = Gen.Select(Concepts, Values, (c, v) => "{\"code\":" + c + v + "}");

    private static readonly Gen<string> Effective = Gen.OneOf(
        Dates.Select(d => $",\"effectiveDateTime\":\"{d}\""),
        Dates.Select(d => $",\"effectivePeriod\":{{\"start\":\"{d}\"}}"),
        Dates.Select(d => $",\"effectivePeriod\":{{\"end\":\"{d}\"}}"),
        Gen.Const(""));

    private static readonly Gen<string> References = Gen.Select(Gen.OneOfConst("Patient", "Group", "Practitioner"), Ids, Gen.Int[0, 3], (t, id, shape) => shape switch
    {
        0 => $$"""{"reference":"{{t}}/{{id}}"}""",
        1 => $$"""{"reference":"{{t}}/{{id}}/_history/3"}""",
        2 => $$"""{"reference":"https://other.example/fhir/{{t}}/{{id}}"}""",
        _ => $$"""{"identifier":{"system":"urn:s","value":"{{id}}"} }""",
    });

    private static readonly Gen<string> Identifiers = Gen.Select(Systems, Codes, Codings, (s, v, type) => $$"""{"system":"{{s}}","value":"{{Json(v)}}","type":{"coding":[{{type}}]} }""");
    private static readonly Gen<string> Profiles = Gen.OneOfConst("http://p", "http://p/a", "http://p|1", "http://p/a|1.0", "http://pa");

    private static readonly Gen<string> Observations = Gen.Select(
        Gen.Select(Ids, Gen.OneOfConst("final", "amended"), Concepts, References, Effective, (id, status, code, subject, effective) => $$"""{"resourceType":"Observation","id":"{{id}}","status":"{{status}}","code":{{code}},"subject":{{subject}}{{effective}}"""),
        Values,
        Components.Array[0, 3],
        Identifiers.Array[0, 2],
        Profiles.Array[0, 2],
        References,
        (head, value, components, identifiers, profiles, performer) =>
            $$"""{{head}}{{value}},"component":[{{string.Join(',', components)}}],"identifier":[{{string.Join(',', identifiers)}}],"performer":[{{performer}}],"meta":{"profile":[{{string.Join(',', profiles.Select(p => $"\"{p}\""))}}]} }""");

    private static readonly Gen<string> Prefixes = Gen.OneOfConst("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap");
    private static readonly Gen<string> Tokens = Gen.Select(Systems, Codes, Gen.Int[0, 3], (s, c, shape) => shape switch { 0 => c, 1 => $"{s}|{c}", 2 => $"|{c}", _ => $"{s}|" });
    private static readonly Gen<string> AskedQuantities = Gen.Select(Prefixes, Numbers, UnitCodes, Gen.Int[0, 2], (p, n, u, shape) => shape switch { 0 => p + n, 1 => $"{p}{n}||{u}", _ => $"{p}{n}|http://unitsofmeasure.org|{u}" });
    private static readonly Gen<string> AskedDates = Gen.Select(Prefixes, Dates, (p, d) => p + d);
    private static readonly Gen<string> AskedReferences = Gen.Select(Gen.OneOfConst("Patient/", "Group/", "", "Practitioner/"), Ids, Gen.Bool, (t, id, versioned) => t + id + (versioned && t.Length > 0 ? "/_history/3" : ""));

    private static readonly Gen<string> Criteria = Gen.OneOf(
        Pair(Gen.OneOfConst("code", "combo-code", "component-code", "value-concept", "combo-value-concept", "identifier", "code:not", "value-concept:not", "status:not"), Tokens),
        Pair(Gen.OneOfConst("code:text", "component-code:text", "value-string", "value-string:contains", "value-string:exact"), Words),
        Pair(Gen.OneOfConst("value-quantity", "component-value-quantity", "combo-value-quantity"), AskedQuantities),
        Pair(Gen.OneOfConst("date", "value-date"), AskedDates),
        Pair(Gen.OneOfConst("subject", "performer"), AskedReferences),
        Pair(Gen.OneOfConst("subject:identifier", "performer:identifier"), Gen.Select(Ids, Gen.Bool, (id, s) => s ? "urn:s|" + id : id)),
        Pair(Gen.OneOfConst("_profile", "_profile:below", "_profile:above"), Profiles),
        Pair(Gen.OneOfConst("_id", "_id:not"), Ids),
        Pair(Gen.OneOfConst("identifier:of-type"), Gen.Select(Systems, Codes, Codes, (s, t, v) => $"{s}|{t}|{v}")),
        Pair(Gen.OneOfConst("code", "value-quantity", "date", "subject", "performer", "identifier", "value-string", "component-code", "component-code-value-quantity", "code-value-quantity", "combo-code-value-quantity", "code-value-concept", "code-value-string").Select(n => n + ":missing"), Gen.OneOfConst("true", "false"), false),
        Pair(Gen.OneOfConst("code-value-quantity", "component-code-value-quantity", "combo-code-value-quantity"), Gen.Select(Tokens, AskedQuantities, (t, q) => $"{t}${q}")),
        Pair(Gen.OneOfConst("code-value-concept", "component-code-value-concept", "combo-code-value-concept"), Gen.Select(Tokens, Tokens, (t, q) => $"{t}${q}")),
        Pair(Gen.OneOfConst("code-value-string"), Gen.Select(Tokens, Words, (t, w) => $"{t}${w}")),
        Pair(Gen.OneOfConst("code-value-date"), Gen.Select(Tokens, AskedDates, (t, d) => $"{t}${d}")),
        Pair(Gen.OneOfConst("patient.name", "subject:Group.code", "_has:Provenance:target:recorded", "_list", "code:below", "component-code:above", "code:in", "value-concept:not-in"), Gen.Const("1"), false).Select(p => p.Replace("recorded=1", "recorded=2020", StringComparison.Ordinal)),
        Gen.Recursive<string>((depth, filter) => depth > 3 ? Comparisons : Gen.OneOf(
            Comparisons,
            Gen.Select(filter, Gen.OneOfConst("and", "or"), filter, (a, op, b) => $"{a} {op} {b}"),
            filter.Select(f => $"not ({f})"),
            filter.Select(f => $"({f})"))).Select(f => "_filter=" + f));

    private static Gen<string> Comparisons => Gen.OneOf(
        Gen.Select(Gen.OneOfConst("code", "component-code", "identifier"), Gen.OneOfConst("eq", "ne"), Tokens.Where(t => !t.EndsWith('|')), (n, op, v) => $"{n} {op} {v.Replace("\\", "", StringComparison.Ordinal)}"),
        Gen.Select(Gen.OneOfConst("eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"), Words, (op, v) => $"value-string {op} \"{v}\""),
        Gen.Select(Gen.OneOfConst("eq", "ne", "co", "po", "gt", "lt", "ge", "le", "sa", "eb", "ap"), Dates, (op, v) => $"date {op} {v}"),
        Gen.Select(Gen.OneOfConst("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"), Numbers, UnitCodes, (op, n, u) => $"value-quantity {op} {n}||{u}"),
        Gen.Select(AskedReferences, v => $"subject re {v}"),
        Gen.Select(Gen.OneOfConst("date", "value-quantity", "subject", "code"), Gen.OneOfConst("true", "false"), (n, v) => $"{n} pr {v}"),
        Gen.Const("patient.gender eq male"));

    private static readonly Gen<LookupAnswer> Answers = Gen.OneOf(
        Gen.Select(Gen.OneOfConst("Patient", "Group", "Observation"), Ids, (t, id) => (t, id)).Array[0, 3].Select(r => LookupAnswer.Of(r)),
        Gen.Select(Systems.Null(), Codes, (s, c) => (s, c.Replace("\\", "", StringComparison.Ordinal))).Array[0, 3].Select(c => LookupAnswer.OfCodes(c)));

    [Fact]
    public void The_matcher_finds_what_a_naive_reading_finds()
    {
        var (found, asked) = (0, 0);
        Gen.Select(Observations.Array[1, 4], Criteria.Array[1, 3], Answers.Array[12, 12]).Sample((corpus, criteria, answers) =>
        {
            var query = Ask.Parsed("Observation", string.Join('&', criteria));
            query = query.WithAnswers([.. answers.Concat(answers).Take(query.Lookups.Count)]);
            foreach (var json in corpus)
            {
                var facts = Some.Facts(json, null, Ask.Settings);
                var expected = NaiveMatcher.Matches(query, facts);
                Assert.True(expected == SearchMatcher.Matches(query, Some.Encoded(facts)), $"{string.Join('&', criteria)} should {(expected ? "" : "not ")}find {json}");
                Interlocked.Add(ref found, expected ? 1 : 0);
                Interlocked.Increment(ref asked);
            }
        }, iter: Fuzz.Count(6_000), seed: "0000KOeoGGm4");
        Assert.InRange(found, asked / 20, asked);
    }

    private static Gen<string> Pair(Gen<string> names, Gen<string> values, bool mayBeSeveral = true) =>
        Gen.Select(names, values.Array[1, mayBeSeveral ? 2 : 1], (n, v) => $"{n}={string.Join(',', v)}");

    private static string Json(string text) => text.Replace("\\", "", StringComparison.Ordinal);
}
