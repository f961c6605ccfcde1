using System.Text.Json;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Own parameters whose values are still being extracted: refused wherever a query names them, however lenient the caller.</summary>
public sealed class PendingParameterTests
{
    private static readonly CustomSearchParameter Kin = Compiled("kin", "Patient", "string", "Patient.name.family");
    private static readonly CustomSearchParameter Keeper = Compiled("keeper", "Patient", "reference", "Patient.managingOrganization");
    private static readonly SearchSettings Pending = Ask.Settings with { Tables = SearchTables.Base.With([Kin], [Keeper], 3) };

    [Theory]
    [InlineData("Patient", "keeper=Organization/1")]
    [InlineData("Patient", "keeper:missing=true")]
    [InlineData("Patient", "keeper.name=x")]
    [InlineData("Patient", "_sort=keeper")]
    [InlineData("Patient", "_include=Patient:keeper")]
    [InlineData("Patient", "_include=*")]
    [InlineData("Patient", "_filter=keeper eq Organization/1")]
    [InlineData("Observation", "subject:Patient.keeper=Organization/1")]
    [InlineData("Organization", "_has:Patient:keeper:gender=male")]
    [InlineData("Organization", "_revinclude=Patient:keeper")]
    public void It_is_refused_wherever_it_is_named(string type, string query)
    {
        foreach (var strict in new[] { true, false })
        {
            Assert.False(SearchQuery.Parse(type, Pairs(query), strict, Pending).Try(out _, out var failure));
            Assert.Equal((503, "search-parameter-reindexing"), (failure.Status, failure.Issues[0].Code));
        }
    }

    [Theory]
    [InlineData("Patient", "family=x", false)]
    [InlineData("Patient", "_include=Patient:organization", false)]
    [InlineData("Observation", "subject:Patient.kin=x", true)]
    [InlineData("Patient", "kin=x", true)]
    public void Other_queries_go_on_and_say_whether_they_rest_on_own_parameters(string type, string query, bool usesOwn)
    {
        Assert.True(SearchQuery.Parse(type, Pairs(query), strict: true, Pending).Try(out var parsed, out _));
        Assert.Equal((usesOwn, 3), (parsed.UsesOwn, parsed.Generation));
    }

    [Fact]
    public void What_extracts_the_same_says_so()
    {
        Assert.Equal(Kin.Extraction, Compiled("kin", "Patient", "string", "Patient.name.family").Extraction);
        Assert.NotEqual(Kin.Extraction, Compiled("kin", "Patient", "string", "Patient.name.given").Extraction);
        Assert.NotEqual(Kin.Extraction, Compiled("kin", "Person", "string", "Person.name.family").Extraction);
    }

    private static List<KeyValuePair<string, string>> Pairs(string query) => [new(query.Split('=')[0], query[(query.IndexOf('=', StringComparison.Ordinal) + 1)..])];

    private static CustomSearchParameter Compiled(string code, string type, string kind, string expression)
    {
        using var document = JsonDocument.Parse($$"""{"resourceType":"SearchParameter","url":"http://example.org/{{code}}","code":"{{code}}","base":["{{type}}"],"type":"{{kind}}","expression":"{{expression}}"}""");
        return CustomSearchParameter.Compile(document.RootElement).Try(out var parameter, out var failure) ? parameter : throw new InvalidOperationException(failure.Issues[0].Diagnostics);
    }
}
