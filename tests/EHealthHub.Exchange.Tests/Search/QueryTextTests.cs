using EHealthHub.Exchange.Search;

namespace EHealthHub.Exchange.Tests.Search;

public sealed class QueryTextTests
{
    [Fact]
    public void Pairs_are_decoded_in_their_order()
    {
        var pairs = QueryText.Parse("patient=Patient%2F1&code=http%3A%2F%2Floinc.org%7C8867-4&code=a+b&_summary&x=1=2");
        Assert.Equal([("patient", "Patient/1"), ("code", "http://loinc.org|8867-4"), ("code", "a b"), ("_summary", ""), ("x", "1=2")], pairs.Select(p => (p.Key, p.Value)));
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%zz")]
    [InlineData("%=%")]
    [InlineData("&&&")]
    [InlineData("=")]
    public void Malformed_escapes_never_throw(string text) => Assert.All(QueryText.Parse(text), p => Assert.NotNull(p.Value));
}
