using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class ExtractionAgainstSdkTests
{
    // The SDK needs some 0.4 ms for each resource: the first of each type are enough to meet every shape.
    private const int ResourcesOfAType = 25;

    [RealDataFact]
    public void Real_records_give_what_the_SDKs_engine_selects()
    {
        var most = Environment.GetEnvironmentVariable("EHEALTHHUB_TEST_ALL") is null ? ResourcesOfAType : int.MaxValue;
        var seen = new Dictionary<string, int>();
        var differences = new SortedSet<string>();
        foreach (var json in RealData.Resources())
        {
            var type = json.GetProperty("resourceType").GetString()!;
            seen[type] = seen.GetValueOrDefault(type) + 1;
            if (seen[type] <= most)
            {
                differences.UnionWith(Compare(type, json));
            }
        }

        Assert.True(seen.Count > 10, "The data hold more than ten types.");
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(20)));
    }

    internal static IEnumerable<string> Compare(string type, JsonElement json)
    {
        using var resource = new FhirResource(type, json);
        var facts = SearchFacts.Extract(resource, "1", 1, Some.Time, "x", null, null);
        Assert.Equal(facts.Values, SearchFacts.Decode(Some.Encoded(facts)).Values);
        var parsed = SdkOracle.Parse(json);
        var composites = TypeParameters.Of(type)!.Plan.Composites;
        var expected = SdkOracle.Expect(parsed);
        expected.UnionWith(SdkOracle.ExpectRepetitions(parsed, code => composites[code].IsStored));
        var actual = SdkOracle.Actual(facts);
        actual.UnionWith(SdkOracle.ActualRepetitions(facts));
        return facts.Truncated ? [] : [.. expected.Except(actual).Select(l => $"{type} lacks {l}"), .. actual.Except(expected).Select(l => $"{type} has too much {l}")];
    }
}
