namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Slicing (R4 5.1.0.12): by value, pattern, existence, type and profile; closed, at the end, in order; nested; extensions.</summary>
public sealed class SlicingTests
{
    private const string ByUse = """
        {"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"RULES","ordered":ORDERED}},
        {"id":"Patient.name:official","path":"Patient.name","sliceName":"official","min":1,"max":"1"},{"id":"Patient.name:official.use","path":"Patient.name.use","min":1,"fixedCode":"official"},
        {"id":"Patient.name:official.family","path":"Patient.name.family","min":1},
        {"id":"Patient.name:nick","path":"Patient.name","sliceName":"nick","max":"1"},{"id":"Patient.name:nick.use","path":"Patient.name.use","min":1,"patternCode":"nickname"}
        """;

    private const string Official = """{"use":"official","family":"Kaya"}""";
    private const string Nick = """{"use":"nickname","text":"Z"}""";
    private const string Other = """{"use":"old","text":"Y"}""";

    [Theory]
    [InlineData("open", false, Official + "," + Other + "," + Nick)]
    [InlineData("open", false, Nick, "profile-cardinality Patient.name")]
    [InlineData("open", false, Official + "," + Official, "profile-cardinality Patient.name")]
    [InlineData("open", false, """{"use":"official"}""", "profile-cardinality Patient.name[0].family")]
    [InlineData("closed", false, Official + "," + Other, "profile-slice-closed Patient.name[1]")]
    [InlineData("openAtEnd", false, Official + "," + Other)]
    [InlineData("openAtEnd", false, Other + "," + Official, "profile-slice-order Patient.name[1]")]
    [InlineData("open", true, Official + "," + Nick)]
    [InlineData("open", true, Nick + "," + Official, "profile-slice-order Patient.name[1]")]
    public void Names_are_sliced_by_their_use(string rules, bool ordered, string names, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", ByUse.Replace("RULES", rules, StringComparison.Ordinal).Replace("ORDERED", ordered ? "true" : "false", StringComparison.Ordinal)));
        Assert.Equal(errors, catalog.Errors($$"""{"resourceType":"Patient","name":[{{names}}]}"""));
    }

