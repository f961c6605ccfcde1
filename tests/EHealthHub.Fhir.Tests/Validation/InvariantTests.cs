using System.Text.Json;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>R4's invariants, all of them: each is evaluated, and each of the natively written ones on values is broken here once. The list cannot go stale, since it is compared with HL7's definitions and with the tables.</summary>
public sealed class InvariantTests
{
    /// <summary>One resource that breaks each rule on values which is written natively.</summary>
    private const string Broken = """
        ele-1 | {"resourceType":"Patient","name":[{}]}
        ext-1 | {"resourceType":"Patient","extension":[{"url":"urn:x"}]}
        dom-2 | {"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"}}]}],"link":[{"other":{"reference":"#a"},"type":"seealso"}]}
        dom-3 | {"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a"}]}
        dom-4 | {"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","meta":{"versionId":"1"}}],"link":[{"other":{"reference":"#a"},"type":"seealso"}]}
        dom-5 | {"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","meta":{"security":[{"code":"R"}]}}],"link":[{"other":{"reference":"#a"},"type":"seealso"}]}
        txt-1 | {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}}
        txt-2 | {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>"}}
        ref-1 | {"resourceType":"Patient","managingOrganization":{"reference":"#a"}}
        per-1 | {"resourceType":"Patient","name":[{"period":{"start":"2026","end":"2025"}}]}
        rng-2 | {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueRange":{"low":{"value":2},"high":{"value":1}}}
        age-1 | {"resourceType":"Condition","subject":{"display":"x"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"onsetAge":{"value":-1,"code":"a","system":"http://unitsofmeasure.org"}}
        cnt-3 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueCount":{"value":1,"code":"1","system":"urn:x"}}]}
        dis-1 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueDistance":{"value":1,"code":"m","system":"urn:x"}}]}
        drt-1 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueDuration":{"value":1,"code":"h","system":"urn:x"}}]}
        tim-4 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueTiming":{"repeat":{"duration":-1,"durationUnit":"h"}}}]}
        tim-5 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueTiming":{"repeat":{"period":-1,"periodUnit":"h"}}}]}
        tim-9 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueTiming":{"repeat":{"offset":5,"when":["CM"]}}}]}
        trd-3 | {"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueTriggerDefinition":{"type":"periodic"}}]}
        ait-1 | {"resourceType":"AllergyIntolerance","patient":{"display":"x"}}
        ait-2 | {"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"entered-in-error"}]}}
        app-3 | {"resourceType":"Appointment","status":"booked","participant":[{"actor":{"display":"x"},"status":"accepted"}]}
        app-4 | {"resourceType":"Appointment","status":"proposed","cancelationReason":{"text":"x"},"participant":[{"actor":{"display":"x"},"status":"accepted"}]}
        bdl-1 | {"resourceType":"Bundle","type":"collection","total":1}
        bdl-2 | {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"},"search":{"mode":"match"}}]}
        bdl-3 | {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"},"request":{"method":"GET","url":"x"}}]}
        bdl-4 | {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"},"response":{"status":"200"}}]}
        bdl-7 | {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient"}},{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient"}}]}
        bdl-8 | {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"https://x.example/Patient/1/_history/2","resource":{"resourceType":"Patient","id":"1"}}]}
        bdl-9 | {"resourceType":"Bundle","type":"document","timestamp":"2026-01-01T00:00:00Z"}
        bdl-10 | {"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x","value":"1"}}
        bdl-11 | {"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x","value":"1"},"timestamp":"2026-01-01T00:00:00Z","entry":[{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient"}}]}
        bdl-12 | {"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient"}}]}
        ctm-1 | {"resourceType":"CareTeam","participant":[{"member":{"reference":"Patient/1"},"onBehalfOf":{"display":"x"}}]}
        con-4 | {"resourceType":"Condition","subject":{"display":"x"},"abatementString":"x","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}}
        con-5 | {"resourceType":"Condition","subject":{"display":"x"},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}}
        ppc-2 | {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"something","code":"patient-privacy"}]},"category":[{"text":"x"}],"policyRule":{"text":"x"}}
        ppc-3 | {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"something","code":"research"}]},"category":[{"text":"x"}],"policyRule":{"text":"x"}}
        ppc-4 | {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"something","code":"adr"}]},"category":[{"text":"x"}],"policyRule":{"text":"x"}}
        ppc-5 | {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"something","code":"treatment"}]},"category":[{"text":"x"}],"policyRule":{"text":"x"}}
        grp-1 | {"resourceType":"Group","type":"person","actual":false,"member":[{"entity":{"display":"x"}}]}
        lnk-1 | {"resourceType":"Linkage","item":[{"type":"source","resource":{"display":"x"}}]}
        lst-2 | {"resourceType":"List","status":"current","mode":"working","entry":[{"item":{"display":"x"},"deleted":true}]}
        lst-3 | {"resourceType":"List","status":"current","mode":"changes","entry":[{"item":{"display":"x"},"date":"2026"}]}
        mrp-1 | {"resourceType":"MeasureReport","status":"complete","type":"data-collection","measure":"urn:x","period":{"start":"2026"},"group":[{"code":{"text":"x"}}]}
        mdd-1 | {"resourceType":"MedicationDispense","status":"completed","medicationCodeableConcept":{"text":"x"},"whenPrepared":"2026-02-02","whenHandedOver":"2026-02-01"}
        msq-3 | {"resourceType":"MolecularSequence","coordinateSystem":2}
        obs-7 | {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:x","code":"a"}]},"valueString":"x","component":[{"code":{"coding":[{"system":"urn:x","code":"a"}]}}]}
        org-2 | {"resourceType":"Organization","name":"x","address":[{"use":"home"}]}
        org-3 | {"resourceType":"Organization","name":"x","telecom":[{"use":"home","system":"phone","value":"1"}]}
        ras-1 | {"resourceType":"RiskAssessment","status":"final","subject":{"display":"x"},"prediction":[{"probabilityRange":{"low":{"value":1,"code":"1","system":"http://unitsofmeasure.org"}}}]}
        ras-2 | {"resourceType":"RiskAssessment","status":"final","subject":{"display":"x"},"prediction":[{"probabilityDecimal":101}]}
        inv-1 | {"resourceType":"Task","status":"draft","intent":"order","authoredOn":"2026-02-02","lastModified":"2026-02-01"}
        """;

