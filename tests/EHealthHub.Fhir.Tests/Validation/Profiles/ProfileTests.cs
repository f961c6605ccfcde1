using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>What a profile may ask of an element, and what is refused at upload.</summary>
public sealed class ProfileTests
{
    private const string Start = """{"resourceType":"Patient","active":true""";

    [Theory]
    [InlineData("""{"path":"Patient.contact.name","min":1}""", ""","contact":[{"name":{"text":"a"}},{"telecom":[{"system":"phone","value":"1"}]}]""", "profile-cardinality Patient.contact[1].name")]
    [InlineData("""{"path":"Patient.contact.name","min":1}""", "")]
    [InlineData("""{"path":"Patient.photo","max":"0"}""", ""","photo":[{"title":"a"}]""", "profile-cardinality Patient.photo")]
    [InlineData("""{"path":"Patient.birthDate","maxLength":7}""", ""","birthDate":"2026-11-24" """, "profile-max-length Patient.birthDate")]
    [InlineData("""{"path":"Patient.birthDate","minValueDate":"1900-01-01","maxValueDate":"2026"}""", ""","birthDate":"1899-12" """, "profile-min-value Patient.birthDate")]
    [InlineData("""{"path":"Patient.birthDate","minValueDate":"1900-01-01","maxValueDate":"2026"}""", ""","birthDate":"2027-01-01" """, "profile-max-value Patient.birthDate")]
    [InlineData("""{"path":"Patient.birthDate","minValueDate":"1900-01-01","maxValueDate":"2026"}""", ""","birthDate":"2026-05-05" """)]
    [InlineData("""{"path":"Patient.name.family","maxLength":2}""", ""","name":[{"family":"\ud83d\ude00\ud83d\ude00"},{"family":"abc"}]""", "profile-max-length Patient.name[1].family")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"versioning":"specific"}]}""", ""","managingOrganization":{"reference":"Organization/1"}""", "profile-versioning Patient.managingOrganization")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"versioning":"specific"}]}""", ""","managingOrganization":{"reference":"Organization/1/_history/2"}""")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"versioning":"independent"}]}""", ""","managingOrganization":{"reference":"Organization/1/_history/2"}""", "profile-versioning Patient.managingOrganization")]
    [InlineData("""{"path":"Patient.multipleBirth[x]","type":[{"code":"integer"}],"maxValueInteger":3}""", ""","multipleBirthInteger":4""", "profile-max-value Patient.multipleBirth")]
    [InlineData("""{"path":"Patient.multipleBirth[x]","type":[{"code":"integer"}]}""", ""","multipleBirthBoolean":true""", "profile-type Patient.multipleBirth")]
    [InlineData("""{"path":"Patient.generalPractitioner","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]}""", ""","generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"Organization/1"}]""", "reference-target Patient.generalPractitioner[1]")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"aggregation":["contained"]}]}""", ""","managingOrganization":{"reference":"Organization/1"}""", "profile-aggregation Patient.managingOrganization")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"],"aggregation":["contained"]}]}""", ""","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}""")]
    [InlineData("""{"path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"urn:test:warm"}}""", ""","maritalStatus":{"coding":[{"system":"urn:test:colours","code":"red"}]}""")]
    [InlineData("""{"path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"urn:test:warm"}}""", ""","maritalStatus":{"coding":[{"system":"urn:test:colours","code":"blue"}]}""", "profile-binding Patient.maritalStatus")]
    [InlineData("""{"path":"Patient.maritalStatus","binding":{"strength":"extensible","valueSet":"urn:test:warm"}}""", ""","maritalStatus":{"text":"x"}""")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"n-1","severity":"error","human":"h","expression":"family.exists() or text.exists()"}]}""", ""","name":[{"text":"a"},{"given":["b"]}]""", "profile-n-1 Patient.name[1]")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"n-1","severity":"warning","human":"h","expression":"family.exists()"}]}""", ""","name":[{"text":"a"}]""")]
    [InlineData("""{"path":"Patient","constraint":[{"key":"n-2","severity":"error","human":"h","expression":"name.family > 'a'"}]}""", ""","name":[{"family":"a"},{"family":"b"}]""", "profile-n-2 Patient")]
    [InlineData("""{"path":"Patient.name.given","max":"1"}""", ""","name":[{"given":["a","b"]}]""", "profile-cardinality Patient.name[0].given")]
    [InlineData("""{"path":"Patient.birthDate.extension","min":1}""", ""","birthDate":"2026" """, "profile-cardinality Patient.birthDate.extension")]
    [InlineData("""{"path":"Patient.birthDate.extension","min":1}""", ""","_birthDate":{"extension":[{"url":"urn:e","valueString":"x"}]}""")]
    [InlineData("""{"path":"Patient.name.family","fixedString":"Kaya"}""", ""","name":[{"family":"Kaya"},{"family":"kaya"}]""", "profile-pattern Patient.name[1].family")]
    [InlineData("""{"path":"Patient.maritalStatus","fixedCodeableConcept":{"text":"x"}}""", ""","maritalStatus":{"text":"x","id":"1"}""", "profile-pattern Patient.maritalStatus")]
    [InlineData("""{"path":"Patient.maritalStatus","patternCodeableConcept":{"text":"x"}}""", ""","maritalStatus":{"text":"x","id":"1"}""")]
    public void An_element_is_as_the_profile_says(string element, string members, params string[] errors) =>
        Assert.Equal(errors, Catalog.Of(Catalog.Definition("Patient", element)).Errors(Start + members + "}"));

    [Theory]
    [InlineData("""{"path":"Patient.nothing","min":1}""", "Patient.nothing is no element of R4")]
    [InlineData("""{"path":"Practitioner.name","min":1}""", "Practitioner is no element of Patient")]
    [InlineData("""{"path":"Patient.deceased[x].start","min":1}""", "may have several types")]
    [InlineData("""{"path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"urn:nowhere"}}""", "is bound to urn:nowhere")]
    [InlineData("""{"path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"urn:test:elsewhere"}}""", "is bound to urn:test:elsewhere")]
    [InlineData("""{"path":"Patient.name","type":[{"code":"HumanName","profile":["urn:nowhere"]}]}""", "rests on urn:nowhere")]
    [InlineData("""{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["urn:nowhere"]}]}""", "refers to urn:nowhere")]
    [InlineData("""{"path":"Patient.name","min":2,"max":"1"}""", "must occur more often")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"x-1","severity":"error","human":"x","expression":"memberOf('urn:x')"}]}""", "asks memberOf('urn:x')")]
    [InlineData("""{"path":"Patient.birthDate","minValueQuantity":{"value":1,"code":"a","system":"http://unitsofmeasure.org"}}""", "uses 'minValueQuantity'")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"x-1","severity":"error","human":"x","expression":"(family"}]}""", "not well-formed FHIRPath")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"x-1","severity":"error","human":"x","expression":"descendants().descendants().descendants().exists()"}]}""", "walks the resource more than")]
    [InlineData("""{"path":"Patient.name","constraint":[{"key":"x-1","severity":"error","human":"x"}]}""", "without FHIRPath")]
    public void What_is_not_served_is_refused_by_name(string element, string refusal) => Assert.Contains(refusal, Catalog.Refusal(Catalog.Definition("Patient", element)), StringComparison.Ordinal);

    [Fact]
    public void Definitions_of_types_of_other_versions_and_of_logical_models_are_refused()
    {
        var definition = Catalog.Definition("Patient", """{"path":"Patient.name","min":1}""");
        Assert.Contains("value set of StructureDefinition.fhirVersion", Catalog.Refusal(definition.Replace("\"kind\"", "\"fhirVersion\":\"5.0.0\",\"kind\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("of FHIR 3.0.1", Catalog.Refusal(definition.Replace("\"kind\"", "\"fhirVersion\":\"3.0.1\",\"kind\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("neither of a resource", Catalog.Refusal(definition.Replace("\"kind\":\"resource\"", "\"kind\":\"logical\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("type of its own", Catalog.Refusal(definition.Replace("constraint", "specialization", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("is of the type 'Nothing'", Catalog.Refusal(definition.Replace("\"type\":\"Patient\"", "\"type\":\"Nothing\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_derived_profile_asks_what_its_bases_ask_and_more_of_their_slices()
    {
        var catalog = Catalog.Of(
            Catalog.Definition("Patient", """{"id":"Patient.identifier:tckn.use","path":"Patient.identifier.use","min":1},{"id":"Patient.gender","path":"Patient.gender","min":1}""", parent: "urn:test:middle"),
            Catalog.Definition("Patient", """{"id":"Patient.name","path":"Patient.name","min":1}""", "urn:test:middle", "urn:test:base"),
            Catalog.Definition("Patient", """
                {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
                {"id":"Patient.identifier:tckn","path":"Patient.identifier","sliceName":"tckn","min":1},{"id":"Patient.identifier:tckn.system","path":"Patient.identifier.system","fixedUri":"urn:t"}
                """, "urn:test:base"));
        Assert.Equal(["profile-cardinality Patient.identifier[1].use", "profile-cardinality Patient.name", "profile-cardinality Patient.gender"], catalog.Errors("""{"resourceType":"Patient","identifier":[{"system":"urn:u"},{"system":"urn:t"}]}"""));
        Assert.Equal(["profile-cardinality Patient.identifier", "profile-cardinality Patient.gender"], catalog.Errors("""{"resourceType":"Patient","name":[{"text":"a"}]}"""));
    }

    [Fact]
    public void A_chain_that_ends_nowhere_or_in_itself_is_refused()
    {
        const string Element = """{"path":"Patient.name","min":1}""";
        Assert.Contains("rests on urn:nowhere", Catalog.Refusal(Catalog.Definition("Patient", Element, parent: "urn:nowhere")), StringComparison.Ordinal);
        Assert.Contains("its own base", Catalog.Refusal(Catalog.Definition("Patient", Element, parent: "urn:b"), Catalog.Definition("Patient", Element, "urn:b", Catalog.Url)), StringComparison.Ordinal);
        Assert.Contains("rests on urn:b, which the hub does not hold for Patient", Catalog.Refusal(Catalog.Definition("Patient", Element, parent: "urn:b"), Catalog.Definition("Basic", """{"path":"Basic.author","min":1}""", "urn:b")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_serves_where_the_base_is_not_held()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient"}""", parent: "urn:nowhere", more: """
            "snapshot":{"element":[{"path":"Patient","constraint":[{"key":"dom-2","severity":"error","human":"x","expression":"unknown()","source":"http://hl7.org/fhir/StructureDefinition/DomainResource"}]},{"path":"Patient.name","min":1,"max":"1"}]},
            """));
        Assert.Equal(["profile-cardinality Patient.name"], catalog.Errors(Start + "}"));
    }

    [Fact]
    public void A_datatype_profile_is_asked_of_the_elements_that_name_it()
    {
        var catalog = Catalog.Of(
            Catalog.Definition("Patient", """{"path":"Patient.identifier","type":[{"code":"Identifier","profile":["urn:test:a","urn:test:b"]}]},{"path":"Patient.name","type":[{"code":"HumanName","profile":["urn:test:name"]}]}"""),
            Catalog.Definition("Identifier", """{"path":"Identifier.system","min":1,"fixedUri":"urn:a"}""", "urn:test:a"),
            Catalog.Definition("Identifier", """{"path":"Identifier.system","min":1,"fixedUri":"urn:b"}""", "urn:test:b"),
            Catalog.Definition("HumanName", """{"path":"HumanName.family","min":1}""", "urn:test:name"));
        Assert.Empty(catalog.Errors(Start + ""","identifier":[{"system":"urn:a"},{"system":"urn:b"}],"name":[{"family":"x"}]}"""));
        Assert.Equal(["profile-none-fits Patient.identifier[0]", "profile-cardinality Patient.name[0].family"], catalog.Errors(Start + ""","identifier":[{"system":"urn:c"}],"name":[{"text":"x"}]}"""));
    }

    [Fact]
    public void An_extension_is_asked_what_its_definition_says_and_where_it_may_stand()
    {
        var extension = Catalog.Definition(
            "Extension",
            """{"id":"Extension.url","path":"Extension.url","fixedUri":"urn:test:ext"},{"id":"Extension.value[x]","path":"Extension.value[x]","min":1,"type":[{"code":"CodeableConcept"}]},{"id":"Extension.value[x].coding","path":"Extension.value[x].coding","min":1}""",
            "urn:test:ext",
            more: """ "context":[{"type":"element","expression":"Patient"},{"type":"element","expression":"HumanName.family"},{"type":"extension","expression":"urn:outer"}], """);
        var catalog = Catalog.Of(extension, Catalog.Definition("Patient", """{"id":"Patient.extension","path":"Patient.extension","slicing":{"discriminator":[{"type":"value","path":"url"}],"rules":"open"}},{"id":"Patient.extension:e","path":"Patient.extension","sliceName":"e","min":1,"type":[{"code":"Extension","profile":["urn:test:ext"]}]}"""));
        const string Good = """{"url":"urn:test:ext","valueCodeableConcept":{"coding":[{"code":"a"}]}}""";
        Assert.Empty(catalog.Errors(Start + $$""","extension":[{{Good}},{"url":"urn:other","valueString":"x"}]}"""));
        Assert.Empty(catalog.Errors(Start + $$$""","extension":[{{{Good}}},{"url":"urn:outer","extension":[{{{Good}}}]}],"name":[{"_family":{"extension":[{{{Good}}}]}}]}"""));
        Assert.Equal(["profile-cardinality Patient.extension"], catalog.Errors(Start + "}"));
        Assert.Equal(["profile-type Patient.extension[0].value", "profile-cardinality Patient.extension[0].value.coding"], catalog.Errors(Start + ""","extension":[{"url":"urn:test:ext","valueString":"x"}]}""").Distinct());
        Assert.Equal(["profile-cardinality Patient.extension[0].value.coding"], catalog.Errors(Start + ""","extension":[{"url":"urn:test:ext","valueCodeableConcept":{"text":"x"}}]}"""));
        Assert.Equal(["extension-context Patient.name[0].extension[0]"], catalog.Errors(Start + $$""","extension":[{{Good}}],"name":[{"extension":[{{Good}}]}]}"""));
    }

    [Fact]
    public void A_definition_goes_only_when_nothing_rests_on_it_and_is_replaced_with_what_derives_from_it()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient.gender","min":1}""", parent: "urn:b"), Catalog.Definition("Patient", """{"path":"Patient.name","min":1}""", "urn:b"));
        Assert.False(catalog.Without("urn:b").Try(out _, out var failure));
        Assert.Equal(409, failure!.Status);
        Assert.True(catalog.With([Read.Resource(Catalog.Definition("Patient", """{"path":"Patient.photo","min":1}""", "urn:b"))]).Try(out var replaced, out _));
        Assert.Equal(["profile-cardinality Patient.name", "profile-cardinality Patient.gender"], catalog.Errors(Start + "}"));
        Assert.Equal(["profile-cardinality Patient.photo", "profile-cardinality Patient.gender"], replaced!.Errors(Start + "}"));
        Assert.True(replaced.Without(Catalog.Url).Try(out var less, out _));
        Assert.False(less!.Holds(Catalog.Url));
    }

    [Fact]
    public void Of_many_definitions_those_that_can_be_taken_are_taken()
    {
        string[] all = [Catalog.Definition("Patient", """{"path":"Patient.gender","min":1}""", parent: "urn:bad"), Catalog.Definition("Patient", """{"path":"Patient.nothing","min":1}""", "urn:bad"), Catalog.Definition("Patient", """{"path":"Patient.name","min":1}""", "urn:good"), "{\"resourceType\":\"Basic\"}"];
        var catalog = ProfileCatalog.Held.WithAll(all.Select(Catalog.Json), out var refused);
        Assert.True(catalog.Holds("urn:good"));
        Assert.False(catalog.Holds("urn:bad") || catalog.Holds(Catalog.Url));
        Assert.Equal(2, refused.Length);
    }

    [Fact]
    public void More_elements_rules_or_definitions_than_are_held_are_refused()
    {
        var limits = new ProfileLimits { ElementsMax = 2, ConstraintsMax = 1, ProfilesMax = 2 };
        var catalog = ProfileCatalog.Empty(new Fhir.Terminology.TerminologyCatalog(new()), limits);
        Assert.Contains("more than 2 elements", Refused(Catalog.Definition("Patient", """{"path":"Patient.gender"},{"path":"Patient.name"},{"path":"Patient.photo"}""")), StringComparison.Ordinal);
        Assert.Contains("more than 1 rules", Refused(Catalog.Definition("Patient", """{"path":"Patient","constraint":[{"key":"a-1","severity":"error","human":"x","expression":"true"},{"key":"a-2","severity":"error","human":"x","expression":"1=1"}]}""")), StringComparison.Ordinal);
        Assert.Contains("at most 2", Refused(Catalog.Definition("Patient", """{"path":"Patient.gender"}"""), Catalog.Definition("Patient", """{"path":"Patient.gender"}""", "urn:b")), StringComparison.Ordinal);

        string Refused(params string[] definitions) => catalog.With([.. definitions.Select(Read.Resource)]).Try(out _, out var failure) ? "" : failure.Issues[0].Diagnostics;
    }

    [Theory]
    [InlineData("(", "true", ")", 1_900)]
    [InlineData("true or ", "true", "", 480)]
    [InlineData("", "name", ".first()", 490)]
    [InlineData("-", "1 = 1", "", 3_900)]
    public void A_rule_that_would_fill_the_stack_is_refused(string before, string middle, string after, int times)
    {
        var rule = string.Concat(Enumerable.Repeat(before, times)) + middle + string.Concat(Enumerable.Repeat(after, times));
        Assert.Contains("has a rule of more than", Catalog.Refusal(Catalog.Definition("Patient", $$$"""{"path":"Patient","constraint":[{"key":"d-1","severity":"error","human":"h","expression":"{{{rule}}}"}]}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_would_take_long_is_stopped()
    {
        var names = string.Join(',', Enumerable.Repeat("""{"family":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}""", 400));
        var slow = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient","constraint":[{"key":"s-1","severity":"error","human":"h","expression":"name.where(%resource.name.where(%resource.name.where(family = 'x').exists()).exists()).exists()"}]}"""));
        Assert.Equal(["profile-too-costly Patient"], slow.Errors($$"""{"resourceType":"Patient","name":[{{names}}]}"""));
        var regex = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient.name","constraint":[{"key":"s-2","severity":"error","human":"h","expression":"family.matches('^(a+)+$')"}]}"""));
        Assert.All(regex.Errors($$"""{"resourceType":"Patient","name":[{{names}}]}"""), e => Assert.StartsWith("profile-s-2 ", e, StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_of_another_type_is_reported_and_its_elements_are_not() =>
        Assert.Equal(["profile-type Basic.meta.profile"], Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient.name","min":1}""")).Errors("""{"resourceType":"Basic","code":{"text":"x"}}"""));

    [Fact]
    public void A_large_resource_is_not_given_to_the_engine()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient","constraint":[{"key":"x-1","severity":"error","human":"h","expression":"true"}]}"""));
        Assert.Equal(["profile-unreadable Patient"], catalog.Errors($$"""{"resourceType":"Patient","name":[{"text":"{{new string('x', 1_000_000)}}"},{"text":"{{new string('x', 100_000)}}"}]}"""));
    }
}
