using System.Text;
using System.Text.Json;
using EHealthHub.Access.Labels;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Access.Tests.Labels;

public class ContentLabelsTests
{
    private const string Icd = "http://hl7.org/fhir/sid/icd-10";
    private const string Sct = "http://snomed.info/sct";

    private static readonly LabelRules Rules = LabelRules.Of(TerminologyCatalog.Held);

    [Theory]
    [InlineData(Icd, "B20", "HIV")]
    [InlineData(Icd, "B24.9", "HIV")]
    [InlineData(Icd, "b20.1", "HIV")]
    [InlineData(Icd, "Z21", "HIV")]
    [InlineData("https://ehealthhub.example/fhir/CodeSystem/skrs-icd-10", "B23.8", "HIV")]
    [InlineData("urn:oid:2.16.840.1.113883.6.3", "F32.1", "PSY")]
    [InlineData(Icd, "F32", "PSY")]
    [InlineData(Icd, "X71", "PSY")]
    [InlineData(Icd, "F10.2", "SUD")]
    [InlineData(Icd, "K70.3", "SUD")]
    [InlineData(Icd, "O04.5", "SEX")]
    [InlineData(Icd, "A54", "SEX")]
    [InlineData(Icd, "F64.0", "PSY SEX")]
    [InlineData(Icd, "Q90.0", "GDIS")]
    [InlineData(Icd, "E85.0", "GDIS")]
    [InlineData(Icd, "Y05", "SDV")]
    [InlineData(Icd, "T74.1", "SDV")]
    [InlineData("http://www.whocc.no/atc", "J05AR02", "HIV")]
    [InlineData("http://www.whocc.no/atc", "N05AH03", "PSY")]
    [InlineData("http://www.whocc.no/atc", "N07BC02", "SUD")]
    [InlineData("http://loinc.org", "56888-1", "HIV")]
    [InlineData("urn:oid:2.16.840.1.113883.6.1", "56888-1", "HIV")]
    [InlineData(Sct, "86406008", "HIV")]
    [InlineData("http://www.nlm.nih.gov/research/umls/rxnorm", "195085", "HIV")]
    [InlineData(Icd, "F17.2", "")]
    [InlineData(Icd, "B25", "")]
    [InlineData(Icd, "I10", "")]
    [InlineData(Icd, "E11.9", "")]
    [InlineData("http://www.whocc.no/atc", "J05AF08", "")]
    [InlineData("http://loinc.org", "8867-4", "")]
    [InlineData("urn:local", "B20", "")]
    [InlineData(Icd, "", "")]
    public void A_code_brings_its_labels(string system, string code, string expected) =>
        Assert.Equal(expected, Of($$$"""{"resourceType":"Condition","code":{"coding":[{"system":"{{{system}}}","code":"{{{code}}}"}]}}"""));

    [Theory]
    [InlineData("""{"contained":[{"resourceType":"Condition","code":{"coding":[{"code":"B20","system":"http://hl7.org/fhir/sid/icd-10"}]}}]}""")]
    [InlineData("""{"extension":[{"url":"x","extension":[{"url":"y","valueCoding":{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}}]}]}""")]
    [InlineData("""{"component":[{"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"1"},{"system":"http://hl7.org/fhir/sid/icd-10","display":"x","code":"B20"}]}}]}""")]
    [InlineData("""{"code":{"coding":[{"code":"\u004220","system":"http:\/\/hl7.org\/fhir\/sid\/icd-10"}]}}""")]
    [InlineData("""{"system":{"system":{"code":{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}}}}""")]
    public void A_code_counts_wherever_it_stands_and_however_it_is_written(string json) => Assert.Equal("HIV", Of(json));

