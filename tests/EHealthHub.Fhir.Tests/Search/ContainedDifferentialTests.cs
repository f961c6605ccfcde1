using CsCheck;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Contained resources and names of people: the matcher over bytes against the naive one over objects, on random MedicationRequests and queries.</summary>
public sealed class ContainedDifferentialTests
{
    private static readonly Gen<string> Codes = Gen.OneOfConst("a", "b", "c");
    private static readonly Gen<string> Words = Gen.OneOfConst("Kara", "Kara Deniz", "Deniz-Kara", "deniz", "Ilgın", "d");
    private static readonly Gen<string> Ids = Gen.OneOfConst("m", "n", "1", "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a");

    private static Gen<string> References(string type) => Gen.Select(Ids, Gen.Bool, (id, isLocal) => isLocal ? $"{{\"reference\":\"#{id}\"}}" : $"{{\"reference\":\"{type}/{id}\"}}");

    private static readonly Gen<string> Contained = Gen.OneOf(
        Gen.Select(Ids, Codes.Array[0, 2], References("Organization"), (id, codes, by) =>
            $"{{\"resourceType\":\"Medication\",\"id\":\"{id}\",\"code\":{{\"coding\":[{string.Join(',', codes.Select(c => $"{{\"system\":\"urn:s\",\"code\":\"{c}\"}}"))}]}},\"manufacturer\":{by}}}"),
        Gen.Select(Ids, Words, References("Organization"), (id, name, of) => $"{{\"resourceType\":\"Organization\",\"id\":\"{id}\",\"name\":\"{name}\",\"partOf\":{of}}}"),
        Gen.Select(Ids, Words, Words, (id, family, given) => $"{{\"resourceType\":\"Practitioner\",\"id\":\"{id}\",\"name\":[{{\"family\":\"{family}\",\"given\":[\"{given}\"]}}]}}"));

    private static readonly Gen<string> Requests = Gen.Select(Ids, Contained.Array[0, 4], References("Medication"), References("Practitioner"), Gen.OneOfConst("active", "stopped"), (id, contained, medication, requester, status) =>
        $"{{\"resourceType\":\"MedicationRequest\",\"id\":\"{id}\",\"contained\":[{string.Join(',', contained)}],\"status\":\"{status}\",\"medicationReference\":{medication},\"requester\":{requester},\"subject\":{{\"reference\":\"Patient/1\"}}}}");

    private static readonly Gen<string> Criteria = Gen.OneOf(
        Gen.Select(Gen.OneOfConst("medication.code", "medication.code:not", "medication.code:missing=true#"), Codes, Ask),
        Gen.Select(Gen.OneOfConst("medication.manufacturer.name", "medication.manufacturer.name:contains", "medication.manufacturer.partof.name"), Words, Ask),
        Gen.Select(Gen.OneOfConst("requester:Practitioner.family", "requester:Practitioner.name", "requester:Practitioner.given:exact"), Words, Ask),
        Gen.Select(Gen.OneOfConst("medication._id", "_id", "_id:not", "medication", "medication._has:MedicationRequest:medication:_id", "medication._list"), Ids, Ask),
        Gen.Select(Gen.OneOfConst("status"), Gen.OneOfConst("active", "stopped"), Ask),
        Codes.Select(c => $"_filter=medication.code eq {c} and not (status eq stopped)"));

    private static readonly Gen<string> Inner = Gen.OneOf(
        Gen.Select(Gen.OneOfConst("code", "code:not"), Codes, Ask),
        Gen.Select(Gen.OneOfConst("manufacturer.name", "manufacturer.partof.name"), Words, Ask),
        Gen.Select(Gen.OneOfConst("_id", "_id:not", "_list", "manufacturer"), Ids, Ask));

    private static readonly Gen<(string Type, string Id)[]> Found = Gen.Select(Gen.OneOfConst("Medication", "Organization", "Practitioner", "MedicationRequest"), Ids, (t, id) => (t, id)).Array[0, 3];

    [Fact]
    public void The_matcher_looks_into_contained_resources_as_a_naive_reading_does()
    {
        var (found, asked, inside) = (0, 0, 0);
        Gen.Select(Requests.Array[1, 4], Criteria.Array[1, 2], Inner.Array[1, 2], Found.Array[8, 8]).Sample((corpus, criteria, inner, answers) =>
        {
            var query = Answered(Fhir.Tests.Search.Ask.Parsed("MedicationRequest", string.Join('&', criteria)), answers);
            var local = Answered(Fhir.Tests.Search.Ask.Parsed("Medication", string.Join('&', inner) + "&_contained=true"), answers);
            foreach (var json in corpus)
            {
                var facts = Some.Facts(json, null, Fhir.Tests.Search.Ask.Settings);
                var bytes = Some.Encoded(facts);
                var expected = NaiveMatcher.Matches(query, facts);
                Assert.True(expected == SearchMatcher.Matches(query, bytes), $"{string.Join('&', criteria)} should {(expected ? "" : "not ")}find {json}");
                Assert.Equal(facts.Contained.Where(c => NaiveMatcher.Matches(local, c, facts)).Select(c => (c.Type, c.Id)), SearchMatcher.MatchesContained(local, bytes).Select(c => (c.Type, c.Id)));
                Interlocked.Add(ref found, expected ? 1 : 0);
                Interlocked.Add(ref inside, SearchMatcher.MatchesContained(local, bytes).Count);
                Interlocked.Increment(ref asked);
            }
        }, iter: Fuzz.Count(6_000), seed: "0000KOeoGGm4");
        Assert.InRange(found, asked / 20, asked);
        Assert.InRange(inside, asked / 20, asked * 4);
    }

    private static SearchQuery Answered(SearchQuery query, (string Type, string Id)[][] answers) => query.WithAnswers([.. query.Lookups.Select((lookup, i) =>
        lookup is ChainLookup chain ? LookupAnswer.Of(answers[i % answers.Length], Answered(chain.Query, answers)) : LookupAnswer.Of(answers[i % answers.Length]))]);

    private static string Ask(string name, string value) => name.EndsWith('#') ? name[..^1] : $"{name}={value}";
}
