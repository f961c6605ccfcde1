using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;
using Xunit.Abstractions;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>The hub's native invariants against R4's own FHIRPath on the SDK's engine: official examples from which members are taken, or to which members of their like are given, are judged alike, key by key.</summary>
public sealed class InvariantOracleTests(ITestOutputHelper output)
{
    /// <summary>Left to other tests: rules of every element, of narratives and of contained resources, which the engine does not see as the message has them.</summary>
    private static readonly HashSet<string> Others = ["ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "txt-1", "txt-2", "ref-1"];

    /// <summary>R4's rng-2 compares Quantities, which the SDK's engine cannot for all.</summary>
    private static readonly HashSet<string> Undecided = ["rng-2"];

    private static readonly Dictionary<string, List<(string[] Path, string Key, CompiledExpression Rule)>> Rules = new(StringComparer.Ordinal);

    [OfficialExamplesFact]
    public void Invariants_are_judged_as_the_sdk_judges_R4s_expressions()
    {
        Load();
        var byType = RealData.OfficialExamples().Where(f => new FileInfo(f).Length < 60_000).GroupBy(f => Path.GetFileName(f).Split('-')[0])
            .Where(g => ResourceTypes.IsKnown(g.Key) && !ConformanceRules.Has(g.Key)).Select(g => g.Take(40).Select(f => JsonNode.Parse(File.ReadAllText(f))!.AsObject()).ToArray()).ToArray();
        var random = new Mutator(20261124);
        var cases = Fuzz.Cases(800);
        var (compared, broken, differences) = (0, 0, new SortedDictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < cases; i++)
        {
            var alike = byType[i % byType.Length];
            var resource = alike[random.Next(alike.Length)].DeepClone().AsObject();
            for (var left = random.Next(4); left > 0; left--)
            {
                Change(resource, alike[random.Next(alike.Length)], random);
            }

            var bytes = Encoding.UTF8.GetBytes(resource.ToJsonString());
            if (!FhirReader.Read(bytes, Read.Limits).Try(out var read, out _))
            {
                continue;
            }

            var issues = new ValidationRun().Validate(read, 200, null);
            var ours = issues.Where(x => x.Type == "invariant" && !Others.Contains(x.Code)).Select(x => x.Code).Distinct().Order(StringComparer.Ordinal).ToList();
            read.Dispose();
            if (issues.Any(x => x.Type != "invariant"))
            {
                continue;
            }

            var theirs = Broken(bytes);
            compared++;
            broken += theirs.Count > 0 ? 1 : 0;
            foreach (var key in ours.Except(theirs.Concat(Undecided)).Select(k => k + " hub only").Concat(theirs.Except(ours).Except(Undecided).Select(k => k + " SDK only")))
            {
                differences.TryAdd(key, Encoding.UTF8.GetString(bytes));
            }
        }

        output.WriteLine($"{compared} of {cases} compared, {broken} break a rule.");
        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Select(d => $"{d.Key}: {d.Value}")));
        Assert.True(compared > cases / 4 && broken > cases / 100, $"{compared} {broken}");
    }

    /// <summary>Takes a member away, or gives one that a like resource has in the same place.</summary>
    private static void Change(JsonObject resource, JsonObject other, Mutator random)
    {
        var (at, there) = (resource, other);
        for (var depth = random.Next(4); depth > 0; depth--)
        {
            var inner = at.Where(m => Inner(m.Value) is not null).ToList();
            if (inner.Count == 0)
            {
                break;
            }

            var (name, value) = inner[random.Next(inner.Count)];
            (at, there) = (Inner(value)!, Inner(there[name]) ?? []);
        }

        var more = there.Where(m => !at.ContainsKey(m.Key)).ToList();
        if (more.Count > 0 && random.Next(2) == 0)
        {
            var (name, value) = more[random.Next(more.Count)];
            at[name] = value?.DeepClone();
        }
        else if (at.Count > 1)
        {
            at.Remove(at.ElementAt(random.Next(at.Count)).Key);
        }
    }

    private static JsonObject? Inner(JsonNode? value) => value as JsonObject ?? (value is JsonArray { Count: > 0 } array ? array[0] as JsonObject : null);

    private static HashSet<string> Broken(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        _ = FhirJsonDeserializer.OSTRICH.TryDeserializeResource(ref reader, out var model, out _);
        var root = model!.ToPocoNode();
        var broken = new HashSet<string>(StringComparer.Ordinal);
        Walk(root, root, root, broken);
        return broken;
    }

    private static void Walk(PocoNode node, PocoNode resource, PocoNode root, HashSet<string> broken)
    {
        resource = node.Poco is Resource ? node : resource;
        foreach (var (path, key, rule) in Rules.GetValueOrDefault(node.Poco.TypeName) ?? [])
        {
            IEnumerable<PocoNode> at = [node];
            foreach (var name in path)
            {
                at = at.SelectMany(n => n.Child(name) ?? Enumerable.Empty<PocoNode>());
            }

            if (at.Any(n => !rule.Predicate(n, new FhirEvaluationContext { Resource = resource, RootResource = root })))
            {
                broken.Add(key);
            }
        }

        foreach (var child in node.Children().SelectMany(c => c))
        {
            Walk(child, resource, root, broken);
        }
    }

    private static void Load()
    {
        var compiler = new FhirPathCompiler(new SymbolTable(new SymbolTable().AddStandardFP().AddFhirExtensions()));
        foreach (var file in RealData.OfficialExamples().Where(f => Path.GetFileName(f).StartsWith("StructureDefinition-", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            if (!root.TryGetProperty("derivation", out var derivation) || !derivation.ValueEquals("specialization") || root.GetProperty("kind").GetString() is not ("resource" or "complex-type"))
            {
                continue;
            }

            foreach (var element in root.GetProperty("snapshot").GetProperty("element").EnumerateArray())
            {
                foreach (var rule in element.TryGetProperty("constraint", out var list) ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
                {
                    var key = rule.GetProperty("key").GetString()!;
                    var isOwn = !rule.TryGetProperty("source", out var source) || source.ValueEquals(root.GetProperty("url").GetString());
                    if (isOwn && !Others.Contains(key) && !Undecided.Contains(key) && rule.GetProperty("severity").ValueEquals("error") && rule.TryGetProperty("expression", out var expression))
                    {
                        var type = root.GetProperty("type").GetString()!;
                        (Rules.TryGetValue(type, out var all) ? all : Rules[type] = []).Add(([.. element.GetProperty("path").GetString()!.Replace("[x]", "", StringComparison.Ordinal).Split('.').Skip(1)], key, compiler.Compile(expression.GetString()!)));
                    }
                }
            }
        }
    }
}
