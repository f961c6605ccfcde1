using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>The tree of a profile while definitions are laid over it. Finds or makes the node of each element, by R4's class metadata: what no type has is refused.</summary>
internal sealed class ProfileTree(string type, ProfileLimits limits, ProfileSource source, Refusals refusals)
{
    private int _nodes;

    public ProfileNode Root { get; } = new(type, type, []);

    /// <summary>Lays the elements of a differential or snapshot over the tree.</summary>
    public void Lay(JsonElement elements, bool isSnapshot)
    {
        var slices = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var element in elements.EnumerateArray())
        {
            if (element.Text("path"u8) is not { } path)
            {
                refusals.Add("an element", "has no path.");
                return;
            }

            if (Find(Steps(element, path, slices)) is not { } node || refusals.Any)
            {
                return;
            }

            ElementReader.Apply(element, node, isSnapshot, source, refusals);
        }
    }

    /// <summary>The node of a path without slices.</summary>
    public ProfileNode? At(string path) => Find([.. path.Split('.').Select(n => (n, (string?)null))]);

    /// <summary>The table of what stands below a node; null where its type is not told.</summary>
    public TypeTable? Below(ProfileNode node)
    {
        if (node == Root)
        {
            return ResourceTypes.IsKnown(type) ? SchemaCatalog.Resource(type) : SchemaCatalog.Of(SchemaCatalog.Native(type));
        }

        var types = node.Types;
        for (var outer = node.Unsliced; types is null && outer is not null; outer = outer.Unsliced)
        {
            types = outer.Types;
        }

        var rules = node.Rules.Length > 1 && types is { } allowed ? [.. node.Rules.Where(r => allowed.Any(t => t.Code == r.TypeName))] : node.Rules;
        return rules is not [var rule] ? null
            : rule.IsResource ? (types is [{ Code: var resource }] && ResourceTypes.IsKnown(resource) ? SchemaCatalog.Resource(resource) : null)
            : rule.Primitive != PrimitiveKind.None ? SchemaCatalog.Companion
            : rule.Type;
    }

    /// <summary>Names and slices from the outermost element, by the id where it agrees with the path, else by the order in which slices were named.</summary>
    private static (string Name, string? Slice)[] Steps(JsonElement element, string path, Dictionary<string, string> slices)
    {
        var names = path.Split('.');
        var words = element.Text("id"u8)?.Split('.') ?? [];
        if (words.Length == names.Length && words.Zip(names).All(p => p.First.Split(':')[0] == p.Second))
        {
            return [.. words.Select(w => w.Split(':')).Select(w => (w[0], w.Length > 1 ? string.Join(':', w[1..]) : null))];
        }

        foreach (var inner in slices.Keys.Where(k => k.StartsWith(path + ".", StringComparison.Ordinal)).ToList())
        {
            slices.Remove(inner);
        }

        _ = element.Text("sliceName"u8) is { } name ? slices[path] = name : slices.Remove(path) ? "" : "";
        return [.. names.Select((n, i) => (n, slices.GetValueOrDefault(string.Join('.', names[..(i + 1)]))))];
    }

    private ProfileNode? Find((string Name, string? Slice)[] steps)
    {
        if (steps[0].Name != type)
        {
            refusals.Add(steps[0].Name, $"is no element of {type}.");
            return null;
        }

        var node = Root;
        foreach (var (name, slice) in steps.Skip(1))
        {
            node = Child(node, name);
            node = node is not null && slice is not null ? Slice(node, slice) : node;
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }

    private ProfileNode? Child(ProfileNode parent, string word)
    {
        var name = word.EndsWith("[x]", StringComparison.Ordinal) ? word[..^3] : word;
        if (parent.Child(name) is { } known)
        {
            return known;
        }

        if (Below(parent) is not { } table)
        {
            refusals.Add(parent.Id, $"may have several types, so that '{word}' below it is not told.");
            return null;
        }

        if (table.ByElement.TryGetValue(name, out var rules))
        {
            return Add(parent.Children, new ProfileNode(name, $"{parent.Id}.{word}", rules));
        }

        // valueQuantity for value[x] is short for a slice of that type (R4 5.1.0.12).
        var typed = table.ByElement.Values.SelectMany(r => r).FirstOrDefault(r => r.IsChoice && r.Name == word);
        if (typed is not null && Child(parent, typed.Element) is { } choice)
        {
            return Slice(choice, word);
        }

        refusals.Add($"{parent.Id}.{word}", "is no element of R4.");
        return null;
    }

    private ProfileNode? Slice(ProfileNode node, string name)
    {
        // "a/b" is the slice b of the slice a (R4 5.1.0.13).
        if (name.IndexOf('/', StringComparison.Ordinal) is > 0 and var bar)
        {
            return Slice(node, name[..bar]) is { } outer ? Slice(outer, name[(bar + 1)..]) : null;
        }

        if (node.Slice(name) is { } known)
        {
            return known;
        }

        if (name == "@default")
        {
            refusals.Add($"{node.Id}:{name}", "names what no slice takes, which is not served.");
            return null;
        }

        var slice = new ProfileNode(node.Name, $"{node.Id}{(node.Unsliced is null ? ':' : '/')}{name}", node.Rules, node);
        node.Slices.Add((name, slice));
        if (node.Rules.FirstOrDefault(r => r.IsChoice && r.Name == name) is { } typed)
        {
            slice.Types = [new ProfileType(typed.TypeName, [], [])];
        }

        return Count() ? slice : null;
    }

    private ProfileNode? Add(List<ProfileNode> children, ProfileNode node)
    {
        children.Add(node);
        return Count() ? node : null;
    }

    private bool Count()
    {
        if (++_nodes <= limits.ElementsMax)
        {
            return true;
        }

        refusals.Add("the definition", $"has more than {limits.ElementsMax} elements.");
        return false;
    }
}
