using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Patching;

/// <summary>The value of an operation: a <c>value[x]</c>, a resource, or, for a type without a name, parts that are its elements.</summary>
internal static class PatchValue
{
    private static readonly string[] Quantities = ["Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration"];

    /// <summary>
    /// The member of <paramref name="owner"/> that the value of <paramref name="part"/> is for when it becomes the element <paramref name="element"/>, with the value and its id and extensions. Null when it does not fit.
    /// </summary>
    public static (ElementRule Rule, PatchNode? Value, PatchNode? Companion)? For(TypeTable owner, string element, PatchNode part)
    {
        var rules = owner.Members.Values.Where(r => r.Element == element && !r.IsCompanion).ToList();
        if (rules.Count == 0)
        {
            return null;
        }

        if (part.Get("resource") is { } resource)
        {
            return rules[0].IsResource ? (rules[0], resource, null) : null;
        }

        if (part.Get("part") is { IsArray: true } parts)
        {
            return rules is [{ Primitive: PrimitiveKind.None, IsResource: false } complex] && Build(complex.Type, parts) is { } built ? (complex, built, null) : null;
        }

        var type = part.Members.Select(m => m.Key.TrimStart('_')).FirstOrDefault(n => n.StartsWith("value", StringComparison.Ordinal) && n.Length > 5)?[5..];
        if (type is null)
        {
            return null;
        }

        var (value, companion) = (part.Get("value" + type), part.Get("_value" + type));
        var rule = rules[0].IsChoice ? rules.Find(r => r.Name == element + type) : Fits(rules[0], type) ? rules[0] : null;
        return rule is null || (rule.Primitive == PrimitiveKind.None) != (value is { IsObject: true }) ? null : (rule, value, companion);
    }

    /// <summary>An object of the elements that the parts name, those of the same name one after another in a list.</summary>
    private static PatchNode? Build(TypeTable type, PatchNode parts)
    {
        var owner = PatchNode.NewObject();
        foreach (var part in parts.Items)
        {
            if (part.Get("name")?.Text() is not { } name || For(type, name, part) is not { } found)
            {
                return null;
            }

            var items = PatchSlot.Load(owner, found.Rule);
            items.Add((found.Value, found.Companion));
            if (items.Count > 1 && !found.Rule.IsArray)
            {
                return null;
            }

            PatchSlot.Store(owner, found.Rule, items);
        }

        return owner.Members.Count > 0 ? owner : null;
    }

    /// <summary>A primitive takes any primitive, whose form the validator judges; a complex type takes its own.</summary>
    private static bool Fits(ElementRule rule, string type) => rule.Primitive != PrimitiveKind.None
        ? PrimitiveKinds.Of(char.ToLowerInvariant(type[0]) + type[1..]) is not (null or PrimitiveKind.None)
        : !rule.IsResource && (rule.Type.Name == type || (Quantities.Contains(type) && Quantities.Contains(rule.Type.Name)));
}
