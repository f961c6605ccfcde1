using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Tests.Transactions;

public class IdentifierConditionTests
{
    [Theory]
    [InlineData("identifier=http://a|1", "http://a", "1")]
    [InlineData("?identifier=http://a|1", "http://a", "1")]
    [InlineData("identifier=http%3A%2F%2Fa%7C1", "http://a", "1")]
    [InlineData("identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|10000000146", "urn:oid:2.16.840.1.113883.3.129.1.1.1", "10000000146")]
    [InlineData("identifier=|1", "", "1")]
    [InlineData(@"identifier=a|b\,c\|d\\e\$", "a", @"b,c|d\e$")]
    [InlineData("identifier=a|b=c", "a", "b=c")]
    [InlineData("identifier=a|%C3%A7+x%2By", "a", "ç x+y")]
    public void One_exact_identifier_is_understood(string query, string system, string value) =>
        Assert.Equal(new IdentifierCondition("Patient", system, value), IdentifierConditions.Parse("Patient", query, out _));

    [Theory]
    [InlineData("identifier=http://a|1")]
    [InlineData(@"identifier=a|b\,c\|d\\e\$")]
    [InlineData("identifier=a%26b|%C3%A7+x%2By%25")]
    public void An_exact_condition_written_again_means_the_same(string query)
    {
        Assert.True(Condition.Parse("Patient", query).Try(out var condition, out _));
        Assert.NotNull(condition.Identifier);
        Assert.True(Condition.Parse("Patient", condition.Query).Try(out var again, out _));
        Assert.Equal(condition, again);
        Assert.True(EHealthHub.Fhir.Search.SearchQuery.Parse("Patient", [new("identifier", Uri.UnescapeDataString(condition.Query["identifier=".Length..]))], strict: true).Try(out var search, out _));
        Assert.Equal(condition.Identifier, Assert.Single(search.Identifiers));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("identifier")]
    [InlineData("identifier=")]
    [InlineData("identifier=1")]
    [InlineData("identifier=a|")]
    [InlineData("identifier=a|1,a|2")]
    [InlineData("identifier=a|b|c|")]
    [InlineData("identifier=a|b%00")]
    [InlineData("identifier:exact=a|1")]
    [InlineData("Identifier=a|1")]
    [InlineData("identifier=a|1&name=x")]
    [InlineData("name=kaya")]
    public void Anything_else_is_refused_with_a_reason(string query)
    {
        Assert.Null(IdentifierConditions.Parse("Patient", query, out var problem));
        Assert.NotEmpty(problem);
    }
}
