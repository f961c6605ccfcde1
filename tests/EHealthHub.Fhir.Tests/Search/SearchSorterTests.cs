using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>The order of <c>_sort</c> (R4 3.1.1.5.2), and the keys that a continuation keeps.</summary>
public sealed class SearchSorterTests
{
    private static readonly string[] Patients =
    [
        """{"resourceType":"Patient","id":"a","birthDate":"1980-05","name":[{"family":"Çelik"},{"family":"Zor"}],"gender":"male"}""",
        """{"resourceType":"Patient","id":"b","birthDate":"1980-05-03","name":[{"family":"celik"}],"gender":"female"}""",
        """{"resourceType":"Patient","id":"c","name":[{"family":"Arslan"}]}""",
        """{"resourceType":"Patient","id":"d","birthDate":"1990"}""",
    ];

    [Theory]
    [InlineData("_id", "a b c d")]
    [InlineData("-_id", "d c b a")]
    [InlineData("family", "c a b d")]
    [InlineData("-family", "a b c d")]
    [InlineData("birthdate", "a b d c")]
    [InlineData("-birthdate", "d a b c")]
    [InlineData("gender,-_id", "b a d c")]
    [InlineData("-gender", "a b c d")]
    public void Matches_come_in_the_order_that_was_asked_those_without_a_value_last(string sort, string order) =>
        Assert.Equal(order, string.Join(' ', Ordered(sort).Select(k => k.Id[0])));

    [Fact]
    public void Quantities_are_ordered_in_one_unit()
    {
        var sorter = new SearchSorter(Ask.Parsed("Observation", "_sort=value-quantity").Sort);
        string[] values = ["{\"value\":2,\"system\":\"http://unitsofmeasure.org\",\"code\":\"g\"}", "{\"value\":300,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}", "{\"value\":0.1,\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}"];
        var keys = values.Select((v, i) => sorter.KeyOf(Some.Encoded(Some.Facts($$"""{"resourceType":"Observation","id":"o{{i}}","valueQuantity":{{v}}}""")))).Order(sorter);
        Assert.Equal(["o1", "o0", "o2"], keys.Select(k => k.Id[..2]));
    }

    [Theory]
    [InlineData("family,-birthdate,gender,_lastUpdated")]
    [InlineData("_id")]
    public void A_key_that_was_written_down_stands_where_it_stood(string sort)
    {
        var sorter = new SearchSorter(Ask.Parsed("Patient", "_sort=" + sort).Sort);
        var keys = Ordered(sort);
        foreach (var key in keys)
        {
            var read = SearchSortKey.Read(key.Write(), sort.Split(',').Length);
            Assert.NotNull(read);
            Assert.All(keys, other => Assert.Equal(Math.Sign(sorter.Compare(other, key)), Math.Sign(sorter.Compare(other, read))));
        }
    }

    [Fact]
    public void The_longest_key_is_bounded_and_rubbish_is_none()
    {
        var sorter = new SearchSorter(Ask.Parsed("Patient", "_sort=family,given,name,address,address-city,address-country,address-state,address-postalcode").Sort);
        var text = new string('ş', 600);
        var facts = Some.Facts($$"""{"resourceType":"Patient","id":"{{new string('x', 64)}}","name":[{"family":"{{text}}","given":["{{text}}"]}],"address":[{"city":"{{text}}","country":"{{text}}","state":"{{text}}","postalCode":"{{text}}"}]}""");
        Assert.InRange(sorter.KeyOf(Some.Encoded(facts)).Write().Length, 1, 3_000);
        Assert.Null(SearchSortKey.Read([], 1));
        Assert.Null(SearchSortKey.Read([200, 1, 2, 3], 1));
        Assert.Null(SearchSortKey.Read(sorter.KeyOf(Some.Encoded(facts)).Write(), 1));
    }

    private static List<SearchSortKey> Ordered(string sort)
    {
        var sorter = new SearchSorter(Ask.Parsed("Patient", "_sort=" + sort).Sort);
        return [.. Patients.Select(p => sorter.KeyOf(Some.Encoded(Some.Facts(p)))).Order(sorter)];
    }
}
