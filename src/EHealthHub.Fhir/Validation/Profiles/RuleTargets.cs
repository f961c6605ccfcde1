using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What references name, in the SDK's model of one message: contained resources, entries of a Bundle, and for others a resource of the told type that has only its id. <see cref="ReferenceTargets"/> says the same over bytes.</summary>
internal sealed class RuleTargets(PocoNode root)
{
    private Dictionary<string, PocoNode>? _known;

    /// <summary>The target; null for a reference that is none, or whose type is not told. <paramref name="isElsewhere"/> is true where nothing but the type and the id is known.</summary>
    public PocoNode? Resolve(PocoNode reference, out bool isElsewhere)
    {
        isElsewhere = false;
        var (text, said) = reference.Poco switch
        {
            ResourceReference r => (r.Reference, r.Type),
            PrimitiveType { JsonValue: string value } => (value, null),
            _ => (null, (string?)null),
        };
        if (text is not { Length: > 0 })
        {
            return null;
        }

        if (text == "#")
        {
            return root;
        }

        if ((_known ??= Known()).TryGetValue(text, out var found))
        {
            return found;
        }

        isElsewhere = true;
        var type = ReferenceForms.Of(System.Text.Encoding.UTF8.GetBytes(text), out var named) == ReferenceForm.Typed && named is not null ? named : said is not null && ResourceTypes.IsKnown(said) ? said : null;
        return type is not null && text[0] != '#' && Activator.CreateInstance(SchemaCatalog.Native(type)) is Resource made ? made.ToPocoNode() : null;
    }

    /// <summary>By <c>#id</c>, <c>Type/id</c> and fullUrl. An id that two resources of a Bundle contain names neither.</summary>
    private Dictionary<string, PocoNode> Known()
    {
        var known = new Dictionary<string, PocoNode>(StringComparer.Ordinal);
        var twice = new HashSet<string>(StringComparer.Ordinal);
        Contained(root, known, twice);
        if (root.Poco is Bundle)
        {
            foreach (var entry in root.Child("entry") ?? Enumerable.Empty<PocoNode>())
            {
                if (entry.Child("resource")?.FirstOrDefault() is not { Poco: Resource resource } inner)
                {
                    continue;
                }

                if (entry.Poco is Bundle.EntryComponent { FullUrl: { } url })
                {
                    known.TryAdd(url, inner);
                }

                if (resource.Id is { } id)
                {
                    known.TryAdd($"{resource.TypeName}/{id}", inner);
                }

                Contained(inner, known, twice);
            }
        }

        foreach (var name in twice)
        {
            known.Remove(name);
        }

        return known;
    }

    private static void Contained(PocoNode owner, Dictionary<string, PocoNode> known, HashSet<string> twice)
    {
        foreach (var inner in owner.Child("contained") ?? Enumerable.Empty<PocoNode>())
        {
            if (inner.Poco is Resource { Id: { } id } && !known.TryAdd("#" + id, inner))
            {
                twice.Add("#" + id);
            }
        }
    }
}
