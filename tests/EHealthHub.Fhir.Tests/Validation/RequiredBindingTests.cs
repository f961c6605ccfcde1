using System.Text.Json;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>All required bindings of R4's types against HL7's own value sets: each is checked with exactly the codes of its value set, or stands in the short list of those that are no lists.</summary>
public sealed class RequiredBindingTests
{
    /// <summary>Not lists: MIME types, whose form is checked, and units of UCUM.</summary>
    private static readonly HashSet<string> Unlisted = ["mimetypes", "ucum-units"];

    /// <summary>Bound to an answer list of LOINC, whose codes are not public.</summary>
    private static readonly HashSet<string> Unchecked = ["MolecularSequence.structureVariant.variantType"];

    [OfficialExamplesFact]
    public void Every_required_binding_is_checked_with_the_codes_of_its_value_set()
    {
        var terms = RealData.OfficialExamples().Where(f => Path.GetFileName(f).Split('-')[0] is "CodeSystem" or "ValueSet").Select(Json).ToList();
        var catalog = new TerminologyCatalog(new TerminologyLimits()).WithAll(terms, out _);
        var (count, differences) = (0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var file in RealData.OfficialExamples().Where(f => Path.GetFileName(f).StartsWith("StructureDefinition-", StringComparison.Ordinal)))
        {
            var root = Json(file);
            if (!root.TryGetProperty("derivation", out var derivation) || !derivation.ValueEquals("specialization") || root.GetProperty("kind").GetString() is not ("resource" or "complex-type") || root.GetProperty("abstract").GetBoolean())
            {
                continue;
            }

            foreach (var element in root.GetProperty("snapshot").GetProperty("element").EnumerateArray())
            {
                var path = element.GetProperty("path").GetString()!;
                if (!element.TryGetProperty("binding", out var binding) || !binding.GetProperty("strength").ValueEquals("required") || element.GetProperty("max").ValueEquals("0"))
                {
                    continue;
                }

                count++;
                var valueSet = binding.GetProperty("valueSet").GetString()!.Split('|')[0];
                if (Unlisted.Contains(valueSet.Split('/')[^1]) || Unchecked.Contains(path))
                {
                    continue;
                }

                var rule = Rule(path);
                if (rule?.Codes is null)
                {
                    differences.Add($"{path}: {valueSet} is not checked");
                }
                else if (catalog.ValueSet(valueSet) is { } set && new ValueSetReader(catalog).Expand(set).Try(out var codes, out _))
                {
                    differences.UnionWith(codes.Where(c => c.Concept is not { IsAbstract: true } && !rule.Codes.TryGet(System.Text.Encoding.UTF8.GetBytes(c.Code), out _)).Select(c => $"{path}: {c.Code} is missing"));
                    if (rule.Primitive != PrimitiveKind.None)
                    {
                        differences.UnionWith(rule.Codes.Values.Except(codes.Select(c => c.Code)).Select(c => $"{path}: {c} is not of R4"));
                    }
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
        Assert.Equal(366, count);
    }

    /// <summary>The rule of a path, through the types of its elements.</summary>
    private static ElementRule? Rule(string path)
    {
        var names = path.Split('.');
        var table = EHealthHub.Fhir.Reading.ResourceTypes.IsKnown(names[0]) ? SchemaCatalog.Resource(names[0]) : SchemaCatalog.Of(SchemaCatalog.Native(names[0]));
        ElementRule? rule = null;
        foreach (var name in names.Skip(1))
        {
            rule = table.ByElement.TryGetValue(name.Replace("[x]", "", StringComparison.Ordinal), out var rules) ? rules.FirstOrDefault(r => r.Codes is not null) ?? rules[0] : null;
            if (rule is null)
            {
                return null;
            }

            table = rule.Primitive == PrimitiveKind.None && !rule.IsResource ? rule.Type : table;
        }

        return rule;
    }

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
