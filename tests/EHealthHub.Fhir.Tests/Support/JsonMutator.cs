using System.Text.Json.Nodes;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Seeded changes to the structure of well-formed JSON: what a mistaken sender might write.</summary>
internal sealed class JsonMutator(ulong seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1.0", "1.50", "2147483648", "1e2", "-0", "\"\"", "\" \"", "\"x\"", "\"a b\"", "\"a  b\"", "\" a\"", "\"2026\"", "\"2026-13\"", "\"2026-02-29\"", "\"2026-11-20T10:00:00\"",
        "\"2026-11-20T10:00:00Z\"", "\"2026-11-20T24:00:00Z\"", "\"2026-11-20T10:00Z\"", "\"2026-11-20T10:00:60+14:00\"", "\"10:00:00\"", "\"25:00:00\"", "\"female\"", "\"Female\"", "\"final\"", "\"QUJ\"", "\"QUJD\"", "\"urn:oid:1.2.3\"",
        "\"line\\nbreak\"", "\"#s1\"", "\"#nowhere\"", "[]", "{}", "[null]", "[{}]", "{\"id\":\"x\"}", "{\"extension\":[{\"url\":\"http://x\",\"valueBoolean\":true}]}", "{\"reference\":\"Patient/1\"}", "{\"text\":\"x\"}",
        "\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><script>x</script></div>\"", "\"<div>no namespace</div>\"", "\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>open</div>\"",
    ];

    private static readonly string[] Names =
    [
        "id", "extension", "modifierExtension", "value", "valueString", "valueBoolean", "_value", "_status", "_birthDate", "status", "code", "system", "text", "unknown", "Status", "resourceType", "contained", "deceasedDateTime", "birthDate", "effectivePeriod",
        "_effectiveDateTime", "valueInteger", "rank", "active", "gender", "period", "start", "end", "url", "meta", "language", "implicitRules",
    ];

    private readonly Mutator _numbers = new(seed);

    public string Mutate(string json)
    {
        var root = JsonNode.Parse(json)!;
        var objects = new List<JsonNode>();
        Collect(root, objects);
        var target = objects[_numbers.Next(objects.Count)];
        if (target is JsonObject owner && owner.Count > 0)
        {
            ChangeMember(owner, owner.ElementAt(_numbers.Next(owner.Count)));
        }
        else if (target is JsonArray array && array.Count > 0)
        {
            ChangeItem(array, _numbers.Next(array.Count));
        }

        return root.ToJsonString();
    }

    private void ChangeMember(JsonObject owner, KeyValuePair<string, JsonNode?> member)
    {
        switch (_numbers.Next(6))
        {
            case 0:
                owner.Remove(member.Key);
                break;
            case 1:
                owner[member.Key] = new JsonArray(member.Value?.DeepClone());
                break;
            case 2:
                owner[Names[_numbers.Next(Names.Length)]] = member.Value?.DeepClone();
                break;
            case 3 when member.Value is JsonArray { Count: > 0 } array:
                owner[member.Key] = array[0]?.DeepClone();
                break;
            case 4:
                owner[Names[_numbers.Next(Names.Length)]] = JsonNode.Parse(Values[_numbers.Next(Values.Length)]);
                break;
            default:
                owner[member.Key] = JsonNode.Parse(Values[_numbers.Next(Values.Length)]);
                break;
        }
    }

    private void ChangeItem(JsonArray array, int index)
    {
        switch (_numbers.Next(3))
        {
            case 0:
                array.RemoveAt(index);
                break;
            case 1:
                array.Add(array[index]?.DeepClone());
                break;
            default:
                array[index] = JsonNode.Parse(Values[_numbers.Next(Values.Length)]);
                break;
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> found)
    {
        found.Add(node);
        foreach (var child in node is JsonObject members ? members.Select(m => m.Value) : node is JsonArray items ? items : Enumerable.Empty<JsonNode?>())
        {
            if (child is JsonObject or JsonArray)
            {
                Collect(child, found);
            }
        }
    }
}