    [Fact]
    public void Slices_are_followed_without_ids_by_the_order_of_the_elements()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """
            {"path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},{"path":"Patient.name","sliceName":"official"},{"path":"Patient.name.use","min":1,"fixedCode":"official"},{"path":"Patient.name.family","min":1},
            {"path":"Patient.gender","min":1}
            """));
        Assert.Equal(["profile-cardinality Patient.name[0].family"], catalog.Errors("""{"resourceType":"Patient","gender":"male","name":[{"use":"official"},{"use":"old"}]}"""));
    }

    [Theory]
    [InlineData("""{"coding":[{"system":"urn:x","code":"a","display":"A"}]}""")]
    [InlineData("""{"coding":[{"system":"urn:x","code":"b"}]}""", "profile-cardinality Observation.category")]
    public void A_pattern_tells_slices_and_may_say_less_than_the_value(string category, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Observation", """
            {"id":"Observation.category","path":"Observation.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}},
            {"id":"Observation.category:a","path":"Observation.category","sliceName":"a","min":1,"patternCodeableConcept":{"coding":[{"system":"urn:x","code":"a"}]}}
            """));
        Assert.Equal(errors, catalog.Errors($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"category":[{{category}}]}"""));
    }

    [Theory]
    [InlineData("""{"telecom":[{"value":"1","system":"phone","period":{"start":"2026"}}]}""")]
    [InlineData("""{"telecom":[{"value":"1","system":"phone"}]}""", "profile-cardinality Patient.telecom")]
    public void Slices_are_told_by_whether_an_element_is_there(string patient, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """
            {"id":"Patient.telecom","path":"Patient.telecom","slicing":{"discriminator":[{"type":"exists","path":"period"}],"rules":"open"}},
            {"id":"Patient.telecom:bounded","path":"Patient.telecom","sliceName":"bounded","min":1},{"id":"Patient.telecom:bounded.period","path":"Patient.telecom.period","min":1},
            {"id":"Patient.telecom:endless","path":"Patient.telecom","sliceName":"endless"},{"id":"Patient.telecom:endless.period","path":"Patient.telecom.period","max":"0"}
            """));
        Assert.Equal(errors, catalog.Errors("{\"resourceType\":\"Patient\"," + patient[1..]));
    }

    [Theory]
    [InlineData("\"valueQuantity\":{\"value\":1,\"unit\":\"mg\"}")]
    [InlineData("\"valueQuantity\":{\"value\":1}", "profile-cardinality Observation.value.unit")]
    [InlineData("\"valueString\":\"x\"")]
    [InlineData("\"valueBoolean\":true", "profile-type Observation.value")]
    public void A_choice_is_narrowed_and_sliced_by_type(string value, params string[] errors)
    {
        string[] ways =
        [
            """{"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity","type":[{"code":"Quantity"}]},{"id":"Observation.value[x]:valueQuantity.unit","path":"Observation.value[x].unit","min":1}""",
            """{"id":"Observation.valueQuantity","path":"Observation.valueQuantity"},{"id":"Observation.valueQuantity.unit","path":"Observation.valueQuantity.unit","min":1}""",
        ];
        foreach (var way in ways)
        {
            var catalog = Catalog.Of(Catalog.Definition("Observation", """{"id":"Observation.value[x]","path":"Observation.value[x]","type":[{"code":"Quantity"},{"code":"string"}]},""" + way));
            Assert.Equal(errors, catalog.Errors($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{value}}}"""));
        }
    }

    [Fact]
    public void Slices_lie_within_slices()
    {
        var catalog = Catalog.Of(Catalog.Definition("Observation", """
            {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{"type":"pattern","path":"code"}],"rules":"open"}},
            {"id":"Observation.component:a","path":"Observation.component","sliceName":"a"},{"id":"Observation.component:a.code","path":"Observation.component.code","patternCodeableConcept":{"text":"a"}},
            {"id":"Observation.component:a.interpretation","path":"Observation.component.interpretation","slicing":{"discriminator":[{"type":"value","path":"text"}],"rules":"closed"}},
            {"id":"Observation.component:a.interpretation:high","path":"Observation.component.interpretation","sliceName":"high","min":1},{"id":"Observation.component:a.interpretation:high.text","path":"Observation.component.interpretation.text","fixedString":"high"}
            """));
        const string Start = """{"resourceType":"Observation","status":"final","code":{"text":"x"},"component":[{"code":{"text":"b"}},{"code":{"text":"a"},"interpretation":[""";
        Assert.Empty(catalog.Errors(Start + """{"text":"high"}]}]}"""));
        Assert.Equal(["profile-slice-closed Observation.component[1].interpretation[1]"], catalog.Errors(Start + """{"text":"high"},{"text":"low"}]}]}"""));
        Assert.Equal(["profile-slice-closed Observation.component[1].interpretation[0]", "profile-cardinality Observation.component[1].interpretation"], catalog.Errors(Start + """{"text":"low"}]}]}"""));
    }

    [Fact]
    public void An_element_of_two_slices_is_reported()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}},
            {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","patternIdentifier":{"system":"urn:a"}},{"id":"Patient.identifier:b","path":"Patient.identifier","sliceName":"b","patternIdentifier":{"value":"1"}}
            """));
        Assert.Equal(["profile-slice-twice Patient.identifier[0]"], catalog.Errors("""{"resourceType":"Patient","identifier":[{"system":"urn:a","value":"1"}]}"""));
    }

    [Theory]
    [InlineData("""{"type":"profile","path":"resource"}""", "")]
    [InlineData("""{"type":"type","path":"resource"}""", "")]
    [InlineData("""{"type":"value","path":"resource.gender"}""", "")]
    public void Entries_of_a_bundle_are_told_by_their_resources(string discriminator, string none)
    {
        var catalog = Catalog.Of(
            Catalog.Definition("Bundle", $$$"""
                {"id":"Bundle.entry","path":"Bundle.entry","slicing":{"discriminator":[{{{discriminator}}}],"rules":"closed"}},{"id":"Bundle.entry:p","path":"Bundle.entry","sliceName":"p","min":1},
                {"id":"Bundle.entry:p.resource","path":"Bundle.entry.resource","min":1,"type":[{"code":"Patient","profile":["urn:test:inner"]}]}
                """),
            Catalog.Definition("Patient", """{"id":"Patient.gender","path":"Patient.gender","min":1,"fixedCode":"female"}""", "urn:test:inner"));
        Assert.Empty(none);
        Assert.Empty(catalog.Errors(Bundle("""{"resourceType":"Patient","gender":"female"}""")));
        Assert.NotEmpty(catalog.Errors(Bundle("""{"resourceType":"Patient","gender":"male"}""")));
        Assert.NotEmpty(catalog.Errors(Bundle("""{"resourceType":"Basic","code":{"text":"x"}}""")));

        static string Bundle(string resource) => $$$"""{"meta":{"profile":["{{{Catalog.Url}}}"]},"resourceType":"Bundle","type":"collection","entry":[{"resource":{{{resource}}}}]}""";
    }

    [Theory]
    [InlineData("Patient/1")]
    [InlineData("Group/1", "profile-cardinality Observation.focus")]
    [InlineData("urn:uuid:0b5d1a2c-0000-4000-8000-000000000001", "profile-cardinality Observation.focus")]
    public void References_are_told_by_the_type_of_their_target(string reference, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Observation", """
            {"id":"Observation.focus","path":"Observation.focus","slicing":{"discriminator":[{"type":"profile","path":"resolve()"}],"rules":"open"}},
            {"id":"Observation.focus:p","path":"Observation.focus","sliceName":"p","min":1,"type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Patient"]}]}
            """));
        Assert.Equal(errors, catalog.Errors($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"focus":[{"reference":"{{reference}}"}]}"""));
    }

    [Theory]
    [InlineData("""{"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},{"id":"Patient.name:a","path":"Patient.name","sliceName":"a"},{"id":"Patient.name:a.use","path":"Patient.name.use","fixedCode":"old"},{"id":"Patient.name:a/b","path":"Patient.name","sliceName":"a/b","min":1}""", "Patient.name:a has slices and does not say how")]
    [InlineData("""{"id":"Patient.name:@default","path":"Patient.name","sliceName":"@default"}""", "Patient.name:@default")]
    [InlineData("""{"id":"Patient.name:a","path":"Patient.name","sliceName":"a"}""", "Patient.name has slices and does not say how")]
    [InlineData("""{"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},{"id":"Patient.name:a","path":"Patient.name","sliceName":"a"}""", "Patient.name:a does not say the value")]
    [InlineData("""{"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"where(use='a')"}],"rules":"open"}}""", "is sliced by value of 'where(use='a')'")]
    [InlineData("""{"id":"Patient.link","path":"Patient.link","slicing":{"discriminator":[{"type":"value","path":"other.resolve().gender"}],"rules":"open"}},{"id":"Patient.link:a","path":"Patient.link","sliceName":"a"}""", "of another resource")]
    public void Slices_that_nothing_tells_apart_are_refused_by_name(string elements, string refusal) =>
        Assert.Contains(refusal, Catalog.Refusal(Catalog.Definition("Patient", elements)), StringComparison.Ordinal);

    [Theory]
    [InlineData(""" "min":1, """, false)]
    [InlineData("", true)]
    public void Slices_of_one_target_type_with_different_profiles_are_refused_where_they_ask_something(string asks, bool isTaken)
    {
        string[] definitions =
        [
            Catalog.Definition("DiagnosticReport", """
                {"id":"DiagnosticReport.result","path":"DiagnosticReport.result","slicing":{"discriminator":[{"type":"profile","path":"resolve()"}],"rules":"closed"}},
                {"id":"DiagnosticReport.result:a","path":"DiagnosticReport.result","sliceName":"a","type":[{"code":"Reference","targetProfile":["urn:test:a"]}]},
                {"id":"DiagnosticReport.result:b","path":"DiagnosticReport.result","sliceName":"b",ASKS"type":[{"code":"Reference","targetProfile":["urn:test:b"]}]}
                """.Replace("ASKS", asks, StringComparison.Ordinal)),
            Catalog.Definition("Observation", """{"id":"Observation.subject","path":"Observation.subject","min":1}""", "urn:test:a"),
            Catalog.Definition("Observation", """{"id":"Observation.issued","path":"Observation.issued","min":1}""", "urn:test:b"),
        ];
        if (isTaken)
        {
            Assert.Empty(Catalog.Of(definitions).Errors("""{"resourceType":"DiagnosticReport","status":"final","code":{"text":"x"},"result":[{"reference":"Observation/1"},{"reference":"Observation/2"}]}"""));
        }
        else
        {
            Assert.Contains("DiagnosticReport.result:b is told from another slice by the profile", Catalog.Refusal(definitions), StringComparison.Ordinal);
        }
    }
}
