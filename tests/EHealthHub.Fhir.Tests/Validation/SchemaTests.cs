using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class SchemaTests
{
    private const int DataTypes = 39;

    [Fact]
    public void Every_resource_type_has_a_table_down_to_its_last_backbone()
    {
        var seen = new HashSet<string>();
        foreach (var type in ResourceTypes.All)
        {
            Visit(SchemaCatalog.Resource(type), seen);
        }

        Assert.InRange(seen.Count, 600, 800);
        Assert.All(PresenceRules.Types, type => Assert.Contains(type, seen));
        Assert.All(RequiredCodes.ConceptPaths, path => Assert.Contains(path[..path.LastIndexOf('.')], seen));
    }

    /// <summary>The definitions that HL7 publishes are the oracle of what the SDK's classes gave us.</summary>
    [OfficialExamplesFact]
    public void The_tables_say_what_the_published_definitions_say()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var path in RealData.OfficialExamples().Where(p => Path.GetFileName(p).StartsWith("StructureDefinition-", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var type = root.GetProperty("type").GetString()!;
            var isConcrete = root.GetProperty("id").GetString() == type && !root.GetProperty("abstract").GetBoolean();
            if (isConcrete && root.GetProperty("kind").GetString() is "resource" or "complex-type" && root.GetProperty("derivation").GetString() == "specialization")
            {
                count++;
                Compare(root.GetProperty("snapshot").GetProperty("element"), differences);
            }
        }

        Assert.Equal(ResourceTypes.All.Count + DataTypes, count);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static void Compare(JsonElement elements, List<string> differences)
    {
        var tables = new Dictionary<string, TypeTable>();
        foreach (var element in elements.EnumerateArray())
        {
            var path = element.GetProperty("path").GetString()!;
            if (!path.Contains('.', StringComparison.Ordinal))
            {
                tables[path] = SchemaCatalog.Of(SchemaCatalog.Native(path));
                continue;
            }

            var owner = tables[path[..path.LastIndexOf('.')]];
            var name = path[(path.LastIndexOf('.') + 1)..].Replace("[x]", "", StringComparison.Ordinal);
            var rules = owner.Members.Values.Where(r => r.Element == name && !r.IsCompanion).ToList();
            if (rules.Count == 0)
            {
                differences.Add($"{path} is missing");
                continue;
            }

            var ours = string.Join(' ', rules.Select(TypeName).Distinct().Order(StringComparer.Ordinal));
            var theirs = element.TryGetProperty("type", out var types)
                ? string.Join(' ', types.EnumerateArray().Select(t => t.GetProperty("code").GetString()!.Replace("http://hl7.org/fhirpath/System.String", "string", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal))
                : "BackboneElement";
            theirs = theirs == "Element" ? "BackboneElement" : theirs;
            Check(path, "types", theirs == ours || (theirs == "string" && (ours == "id" || path == "Extension.url")), $"{ours} / {theirs}", differences);
            Check(path, "array", rules[0].IsArray == (element.GetProperty("max").GetString() != "1"), element.GetProperty("max").GetString()!, differences);
            Check(path, "required", ((owner.Required >> rules[0].Index) & 1) == (ulong)Math.Min(1, element.GetProperty("min").GetInt32()), "min", differences);

            // Extensions that modify are kept with all that is in them, whatever the definitions mark.
            Check(path, "summary", name == "modifierExtension" || owner.Name == "Extension" || (((owner.Summary >> rules[0].Index) & 1) != 0) == Is(element, "isSummary"), "isSummary", differences);
            Check(path, "modifier", (((owner.Modifiers >> rules[0].Index) & 1) != 0) == Is(element, "isModifier"), "isModifier", differences);
            var targets = element.TryGetProperty("type", out types)
                ? types.EnumerateArray().Where(t => t.GetProperty("code").GetString() == "Reference" && t.TryGetProperty("targetProfile", out _)).SelectMany(t => t.GetProperty("targetProfile").EnumerateArray()).Select(t => t.GetString()!.Split('/')[^1])
                : [];
            var expected = string.Join(' ', targets.Where(t => t != "Resource").Distinct().Order(StringComparer.Ordinal));
            var actual = string.Join(' ', rules.Where(r => r.Targets is not null).SelectMany(r => r.Targets!.Values).Order(StringComparer.Ordinal));
            Check(path, "targets", expected == actual, $"{actual} / {expected}", differences);
            if (theirs == "BackboneElement" && rules[0].Type.Name == path)
            {
                tables[path] = rules[0].Type;
            }
        }

        foreach (var (path, table) in tables)
        {
            var known = elements.EnumerateArray().Select(e => e.GetProperty("path").GetString()!).Where(p => p.StartsWith(path + ".", StringComparison.Ordinal)).Select(p => p[(path.Length + 1)..].Split('.')[0].Replace("[x]", "", StringComparison.Ordinal)).ToHashSet();
            if (known.Count > 0)
            {
                differences.AddRange(table.Elements.Where(e => !known.Contains(e)).Select(e => $"{path}.{e} is not in the definition"));
            }
        }
    }

    private static void Check(string path, string what, bool same, string detail, List<string> differences)
    {
        if (!same)
        {
            differences.Add($"{path} {what}: {detail}");
        }
    }

    private static bool Is(JsonElement element, string flag) => element.TryGetProperty(flag, out var value) && value.GetBoolean();

    private static string TypeName(ElementRule rule) =>
        rule.IsResource ? "Resource"
        : rule.Primitive != PrimitiveKind.None ? PrimitiveKinds.Name(rule.Primitive)
        : rule.Type.Name.Contains('.', StringComparison.Ordinal) ? "BackboneElement" : rule.Type.Name;

    private static void Visit(TypeTable table, HashSet<string> seen)
    {
        if (seen.Add(table.Name))
        {
            foreach (var rule in table.Members.Values.Where(r => r is { IsCompanion: false, IsResource: false, Primitive: PrimitiveKind.None }))
            {
                Visit(rule.Type, seen);
            }
        }
    }
}
