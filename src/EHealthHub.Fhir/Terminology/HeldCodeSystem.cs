using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>A CodeSystem made ready for questions: concepts by code, and their hierarchy from nesting and from the properties for parents and children. Immutable once read.</summary>
internal sealed class HeldCodeSystem
{
    private const string Hierarchy = "http://hl7.org/fhir/concept-properties#";

    private readonly Dictionary<string, Concept> _byCode;

    private HeldCodeSystem(JsonElement root, string url)
    {
        Url = url;
        Version = root.Text("version"u8);
        Name = root.Text("name"u8) ?? url;
        Language = root.Text("language"u8);
        ValueSet = root.Text("valueSet"u8);
        Content = root.Text("content"u8) ?? "complete";
        Meaning = root.Text("hierarchyMeaning"u8);
        Supplements = root.Text("supplements"u8);
        _byCode = new Dictionary<string, Concept>(root.TryGetProperty("caseSensitive"u8, out var sensitive) && sensitive.ValueKind == JsonValueKind.False ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    }

    private HeldCodeSystem(HeldCodeSystem other)
    {
        (Url, Version, Name, Language, ValueSet, Content, Meaning) = (other.Url, other.Version, other.Name, other.Language, other.ValueSet, other.Content, other.Meaning);
        _byCode = new Dictionary<string, Concept>(other._byCode.Comparer);
    }

    public string Url { get; }

    public string? Version { get; }

    public string Name { get; }

    public string? Language { get; }

    /// <summary>The canonical of the value set of all codes, where the system names one.</summary>
    public string? ValueSet { get; }

    /// <summary>Of a supplement: the canonical of the code system to whose concepts it adds names and properties; null for others.</summary>
    public string? Supplements { get; }

    /// <summary>complete, fragment, example, not-present or supplement.</summary>
    public string Content { get; }

    /// <summary>What the hierarchy means; null where not said, which is read as is-a.</summary>
    public string? Meaning { get; }

    /// <summary>True where the hierarchy is one of kinds.</summary>
    public bool IsSubsuming => Meaning is null or "is-a";

    /// <summary>True when a code that is not here does not exist.</summary>
    public bool IsComplete => Content == "complete";

    /// <summary>All concepts, in the order of the resource.</summary>
    public ImmutableArray<Concept> Concepts { get; private set; } = [];

    /// <summary>Names of the properties that mean the concepts above.</summary>
    public FrozenSet<string> ParentProperties { get; private set; } = FrozenSet<string>.Empty;

    /// <summary>Names of the properties that mean the concepts below.</summary>
    public FrozenSet<string> ChildProperties { get; private set; } = FrozenSet<string>.Empty;

    public Concept? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>Reads a CodeSystem; refuses by name what cannot be answered from it.</summary>
    public static Result<HeldCodeSystem> Read(JsonElement root, TerminologyLimits limits)
    {
        if (root.Text("url"u8) is not { Length: > 0 } url)
        {
            return Refuse("A held code system has a canonical URL.", "CodeSystem.url");
        }

        if (root.Is("content"u8, "supplement") != root.Has("supplements"u8))
        {
            return Refuse("A supplement names the code system that it adds to, and nothing else does.", "CodeSystem.supplements");
        }

        var system = new HeldCodeSystem(root, url);
        system.ReadProperties(root);
        var concepts = ImmutableArray.CreateBuilder<Concept>();
        var failure = system.Add(root.Items("concept"u8), null, concepts, limits) ?? system.Finish(concepts.ToImmutable());
        return failure is null ? system : failure;
    }

    /// <summary>This system with the names and properties that supplements add to its concepts (R4 4.8.12); what they say of other codes counts for nothing.</summary>
    public HeldCodeSystem With(IReadOnlyCollection<HeldCodeSystem> supplements)
    {
        var made = Concepts.ToDictionary(c => c, c =>
        {
            var more = supplements.Select(s => (System: s, Concept: s.Find(c.Code))).Where(m => m.Concept is not null).ToList();
            return new Concept
            {
                Code = c.Code,
                Display = c.Display,
                Definition = c.Definition,
                Designations = [.. c.Designations, .. more.SelectMany(m => m.System.Language is { } language && m.Concept!.Display is { } display ? m.Concept.Designations.Insert(0, new Designation(language, null, null, display)) : m.Concept!.Designations)],
                Properties = [.. c.Properties, .. more.SelectMany(m => m.Concept!.Properties)],
            };
        });
        var all = new HeldCodeSystem(this) { Concepts = [.. Concepts.Select(c => made[c])], ParentProperties = ParentProperties, ChildProperties = ChildProperties };
        foreach (var (old, concept) in made)
        {
            all._byCode.Add(concept.Code, concept);
            concept.Parents.AddRange(old.Parents.Select(p => made[p]));
            concept.Children.AddRange(old.Children.Select(p => made[p]));
        }

        return all;
    }

    private static Failure Refuse(string diagnostics, string place) => Failure.Of(422, "not-supported", "terminology-not-taken", diagnostics, place);

    private void ReadProperties(JsonElement root)
    {
        var above = new HashSet<string>(StringComparer.Ordinal) { "parent", "subsumedBy" };
        var below = new HashSet<string>(StringComparer.Ordinal) { "child" };
        foreach (var property in root.Items("property"u8))
        {
            if (property.Text("code"u8) is { } code && property.Text("uri"u8) is { } uri && uri.StartsWith(Hierarchy, StringComparison.Ordinal))
            {
                _ = uri[Hierarchy.Length..] switch { "parent" or "subsumedBy" => above.Add(code), "child" => below.Add(code), _ => false };
            }
        }

        ParentProperties = above.ToFrozenSet(StringComparer.Ordinal);
        ChildProperties = below.ToFrozenSet(StringComparer.Ordinal);
    }

    private Failure? Add(IEnumerable<JsonElement> items, Concept? parent, ImmutableArray<Concept>.Builder concepts, TerminologyLimits limits)
    {
        foreach (var item in items)
        {
            if (item.Text("code"u8) is not { Length: > 0 } code)
            {
                return Refuse("Every concept has a code.", "CodeSystem.concept");
            }

            var concept = new Concept
            {
                Code = code,
                Display = item.Text("display"u8),
                Definition = item.Text("definition"u8),
                Designations = ConceptReader.Designations(item),
                Properties = ConceptReader.Properties(item),
            };
            if (!_byCode.TryAdd(code, concept))
            {
                return Failure.Of(422, "invariant", "terminology-not-taken", $"The code '{code}' is there twice (csd-1).", "CodeSystem.concept");
            }

            concepts.Add(concept);
            if (concepts.Count > limits.ConceptsMax)
            {
                return Failure.Of(422, "too-costly", "terminology-too-large", $"A code system has at most {limits.ConceptsMax} concepts.", "CodeSystem.concept");
            }

            if (parent is not null)
            {
                Link(parent, concept);
            }

            if (Add(item.Items("concept"u8), concept, concepts, limits) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private Failure? Finish(ImmutableArray<Concept> concepts)
    {
        Concepts = concepts;
        foreach (var concept in concepts)
        {
            foreach (var property in concept.Properties)
            {
                var isAbove = ParentProperties.Contains(property.Code);
                if ((isAbove || ChildProperties.Contains(property.Code)) && _byCode.TryGetValue(property.Value, out var other))
                {
                    Link(isAbove ? other : concept, isAbove ? concept : other);
                }
            }
        }

        return HasCycle() ? Failure.Of(422, "invariant", "terminology-cycle", "A concept stands above itself.", "CodeSystem.concept") : null;
    }

    private static void Link(Concept parent, Concept child)
    {
        if (!child.Parents.Contains(parent))
        {
            child.Parents.Add(parent);
            parent.Children.Add(child);
        }
    }

    /// <summary>True when taking away what has nothing above it, again and again, leaves something.</summary>
    private bool HasCycle()
    {
        var waiting = Concepts.ToDictionary(c => c, c => c.Parents.Count);
        var free = new Stack<Concept>(Concepts.Where(c => c.Parents.Count == 0));
        var taken = 0;
        while (free.TryPop(out var concept))
        {
            taken++;
            foreach (var child in concept.Children)
            {
                if (--waiting[child] == 0)
                {
                    free.Push(child);
                }
            }
        }

        return taken < Concepts.Length;
    }
}
