using System.Diagnostics;
using CsCheck;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Units;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Queries that nobody would write: real ones cut, doubled, mixed and sprinkled with noise. Whatever comes, the parser answers a search or a refusal, in a bounded time.</summary>
public sealed class SearchFuzzTests
{
    private static readonly string[] Types = ["Observation", "Patient", "Encounter", "Location", "DocumentReference", "ValueSet", "RiskAssessment", "MolecularSequence", "Group", "x"];

    private static readonly string[] Seeds =
    [
        "code=http://loinc.org|1234-5,|a,b|", "code:not=a", "code:text=kan", "code:in=http://v|1", "code:not-in=ValueSet/1", "code:below=http://snomed.info/sct|1", "identifier:of-type=http://x|MR|1", "date=ge2020-01-01T10:00:00+03:00", "date:missing=true",
        "value-quantity=le5.40|http://unitsofmeasure.org|mg/dL", "value-quantity=1e-3||10*3/uL", "probability=ap0.5", "subject=Patient/1/_history/2", "subject:Patient=1", "subject:identifier=urn:x|1", "subject:Patient.name:contains=x", "patient.general-practitioner:Practitioner.name=x",
        "_has:Observation:patient:code=x", "_has:Observation:patient:_has:AuditEvent:entity:agent-name=x", "patient._has:Group:member:_id=1", "code-value-quantity=loinc|8480-6$lt60||mm[Hg]", "component-code-value-concept=a$b,c$d", "relationship=replaces$DocumentReference/1",
        "chromosome-variant-coordinate=1$lt501$gt499", "near=41.0|29.0|5|km", "phonetic=Mehmet", "name:exact=Işık", "url:below=http://a/b|1.0", "_profile:above=http://a|1", "_id=1,2", "_lastUpdated=gt2020", "_tag=a|b", "_list=42", "_text=(bone OR \"liver cells\") AND NOT lung*", "_content=x",
        "_filter=given eq \"pe\\u0074er\" and (birthdate ge 2014-10-10 or not (name co pet))", "_filter=subject.name co \"pet\"", "_filter=patient[birthdate gt 2000 and link:Patient[name eq \"]\"].gender eq male].name co x", "_filter=code in http://v or code ss loinc|1",
        "_sort=-date,code,_id", "_include=Observation:subject:Patient", "_include:iterate=*", "_revinclude=Provenance:target", "_elements=id,code", "_summary=true", "_total=accurate", "_count=10", "_cursor=abc", "_contained=false", "_type=Patient", "_query=x", "_format=json", "=",
    ];

    private static readonly string Noise = "|,\\$:./?#eqnltgsab0123456789T+-Z()[]{}\"*_& \u0130ı\ud83d\ude00\ud800\u0000'%";

    private static readonly Gen<(string Type, KeyValuePair<string, string>[] Pairs, bool Strict)> Queries = Gen.Select(
        Gen.Int[0, Types.Length - 1],
        Gen.Select(Gen.Int[0, Seeds.Length - 1], Gen.Int[0, Seeds.Length - 1], Gen.Int[0, 7], Gen.Int[0, 200], Gen.Int[0, 60], Gen.Int[0, Noise.Length - 1], Mutated).Array[1, 4],
        Gen.Bool,
        (type, pairs, strict) => (Types[type], pairs, strict));

    private static readonly byte[] Stored = Some.Encoded(Some.Facts("""
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x","coding":[{"system":"http://loinc.org","code":"1"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020","valueQuantity":{"value":1,"unit":"g","system":"http://unitsofmeasure.org","code":"g"},
        "component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{"code":"a"}]},"valueCodeableConcept":{"coding":[{"code":"b"}]}}]}
        """));

    [Fact]
    public void Whatever_comes_is_a_search_or_a_refusal_within_a_bounded_time()
    {
        var slowest = TimeSpan.Zero;
        var taken = 0;
        Queries.Sample((type, pairs, strict) =>
        {
            var start = Stopwatch.GetTimestamp();
            if (SearchQuery.Parse(type, pairs, strict).Try(out var query, out var failure))
            {
                Interlocked.Increment(ref taken);
                _ = (query.Needs, query.Digest(), query.Unserved(SearchNeeds.None));
                query = query.WithAnswers([.. query.Lookups.Select(_ => LookupAnswer.Of([("Patient", "1")]))]);
                _ = SearchMatcher.Matches(query, Stored);
                _ = new SearchSorter(query.Sort).KeyOf(Stored);
                Assert.True(SearchMatcher.MatchesBody(query, "{}"u8.ToArray()) || query.Texts.Count > 0);
            }
            else
            {
                Assert.InRange(failure.Status, 400, 404);
            }

            var time = Stopwatch.GetElapsedTime(start);
            slowest = time > slowest ? time : slowest;
        }, iter: Fuzz.Count(20_000), seed: "0000KOeoGGm4");
        Assert.True(taken > 0);

        // Five seconds leave room for a machine that is busy with other things; real queries take microseconds.
        Assert.True(slowest < TimeSpan.FromSeconds(5), $"The slowest query took {slowest}.");
    }

    [Fact]
    public void Whatever_comes_is_a_unit_or_none() =>
        Gen.Select(Gen.OneOfConst("mg/dL", "10*3/uL", "mL/min/{1.73_m2}", "kg.m2", "(mg)", "m[Hg]", "Cel", "[degF]/h", "mol2", "1"), Gen.Int[0, 20], Gen.String[Gen.Char["./()[]{}*^+-0123456789mgLK%'"], 0, 20], Gen.Int[0, 20]).Sample((unit, at, noise, cut) =>
        {
            var text = unit[..Math.Min(at, unit.Length)] + noise + unit[Math.Min(cut, unit.Length)..];
            if (Ucum.Find(text) is { } found)
            {
                _ = (found.ToBase(decimal.MaxValue), found.ToBase(decimal.MinValue), found.ToBase(1), found.To(found, 1e27m), found.To(found, -1e-28m));
            }
        }, iter: Fuzz.Count(20_000), seed: "0000KOeoGGm4");

    private static KeyValuePair<string, string> Mutated(int seed, int other, int how, int at, int length, int noise)
    {
        var text = Seeds[seed];
        var start = at % (text.Length + 1);
        var end = Math.Min(text.Length, start + length);
        text = how switch
        {
            0 => text,
            1 => text[..start] + text[end..],
            2 => text[..start] + Noise[noise] + text[start..],
            3 => text[..start] + text[start..end] + text[start..],
            4 => text[..start] + Seeds[other][Math.Min(start, Seeds[other].Length)..],
            5 => text[..start] + new string(Noise[noise], length * 50) + text[end..],
            6 => text[..start] + string.Concat(Enumerable.Repeat(text[start..end] + Noise[noise], at)) + text[end..],
            _ => string.Concat(text.Select((c, i) => (i + at) % 7 == 0 ? Noise[(noise + i) % Noise.Length] : c)),
        };
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new(text, "x") : new(text[..equals], text[(equals + 1)..]);
    }
}
