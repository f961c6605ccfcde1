using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>One occurrence of an element in a resource: a value, with the id and extensions of a primitive beside it.</summary>
/// <param name="Value">The value; undefined where only the companion is there.</param>
/// <param name="Companion">Id and extensions of a primitive; undefined where there are none.</param>
/// <param name="Rule">R4's rule of the member.</param>
/// <param name="Index">Position in its array; -1 where the element does not repeat.</param>
internal readonly record struct Occurrence(JsonElement Value, JsonElement Companion, ElementRule Rule, int Index)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>R4's name of its type; of a resource its resourceType.</summary>
    public string TypeName => Rule.IsResource ? Value.Text("resourceType"u8) ?? "" : Rule.TypeName;

    /// <summary>The object that has the elements below it: of a primitive its companion.</summary>
    public JsonElement Inside => Rule.Primitive == PrimitiveKind.None ? Value : Companion.ValueKind == JsonValueKind.Object ? Companion : Nothing;

    /// <summary>R4's table of the elements below it.</summary>
    public TypeTable Table => Rule.IsResource ? SchemaCatalog.Resource(TypeName) : Rule.Primitive != PrimitiveKind.None ? SchemaCatalog.Companion : Rule.Type;

    /// <summary>All occurrences of an element below <paramref name="owner"/>, in order.</summary>
    public static List<Occurrence> Of(JsonElement owner, TypeTable table, string element)
    {
        var found = new List<Occurrence>();
        if (!table.ByElement.TryGetValue(element, out var rules))
        {
            return found;
        }

        if (rules.Length == 1)
        {
            Add(owner, rules[0], found);
            return found;
        }

        // A choice: the one or two members that are there are found sooner than fifty names are tried.
        ElementRule? chosen = null;
        foreach (var member in owner.EnumerateObject())
        {
            if (table.Members.TryGet(JsonMarshal.GetRawUtf8PropertyName(member), out var rule) && rule.Element == element)
            {
                chosen = rule.IsCompanion ? Array.Find(rules, r => r.Name == rule.Partner) : rule;
                break;
            }
        }

        if (chosen is not null)
        {
            Add(owner, chosen, found);
        }

        return found;
    }

    private static void Add(JsonElement owner, ElementRule rule, List<Occurrence> found)
    {
        var hasValue = owner.TryGetProperty(rule.Name, out var value);
        JsonElement companion = default;
        var hasCompanion = rule.Partner is not null && owner.TryGetProperty(rule.Partner, out companion);
        if (!rule.IsArray)
        {
            if (hasValue || hasCompanion)
            {
                found.Add(new Occurrence(hasValue ? value : default, hasCompanion ? companion : default, rule, -1));
            }

            return;
        }

        var count = Math.Max(Length(hasValue, value), Length(hasCompanion, companion));
        for (var i = 0; i < count; i++)
        {
            found.Add(new Occurrence(At(hasValue, value, i), At(hasCompanion, companion, i), rule, i));
        }
    }

    private static int Length(bool isThere, JsonElement array) => isThere && array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : 0;

    private static JsonElement At(bool isThere, JsonElement array, int index) => index < Length(isThere, array) && array[index] is { ValueKind: not JsonValueKind.Null } item ? item : default;
}
