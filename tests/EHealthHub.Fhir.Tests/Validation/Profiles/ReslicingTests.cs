namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Slices of slices (R4 5.1.0.13), slices that leave one of several discriminators open, and bounds on quantities.</summary>
public sealed class ReslicingTests
{
    private const string Lab = """
        {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{"type":"value","path":"code"}],"rules":"open"}},
        {"id":"Observation.component:lab","path":"Observation.component","sliceName":"lab","slicing":{"discriminator":[{"type":"value","path":"value.ofType(Quantity).code"}],"rules":"closed"},"min":1},
        {"id":"Observation.component:lab.code","path":"Observation.component.code","patternCodeableConcept":{"coding":[{"system":"urn:c","code":"lab"}]}},
        {"id":"Observation.component:lab/mass","path":"Observation.component","sliceName":"lab/mass","min":1,"max":"1"},
        {"id":"Observation.component:lab/mass.value[x]","path":"Observation.component.value[x]","min":1,"type":[{"code":"Quantity"}]},
        {"id":"Observation.component:lab/mass.value[x].code","path":"Observation.component.value[x].code","min":1,"fixedCode":"mg"},
        {"id":"Observation.component:lab/mass.interpretation","path":"Observation.component.interpretation","min":1},
        {"id":"Observation.component:lab/count","path":"Observation.component","sliceName":"lab/count"},
        {"id":"Observation.component:lab/count.value[x]","path":"Observation.component.value[x]","min":1,"type":[{"code":"Quantity"}]},
        {"id":"Observation.component:lab/count.value[x].code","path":"Observation.component.value[x].code","min":1,"fixedCode":"1"}
        """;

    private const string Mass = """{"code":{"coding":[{"system":"urn:c","code":"lab"}]},"valueQuantity":{"value":1,"system":"urn:u","code":"mg"},"interpretation":[{"text":"x"}]}""";
    private const string Count = """{"code":{"coding":[{"system":"urn:c","code":"lab"}]},"valueQuantity":{"value":1,"system":"urn:u","code":"1"}}""";
    private const string Other = """{"code":{"text":"other"}}""";

    [Theory]
    [InlineData(Mass)]
    [InlineData(Other + "," + Mass + "," + Count + "," + Count)]
    [InlineData(Count, "profile-cardinality Observation.component")]
    [InlineData(Mass + "," + Mass, "profile-cardinality Observation.component")]
    [InlineData("""{"code":{"coding":[{"system":"urn:c","code":"lab"}]},"valueQuantity":{"value":1,"system":"urn:u","code":"mg"}}""", "profile-cardinality Observation.component[0].interpretation")]
    [InlineData(Mass + "," + """{"code":{"coding":[{"system":"urn:c","code":"lab"}]},"valueQuantity":{"value":1,"system":"urn:u","code":"kg"}}""", "profile-slice-closed Observation.component[1]")]
    public void A_slice_is_sliced_again(string components, params string[] errors) =>
        Assert.Equal(errors, Catalog.Of(Catalog.Definition("Observation", Lab)).Errors($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"component":[{{components}}]}"""));

    [Fact]
    public void A_slice_may_leave_one_of_several_discriminators_open()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """
            {"id":"Patient.telecom","path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"},{"type":"value","path":"use"}],"rules":"closed"}},
            {"id":"Patient.telecom:home","path":"Patient.telecom","sliceName":"home","max":"1"},{"id":"Patient.telecom:home.system","path":"Patient.telecom.system","min":1,"fixedCode":"phone"},{"id":"Patient.telecom:home.use","path":"Patient.telecom.use","min":1,"fixedCode":"home"},
            {"id":"Patient.telecom:mail","path":"Patient.telecom","sliceName":"mail"},{"id":"Patient.telecom:mail.system","path":"Patient.telecom.system","min":1,"fixedCode":"email"}
            """));
        Assert.Empty(catalog.Errors("""{"resourceType":"Patient","telecom":[{"system":"email","value":"a","use":"work"},{"system":"email","value":"b"},{"system":"phone","use":"home","value":"1"}]}"""));
        Assert.Equal(["profile-slice-closed Patient.telecom[0]"], catalog.Errors("""{"resourceType":"Patient","telecom":[{"system":"phone","use":"work","value":"1"}]}"""));
    }

    [Theory]
    [InlineData("""{"value":1,"system":"http://unitsofmeasure.org","code":"g"}""")]
    [InlineData("""{"value":600,"system":"http://unitsofmeasure.org","code":"mg"}""")]
    [InlineData("""{"value":400,"system":"http://unitsofmeasure.org","code":"mg"}""", "profile-min-value Observation.value")]
    [InlineData("""{"value":4,"system":"http://unitsofmeasure.org","code":"m"}""", "profile-min-value Observation.value")]
    [InlineData("""{"value":4,"unit":"g"}""", "profile-min-value Observation.value")]
    [InlineData("""{"unit":"g"}""")]
    public void A_bound_on_a_quantity_converts_units_and_lets_none_pass_that_cannot_be_compared(string quantity, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Observation", """{"path":"Observation.value[x]","minValueQuantity":{"value":0.5,"system":"http://unitsofmeasure.org","code":"g"}}"""));
        Assert.Equal(errors, catalog.Errors($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{{quantity}}}"""));
    }
}
