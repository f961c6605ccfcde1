using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Patching;

/// <summary>The values of one member with their ids and extensions side by side, whether it is a list in JSON or not.</summary>
internal static class PatchSlot
{
    /// <summary>The occurrences of the element that <paramref name="rule"/>, which is no companion, describes.</summary>
    public static List<(PatchNode? Value, PatchNode? Companion)> Load(PatchNode owner, ElementRule rule)
    {
        var count = Count(owner, rule);
        var result = new List<(PatchNode?, PatchNode?)>(count);
        var (values, companions) = (owner.Get(rule.Name), rule.Partner is null ? null : owner.Get(rule.Partner));
        for (var i = 0; i < count; i++)
        {
            result.Add((At(values, i), At(companions, i)));
        }

        return result;
    }

    /// <summary>One of them, without going through the others.</summary>
    public static (PatchNode? Value, PatchNode? Companion) Load(PatchNode owner, ElementRule rule, int index) =>
        (At(owner.Get(rule.Name), index), rule.Partner is null ? null : At(owner.Get(rule.Partner), index));

    /// <summary>How many there are.</summary>
    public static int Count(PatchNode owner, ElementRule rule) =>
        Math.Max(Count(owner.Get(rule.Name)), rule.Partner is null ? 0 : Count(owner.Get(rule.Partner)));

    /// <summary>Writes them back: no empty lists, no lists of nulls, no member for nothing.</summary>
    public static void Store(PatchNode owner, ElementRule rule, List<(PatchNode? Value, PatchNode? Companion)> items)
    {
        Store(owner, rule, rule.Name, items.ConvertAll(i => i.Value));
        if (rule.Partner is { } partner)
        {
            Store(owner, rule, partner, items.ConvertAll(i => i.Companion));
        }
    }

    /// <summary>The rule of the type in which an element is there; null where it is not.</summary>
    public static ElementRule? Present(PatchNode owner, TypeTable type, string element)
    {
        foreach (var rule in type.Members.Values)
        {
            if (rule.Element == element && !rule.IsCompanion && (owner.Get(rule.Name) is not null || (rule.Partner is not null && owner.Get(rule.Partner) is not null)))
            {
                return rule;
            }
        }

        return null;
    }

    private static void Store(PatchNode owner, ElementRule rule, string name, List<PatchNode?> items)
    {
        if (items.TrueForAll(i => i is null))
        {
            owner.Remove(name);
        }
        else
        {
            owner.Set(name, rule.IsArray ? PatchNode.NewArray(items.Select(i => i ?? PatchNode.Null)) : items[0]!);
        }
    }

    private static int Count(PatchNode? member) => member is null ? 0 : member.IsArray ? member.Items.Count : 1;

    private static PatchNode? At(PatchNode? member, int index)
    {
        var item = index >= Count(member) ? null : member!.IsArray ? member.Items[index] : member;
        return item is { IsNull: true } ? null : item;
    }
}
