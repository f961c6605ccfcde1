using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Walks a resource for extensions whose definitions are held: whether they may stand where they do, and whether they say what they must.</summary>
internal sealed class ExtensionWalk(ProfileRun run, ProfileCatalog catalog, Place place)
{
    /// <summary>The element at each level, with R4's name of its type.</summary>
    private readonly List<(string Element, string Type)> _levels = [];

    public void Walk() => Members(run.Resource.Root, SchemaCatalog.Resource(run.Resource.Type), run.Resource.Type, run.Resource.Type, null);

    private void Members(JsonElement owner, TypeTable table, string element, string type, string? url)
    {
        _levels.Add((element, type));
        foreach (var member in owner.EnumerateObject())
        {
            if (!table.Members.TryGet(JsonMarshal.GetRawUtf8PropertyName(member), out var rule) || (rule.Primitive != PrimitiveKind.None && !rule.IsCompanion))
            {
                continue;
            }

            place.Enter(rule.Element);
            if (member.Value.ValueKind == JsonValueKind.Array)
            {
                var index = 0;
                foreach (var item in member.Value.EnumerateArray())
                {
                    place.At(index);
                    Item(item, rule, url, index++);
                }
            }
            else
            {
                Item(member.Value, rule, url, -1);
            }

            place.Leave();
        }

        _levels.RemoveAt(_levels.Count - 1);
    }

    private void Item(JsonElement value, ElementRule rule, string? parentUrl, int index)
    {
        if (value.ValueKind != JsonValueKind.Object || !run.Step())
        {
            return;
        }

        if (rule.IsResource)
        {
            var type = value.Text("resourceType"u8)!;
            Members(value, SchemaCatalog.Resource(type), type, type, null);
            return;
        }

        var url = rule.TypeName == "Extension" ? value.Text("url"u8) : null;
        if (url is not null && catalog.Find(url) is { Type: "Extension" } definition)
        {
            foreach (var around in definition.ContextRules)
            {
                run.QueueAround(around);
            }

            if (!definition.Contexts.IsEmpty && !definition.Contexts.Any(c => c.Type == "extension" ? c.Expression == parentUrl : c.Type == "fhirpath" ? run.IsAround(c) : IsHere(c.Expression)))
            {
                run.Report("error", "extension", "extension-context", $"The extension {url} may not stand here.");
            }

            run.One(definition.Root, new Occurrence(value, default, rule, index));
        }

        Members(value, rule.IsCompanion ? SchemaCatalog.Companion : rule.Type, rule.Element, rule.TypeName, url);
    }

    /// <summary>True when the innermost level is what the expression names: by its type, or by a path from the resource or from a data type around it.</summary>
    private bool IsHere(string expression)
    {
        var (_, innermost) = _levels[^1];
        var isResource = ResourceTypes.IsKnown(innermost);

        // "Element" is said, by R4's own extensions too, for anywhere.
        if (expression == innermost || expression == "Element" || (isResource && expression == "Resource") || (isResource && expression == "DomainResource" && innermost is not ("Bundle" or "Parameters" or "Binary")))
        {
            return true;
        }

        var wanted = expression.Replace("[x]", "", StringComparison.Ordinal);
        var path = "";
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            var (element, type) = _levels[i];
            if (type + path == wanted)
            {
                return true;
            }

            if (ResourceTypes.IsKnown(type))
            {
                return false;
            }

            path = $".{element}{path}";
        }

        return false;
    }
}