    /// <summary>Keys that the hub reports under names of its own, which say more: of narratives, contained resources and code systems.</summary>
    private static readonly Dictionary<string, string> Renamed = new() { ["txt-1"] = "narrative-unsafe", ["dom-2"] = "element-unknown" };

    /// <summary>What is checked elsewhere: codes of a code system when it is taken, the narrative as a warning of $validate.</summary>
    private static readonly HashSet<string> Elsewhere = ["csd-1", "dom-6"];

    public static IEnumerable<object[]> BrokenOnes() => Lines().Select(l => new object[] { l[0], l[1] });

    [Theory]
    [MemberData(nameof(BrokenOnes))]
    public void A_broken_rule_is_named_by_its_key(string key, string json)
    {
        using var resource = Read.Resource(json);
        var issues = new Validator().Validate(resource, Read.Limits);
        Assert.Contains(issues, i => i.Code == Renamed.GetValueOrDefault(key, key) || (key == "dom-2" && i.Code == "dom-2"));
        Assert.All(issues, i => Assert.NotEmpty(i.Expression ?? ""));
    }

    /// <summary>R4 has 232 rules on its types beside those of every element and resource; each is in one of the three tables.</summary>
    [OfficialExamplesFact]
    public void Every_invariant_of_R4_is_evaluated()
    {
        var keys = PresenceRules.All.Select(r => r.Key).Concat(ConformanceRules.All.Select(r => r[1])).Concat(Lines().Select(l => l[0])).Concat(Elsewhere).ToHashSet(StringComparer.Ordinal);
        var places = PresenceRules.All.Select(r => r.Type + " " + r.Key).Concat(ConformanceRules.All.Select(r => r[0] + " " + r[1])).ToHashSet(StringComparer.Ordinal);
        var native = Lines().Select(l => l[0]).Concat(Elsewhere).ToHashSet(StringComparer.Ordinal);
        var (all, missing) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        foreach (var (path, key) in Rules())
        {
            all.Add(key);
            if (!keys.Contains(key) || !(native.Contains(key) || key.StartsWith("eld-", StringComparison.Ordinal) || key == "mrp-2" || places.Contains(path + " " + key)))
            {
                missing.Add(path + " " + key);
            }
        }

        Assert.True(missing.Count == 0, string.Join(", ", missing));
        Assert.Equal(236, all.Count);
    }

    private static IEnumerable<string[]> Lines() => Broken.Split('\n', StringSplitOptions.TrimEntries).Select(l => l.Split(" | ", 2));

    /// <summary>Path and key of each rule where R4 defines it.</summary>
    private static IEnumerable<(string Path, string Key)> Rules()
    {
        foreach (var file in RealData.OfficialExamples().Where(f => Path.GetFileName(f).StartsWith("StructureDefinition-", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            if (!root.TryGetProperty("derivation", out var derivation) || !derivation.ValueEquals("specialization") || root.GetProperty("kind").ValueEquals("logical"))
            {
                continue;
            }

            foreach (var element in root.GetProperty("snapshot").GetProperty("element").EnumerateArray())
            {
                foreach (var rule in element.TryGetProperty("constraint", out var list) ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
                {
                    if (!rule.TryGetProperty("source", out var source) || source.ValueEquals(root.GetProperty("url").GetString()))
                    {
                        yield return (element.GetProperty("path").GetString()!, rule.GetProperty("key").GetString()!);
                    }
                }
            }
        }
    }
}