    [Theory]
    [InlineData("""{"code":{"text":"HIV"}}""")]
    [InlineData("""{"system":"http://hl7.org/fhir/sid/icd-10","other":{"code":"B20"}}""")]
    [InlineData("""{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10"},{"code":"B20"}]}""")]
    [InlineData("""{"coding":[{"system":5,"code":true}]}""")]
    [InlineData("{}")]
    public void What_is_no_coding_brings_none(string json) => Assert.Equal("", Of(json));

    [Fact]
    public void Depth_beyond_the_first_frames_is_walked()
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":", 90)) + """{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}""" + new string('}', 90);
        Assert.Equal("HIV", Of(json));
    }

    [Fact]
    public void Every_rule_makes_what_it_labels_restricted() => Assert.Contains(new SecurityLabel(ResourceLabels.ConfidentialitySystem, "R"), Rules.Labels);

    [Fact]
    public void A_rule_that_the_authority_retires_or_replaces_rules_no_more()
    {
        const string Url = "https://ehealthhub.example/fhir/ValueSet/hub-sensitive-hiv";
        var retired = Rule(Url, "retired", "HIV", """{"system":"http://hl7.org/fhir/sid/icd-10","concept":[{"code":"B20"}]}""");
        Assert.Equal("", Of("""{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]}""", With(retired)));

        var other = Rule(Url, "active", "HIV", """{"system":"urn:local","concept":[{"code":"77"}]}""");
        Assert.Equal("HIV", Of("""{"coding":[{"system":"urn:local","code":"77"}]}""", With(other)));
        Assert.Equal("", Of("""{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]}""", With(other)));
    }

    [Fact]
    public void A_hierarchy_that_is_held_counts()
    {
        var system = """{"resourceType":"CodeSystem","url":"urn:h","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"a","concept":[{"code":"b","concept":[{"code":"c"}]}]},{"code":"d"}]}""";
        var rule = Rule("urn:rule", "active", "TBOO", """{"system":"urn:h","filter":[{"property":"concept","op":"is-a","value":"b"}]}""");
        var rules = With(system, rule);
        Assert.Equal(["", "TBOO", "TBOO", ""], "abcd".Select(c => Of($$"""{"coding":[{"system":"urn:h","code":"{{c}}"}]}""", rules)));
    }

    [Fact]
    public void What_a_rule_excludes_it_does_not_label()
    {
        var rule = """{"resourceType":"ValueSet","url":"urn:rule","status":"active","extension":[{"url":"https://ehealthhub.example/fhir/StructureDefinition/hub-assigned-label","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"TBOO"}}],"compose":{"include":[{"system":"urn:h"}],"exclude":[{"system":"urn:h","concept":[{"code":"b"}]}]}}""";
        var rules = With(rule);
        Assert.Equal("TBOO", Of("""{"coding":[{"system":"urn:h","code":"a"}]}""", rules));
        Assert.Equal("", Of("""{"coding":[{"system":"urn:h","code":"b"}]}""", rules));
    }

    private static string Rule(string url, string status, string label, string include) =>
        $$$"""{"resourceType":"ValueSet","url":"{{{url}}}","version":"0.1.0","status":"{{{status}}}","extension":[{"url":"https://ehealthhub.example/fhir/StructureDefinition/hub-assigned-label","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{{{label}}}"}}],"compose":{"include":[{{{include}}}]}}""";

    private static LabelRules With(params string[] definitions)
    {
        var catalog = TerminologyCatalog.Held.WithAll(definitions.Select(d => JsonDocument.Parse(d).RootElement), out var refused);
        Assert.Empty(refused);
        return LabelRules.Of(catalog);
    }

    private static string Of(string json, LabelRules? rules = null)
    {
        rules ??= Rules;
        var bits = ContentLabels.Of(rules, Encoding.UTF8.GetBytes(json));
        return string.Join(' ', rules.Labels.Where((l, i) => ((bits >> i) & 1) == 1 && l.System == ResourceLabels.SensitivitySystem).Select(l => l.Code).Order(StringComparer.Ordinal));
    }
}
