namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchCompositeTests
{
    private const string BloodPressure = """
        {"resourceType":"Observation","id":"bp","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
        "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"},{"system":"urn:x","code":"sys"}]},"valueQuantity":{"value":107,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":60,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"none"}]}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"position"}]},"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"33586001"}]}}]}
        """;

    private const string Weight = """
        {"resourceType":"Observation","id":"w","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"},{"code":"W"}]},"valueQuantity":{"value":78.4,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    [Theory]
    [InlineData("component-code-value-quantity=http://loinc.org|8480-6$107", true)]
    [InlineData("component-code-value-quantity=8480-6$gt100", true)]
    [InlineData("component-code-value-quantity=sys$gt100||mmHg", true)]
    [InlineData("component-code-value-quantity=8480-6$60", false)]
    [InlineData("component-code-value-quantity=8462-4$107", false)]
    [InlineData("component-code-value-quantity=8462-4$60,8480-6$1", true)]
    [InlineData("component-code-value-quantity=8462-4$1,8480-6$1", false)]
    [InlineData("component-code-value-quantity=none$60", false)]
    [InlineData("component-code-value-quantity=none$107", false)]
    [InlineData("component-code-value-quantity=8480-6$lt150&component-code-value-quantity=8462-4$lt90", true)]
    [InlineData("component-code-value-quantity=8480-6$lt150&component-code-value-quantity=8462-4$gt90", false)]
    [InlineData("component-code-value-concept=position$http://snomed.info/sct|33586001", true)]
    [InlineData("component-code-value-concept=8480-6$33586001", false)]
    [InlineData("combo-code-value-quantity=8480-6$107", true)]
    [InlineData("combo-code-value-quantity=85354-9$107", false)]
    [InlineData("code-value-quantity=85354-9$107", false)]
    [InlineData("component-code-value-quantity:missing=false", true)]
    [InlineData("code-value-quantity:missing=true", true)]
    public void Pairs_meet_inside_one_repetition(string query, bool expected) => Assert.Equal(expected, Ask.Finds("Observation", query, BloodPressure));

    [Theory]
    [InlineData("code-value-quantity=29463-7$78.4", true)]
    [InlineData("code-value-quantity=http://loinc.org|29463-7$78.4|http://unitsofmeasure.org|kg", true)]
    [InlineData("code-value-quantity=W$gt78000||g", true)]
    [InlineData("code-value-quantity=29463-7$gt80", false)]
    [InlineData("code-value-quantity=other$78.4", false)]
    [InlineData("code-value-quantity=other$78.4,W$78.4", true)]
    [InlineData("combo-code-value-quantity=29463-7$78.4", true)]
    [InlineData("component-code-value-quantity=29463-7$78.4", false)]
    [InlineData("code-value-quantity:missing=false", true)]
    [InlineData("code-value-concept:missing=false", false)]
    [InlineData("component-code-value-quantity:missing=true", true)]
    [InlineData("combo-code-value-quantity:missing=true", false)]
    public void Where_the_resource_is_the_one_repetition_nothing_more_is_stored(string query, bool expected)
    {
        Assert.Equal(expected, Ask.Finds("Observation", query, Weight));
        Assert.DoesNotContain(Some.Facts(Weight).Values, v => v.Parameter.Contains('$', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("relationship=replaces$DocumentReference/1", true)]
    [InlineData("relationship=replaces$2", false)]
    [InlineData("relationship=http://hl7.org/fhir/document-relationship-type|appends$2", true)]
    public void A_component_may_be_a_reference(string query, bool expected) => Assert.Equal(expected, Ask.Finds("DocumentReference", query, """
        {"resourceType":"DocumentReference","id":"d","status":"current","relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/1"}},{"code":"appends","target":{"reference":"DocumentReference/2"}}]}
        """));

    [Theory]
    [InlineData("chromosome-variant-coordinate=1$lt501$gt400", true)]
    [InlineData("chromosome-variant-coordinate=1$lt501$gt600", false)]
    [InlineData("chromosome-variant-coordinate=2$lt501$gt400", false)]
    [InlineData("chromosome-variant-coordinate=1$gt600$gt600", false)]
    [InlineData("chromosome-window-coordinate=1$lt101$gt100", true)]
    public void Three_components_one_of_them_of_the_resource(string query, bool expected) => Assert.Equal(expected, Ask.Finds("MolecularSequence", query, """
        {"resourceType":"MolecularSequence","id":"m","coordinateSystem":0,"referenceSeq":{"chromosome":{"coding":[{"code":"1"}]},"windowStart":100,"windowEnd":200},"variant":[{"start":400,"end":500},{"start":700,"end":600}]}
        """));

    [Fact]
    public void Repetitions_beyond_the_bound_are_left_out_whole()
    {
        var components = string.Join(',', Enumerable.Range(0, 600).Select(i => $$"""{"code":{"coding":[{"code":"c{{i}}"}]},"valueQuantity":{"value":{{i}} } }"""));
        var facts = Some.Facts($$"""{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"code":"x"}]},"component":[{{components}}]}""");
        Assert.True(facts.Truncated);
        Assert.Equal(1_000, facts.Values.Count);
        var parts = facts.Values.Where(v => v.Parameter.Contains('$', StringComparison.Ordinal)).GroupBy(v => v.Parameter.Split('$')[0]);
        Assert.All(parts, p => Assert.Equal(p.Count(v => v.Parameter.EndsWith("$1", StringComparison.Ordinal)), p.Count(v => v.Parameter.EndsWith("$2", StringComparison.Ordinal))));
    }
}
