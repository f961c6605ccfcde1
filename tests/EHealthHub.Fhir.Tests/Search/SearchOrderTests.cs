using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchOrderTests
{
    [Theory]
    [InlineData("birthdate", "c b a d")]
    [InlineData("-birthdate", "a b c d")]
    [InlineData("name", "d a b c")]
    [InlineData("-name", "b c a d")]
    [InlineData("gender,birthdate", "c a b d")]
    [InlineData("gender,-birthdate", "a c b d")]
    [InlineData("_id", "a b c d")]
    [InlineData("-_id", "d c b a")]
    [InlineData("_lastUpdated,-_id", "d c b a")]
    [InlineData("death-date", "a b c d")]
    [InlineData("identifier", "c a b d")]
    [InlineData("general-practitioner", "b a c d")]
    [InlineData("_profile", "c a b d")]
    public void Patients_stand_in_order(string sort, string expected) => Assert.Equal(expected, Sorted("Patient", sort, [
        """{"resourceType":"Patient","id":"a","birthDate":"1990-01-01","gender":"female","name":[{"family":"Çelik"}],"identifier":[{"value":"2"}],"generalPractitioner":[{"reference":"Practitioner/1"}]}""",
        """{"resourceType":"Patient","id":"b","birthDate":"1980","gender":"male","name":[{"family":"Demir","given":["Zeynep"]}],"generalPractitioner":[{"reference":"Organization/1"}]}""",
        """{"resourceType":"Patient","id":"c","birthDate":"1979-12-31","gender":"female","name":[{"family":"Işık","given":["Yusuf"]}],"identifier":[{"system":"urn:a","value":"1"},{"value":"3"}],"meta":{"profile":["http://b","http://a"]}}""",
        """{"resourceType":"Patient","id":"d","name":[{"family":"Avcı"}]}""",
    ]));

    [Theory]
    [InlineData("value-quantity", "c a b d")]
    [InlineData("-value-quantity", "b a c d")]
    [InlineData("date", "b c a d")]
    [InlineData("-date", "c b a d")]
    public void Quantities_go_by_their_base_units_and_periods_by_their_ends(string sort, string expected) => Assert.Equal(expected, Sorted("Observation", sort, [
        """{"resourceType":"Observation","id":"a","code":{"text":"x"},"effectiveDateTime":"2021-01-01","valueQuantity":{"value":2,"unit":"grams","system":"http://unitsofmeasure.org","code":"g"}}""",
        """{"resourceType":"Observation","id":"b","code":{"text":"x"},"effectivePeriod":{"start":"2019","end":"2022"},"valueQuantity":{"value":1,"unit":"Kilo","system":"http://unitsofmeasure.org","code":"kg"}}""",
        """{"resourceType":"Observation","id":"c","code":{"text":"x"},"effectivePeriod":{"start":"2020"},"valueQuantity":{"value":1500,"unit":"Milli","system":"http://unitsofmeasure.org","code":"mg"}}""",
        """{"resourceType":"Observation","id":"d","code":{"text":"x"}}""",
    ]));

    [Theory]
    [InlineData("_sort=nothing", "search-value-invalid")]
    [InlineData("_sort=,", "search-value-invalid")]
    [InlineData("_sort=-", "search-value-invalid")]
    [InlineData("_sort=code-value-quantity", "search-not-supported")]
    [InlineData("_sort=date,date,date,date,date,date,date,date,date", "search-too-large")]
    [InlineData("_sort=date&_sort=code", "search-parameter-repeated")]
    public void What_cannot_be_sorted_by_is_refused(string query, string code) => Assert.Equal(code, Ask.Refused("Observation", query).Issues[0].Code);

    private static string Sorted(string type, string sort, string[] resources)
    {
        var query = Ask.Parsed(type, "_sort=" + sort);
        var sorter = new SearchSorter(query.Sort);
        return string.Join(' ', resources.Reverse().Select(r => sorter.KeyOf(Some.Encoded(Some.Facts(r)))).Order(sorter).Select(k => k.Id.Split('/')[0]));
    }
}
