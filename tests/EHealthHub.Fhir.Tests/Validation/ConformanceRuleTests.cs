using System.Text.Json;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>R4's rules of definitional resources: each compiles, holds and breaks where it should, and is R4's own.</summary>
public sealed class ConformanceRuleTests
{
    [Fact]
    public void Every_rule_compiles_for_its_type()
    {
        Assert.NotEmpty(ConformanceRules.All);
        Assert.All(ConformanceRules.All, r => Assert.NotNull(RuleCompiler.Compile(r[3])));
        Assert.All(ConformanceRules.All.Select(r => r[0].Split('.')[0]).Distinct(), t => Assert.True(ConformanceRules.Advises(t) && ConformanceRules.For(t).Type == t));
    }

    [Theory]
    [InlineData("""{"resourceType":"SearchParameter","url":"urn:x","name":"X","status":"active","description":"x","code":"x","base":["Patient"],"type":"token","chain":["y"]}""", "spd-2 SearchParameter")]
    [InlineData("""{"resourceType":"OperationDefinition","name":"X","status":"active","kind":"operation","code":"x","system":true,"type":false,"instance":false,"parameter":[{"name":"a","use":"in","min":0,"max":"1"}]}""", "opd-1 OperationDefinition.parameter[0]")]
    [InlineData("""{"resourceType":"ValueSet","status":"active","compose":{"include":[{"concept":[{"code":"a"}]}]}}""", "vsd-1 ValueSet.compose.include[0]", "vsd-2 ValueSet.compose.include[0]")]
    [InlineData("""{"resourceType":"StructureDefinition","url":"urn:x","name":"X","status":"active","kind":"resource","abstract":false,"type":"Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient","fixedBoolean":true,"patternBoolean":true}]}}""", "eld-8 StructureDefinition.differential.element[0]", "sdf-4 StructureDefinition")]
    [InlineData("""{"resourceType":"NamingSystem","name":"X","status":"active","kind":"root","date":"2026","uniqueId":[{"type":"uuid","value":"x"}]}""", "nsd-1 NamingSystem")]
    [InlineData("""{"resourceType":"ConceptMap","url":"urn:x","status":"active","group":[{"element":[{"code":"a"}],"unmapped":{"mode":"fixed"}}]}""", "cmd-2 ConceptMap.group[0].unmapped")]
    [InlineData("""{"resourceType":"SearchParameter","url":"urn:x","name":"X","status":"active","description":"x","code":"x","base":["Patient"],"type":"token"}""")]
    public void A_definition_that_breaks_a_rule_is_refused_by_its_key(string json, params string[] broken)
    {
        using var resource = Read.Resource(json);
        Assert.Equal(broken, new Validator().Validate(resource, Read.Limits).Select(i => $"{i.Code} {i.Expression}"));
    }

    /// <summary>The file is compared with HL7's definitions, where those are.</summary>
    [OfficialExamplesFact]
    public void The_rules_are_those_of_R4()
    {
        var theirs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in RealData.OfficialExamples().Where(f => Path.GetFileName(f).StartsWith("StructureDefinition-", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var element in document.RootElement.TryGetProperty("snapshot", out var snapshot) ? [.. snapshot.GetProperty("element").EnumerateArray()] : Array.Empty<JsonElement>())
            {
                foreach (var rule in element.TryGetProperty("constraint", out var list) ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
                {
                    theirs.TryAdd(element.GetProperty("path").GetString() + " " + rule.GetProperty("key").GetString(), rule.TryGetProperty("expression", out var e) ? e.GetString()! : "");
                }
            }
        }

        Assert.All(ConformanceRules.All, r => Assert.Equal(theirs[r[0].Replace("StructureDefinition.differential.element", r[1].StartsWith("eld-", StringComparison.Ordinal) ? "ElementDefinition" : "StructureDefinition.differential.element", StringComparison.Ordinal) + " " + r[1]], r[3]));
    }
}
