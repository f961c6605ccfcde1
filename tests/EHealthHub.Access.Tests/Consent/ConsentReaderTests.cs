using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Access.Tests.Consent;

public class ConsentReaderTests
{
    [Fact]
    public void A_basic_consent_permits_purposes_to_actors_for_a_period()
    {
        var reading = Read(Consents.Active($$"""{"type":"permit","period":{"start":"2026-01-01","end":"2026-12-31"},{{Consents.Actors("Organization/here", "Practitioner/ayse")}},{{Consents.Purposes("TREAT", "HPAYMT")}}}"""));
        Assert.Empty(reading.Issues);
        var rule = Assert.Single(reading.Directive!.Rules);
        Assert.True(rule is { Permits: true, Depth: 0, HasUnknown: false });
        Assert.Equal(["TREAT", "HPAYMT"], rule.Purposes.ToArray());
        Assert.Equal([ActorKind.Institution, ActorKind.Clinician], rule.Actors.Select(a => a.Kind));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(3)), rule.From);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.FromHours(3)), rule.Until);
    }

    [Fact]
    public void An_intermediate_consent_names_data_and_the_time_of_care_and_has_exceptions()
    {
        var reading = Read(Consents.Active(
            $$"""
            {"type":"permit",{{Consents.Purposes("TREAT")}},
             "provision":[{"type":"deny","dataPeriod":{"start":"2022-01","end":"2022-12"} },
                          {"type":"deny","data":[{"meaning":"instance","reference":{"reference":"Observation/1"} },{"meaning":"related","reference":{"reference":"Encounter/2"} },{"meaning":"authoredby","reference":{"reference":"Practitioner/3"} }]}]}
            """));
        Assert.Empty(reading.Issues);
        Assert.Equal([(true, 0), (false, 1), (false, 1)], reading.Directive!.Rules.Select(r => (r.Permits, r.Depth)));
        Assert.All(reading.Directive.Rules, r => Assert.Equal(["TREAT"], r.Purposes.ToArray()));
        Assert.Equal((new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero)), (reading.Directive.Rules[1].DataFrom!.Value, reading.Directive.Rules[1].DataUntil!.Value));
        Assert.Equal([DataMeaning.Instance, DataMeaning.Related, DataMeaning.AuthoredBy], reading.Directive.Rules[2].Data.Select(d => d.Meaning));
    }

    [Fact]
    public void An_advanced_consent_names_labels()
    {
        var reading = Read(Consents.Active($$"""{"type":"permit",{{Consents.Labels("N", "R")}},"provision":[{"type":"permit",{{Consents.Labels("PSY", "SEX")}},{{Consents.Actors("Practitioner/ayse")}}},{"type":"deny",{{Consents.Labels("R", "V")}}}]}"""));
        Assert.Empty(reading.Issues);
        Assert.Equal([Confidentiality.Restricted, null, Confidentiality.Restricted], reading.Directive!.Rules.Select(r => r.Confidentiality));
        Assert.Equal(Sensitivities.Psychiatry | Sensitivities.Sexuality, reading.Directive.Rules[1].Sensitivities);
    }

    [Fact]
    public void Type_and_content_restrict_as_R4_defines_them()
    {
        var reading = Read(Consents.Active("""{"type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}],"code":[{"coding":[{"system":"http://loinc.org","code":"1"},{"system":"http://snomed.info/sct","code":"2"}]}]}"""));
        Assert.Empty(reading.Issues);
        var rule = Assert.Single(reading.Directive!.Rules);
        Assert.Equal(["Observation"], rule.Types.ToArray());
        Assert.Equal(["http://loinc.org|1", "http://snomed.info/sct|2"], rule.Codes.ToArray());
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("proposed")]
    [InlineData("rejected")]
    [InlineData("inactive")]
    [InlineData("entered-in-error")]
    public void A_consent_that_is_not_active_says_nothing(string status)
    {
        var consent = JsonDocument.Parse(Consents.Active("""{"type":"deny"}""").GetRawText().Replace("\"active\"", $"\"{status}\"", StringComparison.Ordinal)).RootElement;
        Assert.Equal(new ConsentReading(null, null, []), Read(consent));
    }

    [Theory]
    [InlineData("adr")]
    [InlineData("treatment")]
    public void A_consent_to_treatment_or_an_advance_directive_says_nothing_of_access(string scope) => Assert.Null(Read(Consents.Active("""{"type":"deny"}""", scope: scope)).Directive);

    [Theory]
    [InlineData("regulation", SecuritySetting.Regulation)]
    [InlineData("treating-clinicians", SecuritySetting.TreatingClinicians)]
    [InlineData("family-doctor", SecuritySetting.FamilyDoctor)]
    [InlineData("closed", SecuritySetting.Closed)]
    public void A_setting_is_named_by_its_policy(string name, SecuritySetting setting)
    {
        var reading = Read(Setting($$"""[{"uri":"{{ConsentReader.SettingPolicy}}{{name}}"}]"""));
        Assert.Empty(reading.Issues);
        Assert.Equal(setting, reading.Setting);
        Assert.Empty(reading.Directive!.Rules);
    }

    [Theory]
    [InlineData("""[{"uri":"https://ehealthhub.example/fhir/policy/security-setting/other"}]""")]
    [InlineData("""[{"uri":"https://elsewhere.example/closed"}]""")]
    [InlineData("[]")]
    public void A_setting_that_is_not_understood_closes_the_record(string policy)
    {
        var reading = Read(Setting(policy));
        Assert.Equal(SecuritySetting.Closed, reading.Setting);
        Assert.NotEmpty(reading.Issues);
    }

    [Fact]
    public void The_narrowest_of_several_settings_counts()
    {
        var consents = new[] { "family-doctor", "regulation", "treating-clinicians" }.Select(n => Setting($$"""[{"uri":"{{ConsentReader.SettingPolicy}}{{n}}"}]"""));
        Assert.Equal(SecuritySetting.FamilyDoctor, ConsentReader.ReadAll(consents, Consents.Resolve).Setting);
        Assert.Equal(SecuritySetting.Regulation, ConsentReader.ReadAll([], Consents.Resolve).Setting);
    }

    public static TheoryData<string, string, string> NotUnderstood => new()
    {
        { """{"type":"permit","action":[{"text":"x"}]}""", "", "Consent.provision.action" },
        { """{"type":"permit","modifierExtension":[{"url":"x"}]}""", "", "Consent.provision.modifierExtension" },
        { """{"type":"permit"}""", """ "modifierExtension":[{"url":"x"}] """, "Consent.modifierExtension" },
        { """{"type":"permit"}""", """ "implicitRules":"http://x" """, "Consent.implicitRules" },
        { """{"type":"permit"}""", """ "verification":[{"verified":false}] """, "Consent.verification" },
        { """{"type":"permit","purpose":[{"system":"http://x","code":"FooBar"}]}""", "", "Consent.provision.purpose" },
        { """{"type":"permit","class":[{"system":"urn:ietf:bcp:13","code":"text/plain"}]}""", "", "Consent.provision.class" },
        { """{"type":"permit","code":[{"text":"blood sugar"}]}""", "", "Consent.provision.code" },
        { """{"type":"permit","securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"CEL"}]}""", "", "Consent.provision.securityLabel" },
        { """{"type":"permit","securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"X"}]}""", "", "Consent.provision.securityLabel" },
        { """{"type":"permit","dataPeriod":{"start":"yesterday"}}""", "", "Consent.provision.dataPeriod" },
        { """{"type":"permit","dataPeriod":{"start":"2022-02-30"}}""", "", "Consent.provision.dataPeriod" },
        { """{"type":"permit","period":{"start":"2022","end":"2021"}}""", "", "Consent.provision.period" },
        { """{"type":"permit","period":{"start":"2022-01-01T10:00:00"}}""", "", "Consent.provision.period" },
        { """{"type":"permit","data":[{"meaning":"dependents","reference":{"reference":"Observation/1"}}]}""", "", "Consent.provision.data" },
        { """{"type":"permit","data":[{"meaning":"instance","reference":{"identifier":{"value":"1"}}}]}""", "", "Consent.provision.data" },
        { """{"type":"permit","data":[{"meaning":"instance","reference":{"reference":"https://elsewhere.example/Observation/1"}}]}""", "", "Consent.provision.data" },
        { """{"type":"permit","actor":[{"role":{"text":"somebody"},"reference":{"reference":"Practitioner/ayse"}}]}""", "", "Consent.provision.actor[0]" },
        { $$"""{"type":"permit","actor":[{{Consents.Actor("Practitioner/stranger")}}]}""", "", "Consent.provision.actor[0]" },
        { $$"""{"type":"permit","actor":[{{Consents.Actor("Device/1")}}]}""", "", "Consent.provision.actor[0]" },
        { """{"purpose":[]}""", "", "Consent.provision.type" },
        { "", "", "Consent.provision.type" },
        { """{"type":"permit","provision":[{"purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}]}]}""", "", "Consent.provision.provision[0].type" },
        { """{"type":"permit","somethingNew":1}""", "", "Consent.provision.somethingNew" },
    };

    [Theory]
    [MemberData(nameof(NotUnderstood))]
    public void What_is_not_understood_is_refused_by_the_name_of_its_element_and_never_permits(string provision, string more, string element)
    {
        var reading = Read(Consents.Active(provision, more));
        Assert.Contains(reading.Issues, i => i.Code == "consent-not-understood" && i.Expression == element);
        Assert.All(reading.Issues, i => Assert.Contains(i.Code, OutcomeTexts.Codes));
        var permitting = reading.Directive!.Rules.Where(r => r is { Permits: true, HasUnknown: false } && !r.Actors.Any(a => a.Kind is ActorKind.NotUnderstood or ActorKind.Nobody));
        Assert.Equal(provision.Contains("\"provision\"", StringComparison.Ordinal) ? 1 : 0, permitting.Count());
    }

    [Theory]
    [InlineData("patient")]
    [InlineData("dateTime")]
    [InlineData("performer")]
    public void What_every_consent_must_have_is_asked_for(string member)
    {
        var whole = Consents.Active("""{"type":"permit"}""");
        var without = JsonDocument.Parse(JsonSerializer.Serialize(whole.EnumerateObject().Where(m => m.Name != member).ToDictionary(m => m.Name, m => m.Value))).RootElement;
        Assert.Equal(("consent-incomplete", "Consent." + member), Assert.Single(ConsentReader.Check(without, Consents.Resolve)) is var issue ? (issue.Code, issue.Expression) : default);
    }

    [Fact]
    public void A_consent_that_is_too_deep_or_too_long_denies_everything()
    {
        var deep = """{"type":"permit"}""";
        for (var i = 0; i < ConsentReader.DepthMax + 1; i++)
        {
            deep = $$"""{"type":"permit","provision":[{{deep}}]}""";
        }

        var wide = $$"""{"type":"permit","provision":[{{string.Join(',', Enumerable.Repeat("""{"type":"permit"}""", ConsentReader.ProvisionsMax))}}]}""";
        foreach (var provision in new[] { deep, wide })
        {
            var reading = Read(Consents.Active(provision));
            Assert.Equal("consent-too-large", Assert.Single(reading.Issues).Code);
            Assert.True(Assert.Single(reading.Directive!.Rules) is { Permits: false, HasUnknown: true, Depth: 0 });
        }
    }

    [Theory]
    [InlineData("OPTIN", true)]
    [InlineData("OPTOUT", false)]
    public void A_policy_rule_says_what_a_root_without_a_type_does(string code, bool permits)
    {
        var reading = Read(Consents.Active("", $$""" "policyRule":{"coding":[{"system":"{{Consents.ActCode}}","code":"{{code}}"}]} """));
        Assert.Empty(reading.Issues);
        Assert.Equal(permits, Assert.Single(reading.Directive!.Rules).Permits);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"status":"active","scope":[1],"category":{"coding":1},"provision":{"type":1,"actor":[1,{"reference":2}],"purpose":[3],"class":{},"code":[null],"securityLabel":["x"],"data":[null],"period":4,"provision":[5,null]}}""")]
    public void Whatever_is_read_there_is_an_answer(string json)
    {
        var reading = Read(JsonDocument.Parse(json).RootElement);
        Assert.DoesNotContain(reading.Directive?.Rules ?? [], r => r is { Permits: true, HasUnknown: false });
    }

    [Fact]
    public void An_exception_is_not_in_force_longer_than_what_it_excepts_from()
    {
        var reading = Read(Consents.Active("""{"type":"permit","period":{"start":"2026-02","end":"2026-06"},"provision":[{"type":"permit","period":{"start":"2026-01","end":"2026-12"}},{"type":"permit","period":{"start":"2026-03-01","end":"2026-03-01"}}]}"""));
        Assert.Empty(reading.Issues);
        var rules = reading.Directive!.Rules;
        Assert.Equal((rules[0].From, rules[0].Until), (rules[1].From, rules[1].Until));
        Assert.Equal(TimeSpan.FromDays(1), rules[2].Until - rules[2].From);
    }

    private static JsonElement Setting(string policy) => JsonDocument.Parse(
        Consents.Active("", $"\"policy\":{policy}").GetRawText().Replace("""{ "system": "http://loinc.org", "code": "59284-0" }""", $$"""{"system":"{{ConsentReader.CategorySystem}}","code":"{{ConsentReader.SettingCategory}}"}""", StringComparison.Ordinal)).RootElement;

    private static ConsentReading Read(JsonElement consent) => ConsentReader.Read(consent, Consents.Resolve);
}
