using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Validation;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Specification;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>Merges the paths of a type's parameters into one <see cref="ExtractionPlan"/>, with the element types that the SDK's class metadata gives.</summary>
internal sealed class PlanCompiler
{
    // As in Validation: an empty inspector that imports single classes; importing all of them takes 0.1 to 0.4 s. It is not made for several threads at once.
    private static readonly ModelInspector Inspector = new(FhirRelease.R4);
    private static readonly Lock Compiling = new();

    private readonly string _type;
    private readonly ImmutableArray<string> _names;
    private readonly Draft _root = new();
    private readonly Dictionary<string, List<Place>> _ends = [];
    private readonly Dictionary<string, HashSet<(Draft At, ValueShape Shape)>> _taken = [];
    private readonly Dictionary<string, CompositePlan> _composites = [];
    private readonly HashSet<string> _identifiers = [];
    private readonly HashSet<string> _canonicals = [];
    private readonly HashSet<string> _personNames = [];
    private readonly List<string> _notTaken = [];
    private readonly List<ushort> _presences = [];
    private string? _fault;

    private PlanCompiler(string type, ImmutableArray<string> names)
    {
        _type = type;
        _names = names;
    }

    /// <summary>Why a parameter cannot be compiled with the others of its type, or null.</summary>
    internal static string? Check(string type, ImmutableArray<SearchParameter> parameters, SearchParameter parameter)
    {
        var compiler = Run(type, parameters);
        var finds = parameter.Kind == FactKind.Composite ? compiler._composites.ContainsKey(parameter.Code) && !parameter.Paths.IsEmpty : compiler._ends.ContainsKey(parameter.Code);
        return compiler._fault ?? (finds ? null : $"it leads to nothing in {type} that a parameter of type {parameter.TypeCode} can compare");
    }

    internal static ExtractionPlan Compile(string type, ImmutableArray<SearchParameter> parameters)
    {
        var compiler = Run(type, parameters);
        if (compiler._fault is { } fault)
        {
            throw new InvalidOperationException($"{type}: {fault}.");
        }

        return new ExtractionPlan(
            compiler._root.Freeze(),
            compiler._names,
            [.. compiler._presences],
            [.. compiler._notTaken],
            compiler.Traits(),
            compiler._composites.ToFrozenDictionary(StringComparer.Ordinal))
        {
            Identifiers = compiler._identifiers.ToFrozenSet(StringComparer.Ordinal),
            Canonicals = compiler._canonicals.ToFrozenSet(StringComparer.Ordinal),
            PersonNames = compiler._personNames.ToFrozenSet(StringComparer.Ordinal),
        };
    }

    private static PlanCompiler Run(string type, ImmutableArray<SearchParameter> parameters)
    {
        var served = parameters.Where(p => p.Kind is not null && !p.Paths.IsEmpty).ToArray();
        ImmutableArray<string> names = [.. served.SelectMany(NamesOf).Order(StringComparer.Ordinal)];
        var compiler = new PlanCompiler(type, names);
        lock (Compiling)
        {
            compiler.AddAll(served);
        }

        return compiler;
    }

    private static IEnumerable<string> NamesOf(SearchParameter parameter) => parameter.Kind == FactKind.Composite
        ? parameter.Components.Select((_, i) => FactNames.Part(parameter.Code, i))
        : [parameter.Code, parameter.Code + FactNames.Identifier, parameter.Code + FactNames.OfType, parameter.Code + FactNames.Text];

    private void AddAll(SearchParameter[] served)
    {
        var mapping = Inspector.FindOrImportClassMapping(SchemaCatalog.Native(_type)) ?? throw new InvalidOperationException($"The SDK has no class for {_type}.");
        var resource = new Place(mapping, null, null);
        foreach (var parameter in served.Where(p => p.Kind != FactKind.Composite))
        {
            foreach (var path in parameter.Paths)
            {
                Follow(parameter.Url, path, 0, _root, resource, (at, place) => End(parameter, path, at, place));
            }
        }

        foreach (var composite in served.Where(p => p.Kind == FactKind.Composite))
        {
            Composite(composite, resource, served);
        }
    }

    // A composite whose repetition is the resource itself needs no values of its own where other parameters hold just those of its components.
    private void Composite(SearchParameter composite, Place resource, SearchParameter[] served)
    {
        var (implied, isStored) = (ImmutableArray<string>.Empty, false);
        foreach (var path in composite.Paths)
        {
            Follow(composite.Url, path, 0, _root, resource, (at, place) =>
            {
                if (at == _root && Implied(composite, place, served) is { Length: > 0 } codes)
                {
                    implied = codes;
                    return;
                }

                isStored = true;
                at.Add(new CompositeDraft(Position(FactNames.Part(composite.Code, 0)), [.. composite.Components.Select((c, i) => Part(composite, c, i, place, resource))]));
            });
        }

        _composites.Add(composite.Code, new CompositePlan(implied, isStored));
    }

    private ImmutableArray<string> Implied(SearchParameter composite, Place resource, SearchParameter[] served)
    {
        var codes = ImmutableArray.CreateBuilder<string>();
        foreach (var component in composite.Components)
        {
            var ends = new HashSet<(Draft, ValueShape)>();
            foreach (var path in component.Paths)
            {
                Follow(composite.Url, path, 0, _root, resource, (at, place) =>
                {
                    if (Shapes.Of(place.Mapping, component.Parameter.Kind!.Value) is { } shape)
                    {
                        ends.Add((at, shape));
                    }
                });
            }

            if (Array.Find(served, p => p.Kind == component.Parameter.Kind && _taken.TryGetValue(p.Code, out var taken) && taken.SetEquals(ends)) is not { } same)
            {
                return [];
            }

            codes.Add(same.Code);
        }

        return codes.ToImmutable();
    }

    private (Draft Root, bool FromResource) Part(SearchParameter composite, SearchComponent component, int index, Place repetition, Place resource)
    {
        var root = new Draft();
        var use = new EmitterUse(Position(FactNames.Part(composite.Code, index)), EmitterUse.None, EmitterUse.None, null);
        foreach (var path in component.Paths)
        {
            Follow(composite.Url, path, 0, root, component.FromResource ? resource : repetition, (at, place) =>
            {
                if (Shapes.Of(place.Mapping, component.Parameter.Kind!.Value) is { } shape)
                {
                    at.Emit(shape, component.Parameter.Kind.Value, use);
                }
            });
        }

        return (root, component.FromResource);
    }

    private void Follow(string url, SearchPath path, int step, Draft at, Place place, Action<Draft, Place> end)
    {
        if (step == path.Steps.Length)
        {
            end(at, place);
            return;
        }

        var next = path.Steps[step];
        switch (next.Kind)
        {
            case StepKind.Child:
                Child(url, path, step, at, place.Mapping, next.Name, end);
                break;
            case StepKind.WhereEquals:
                Follow(url, path, step + 1, at.Condition(next.Name, next.Literal), place, end);
                break;
            case StepKind.WhereResolves:
                Follow(url, path, step + 1, at, place with { Target = next.Name }, end);
                break;
            case StepKind.As when place.Mapping.Name == next.Name:
                Follow(url, path, step + 1, at, place, end);
                break;
            case StepKind.As:
                break;
            default:
                _fault ??= $"{url}: a step of kind {next.Kind} stands where it has no meaning";
                break;
        }
    }

    private void Child(string url, SearchPath path, int step, Draft at, ClassMapping mapping, string name, Action<Draft, Place> end)
    {
        if (mapping.FindMappedElementByName(name) is not { } property)
        {
            _fault ??= $"{url}: {mapping.Name} has no element {name}";
            return;
        }

        var after = step + 1;
        var firstOnly = after < path.Steps.Length && path.Steps[after].Kind == StepKind.First;
        after += firstOnly ? 1 : 0;
        if (property.Choice != ChoiceType.DatatypeChoice)
        {
            var element = property.FhirTypeMappings is [var only] ? only : property.PropertyTypeMapping;
            Follow(url, path, after, at.Edge(name, firstOnly), new Place(element, property, null), end);
            return;
        }

        var elements = property.FhirTypeMappings.Count > 0 ? property.FhirTypeMappings : OpenTypes.All.Select(t => Inspector.FindOrImportClassMapping(t)!);
        foreach (var element in elements)
        {
            var suffix = char.ToUpperInvariant(element.Name[0]) + element.Name[1..];
            Follow(url, path, after, at.Edge(name + suffix, firstOnly), new Place(element, property, null), end);
        }
    }

    private void End(SearchParameter parameter, SearchPath path, Draft at, Place place)
    {
        var name = Position(parameter.Code);
        if (path.IsPresence)
        {
            at.Emit(ValueShape.Presence, FactKind.Token, new EmitterUse(name, name, name, null));
            Ends(parameter).Add(new Place(Inspector.FindOrImportClassMapping(typeof(FhirBoolean))!, null, null));
            if (!_presences.Contains(name))
            {
                _presences.Add(name);
            }
        }
        else if (Shapes.Of(place.Mapping, parameter.Kind!.Value) is { } shape)
        {
            var aside = Position(parameter.Code + (parameter.Kind == FactKind.Token ? FactNames.OfType : FactNames.Identifier));
            at.Emit(shape, parameter.Kind.Value, new EmitterUse(name, aside, Position(parameter.Code + FactNames.Text), place.Target));
            Ends(parameter).Add(place);
            Taken(parameter).Add((at, shape));
            if (shape == ValueShape.Identifier)
            {
                _identifiers.Add(parameter.Code);
            }
            else if (shape == ValueShape.Text && parameter.Kind == FactKind.Reference)
            {
                _canonicals.Add(parameter.Code);
            }
            else if (parameter.Kind == FactKind.String && (shape == ValueShape.HumanName || place.Property?.DeclaringClass.Name == "HumanName"))
            {
                _personNames.Add(parameter.Code);
            }
        }
        else
        {
            _notTaken.Add($"{parameter.Code}: {_type}.{string.Join('.', path.Steps.Select(s => s.Name))} ({place.Mapping.Name})");
        }
    }

    private List<Place> Ends(SearchParameter parameter)
    {
        if (!_ends.TryGetValue(parameter.Code, out var ends))
        {
            _ends[parameter.Code] = ends = [];
        }

        return ends;
    }

    private HashSet<(Draft At, ValueShape Shape)> Taken(SearchParameter parameter)
    {
        if (!_taken.TryGetValue(parameter.Code, out var taken))
        {
            _taken[parameter.Code] = taken = [];
        }

        return taken;
    }

    private FrozenDictionary<string, TokenTraits> Traits() =>
        _ends.Select(e => KeyValuePair.Create(e.Key, TokenTraitsOf(e.Value))).Where(e => e.Value is not null).ToFrozenDictionary(e => e.Key, e => e.Value!, StringComparer.Ordinal);

    private static TokenTraits? TokenTraitsOf(List<Place> ends)
    {
        if (ends.TrueForAll(e => e.Mapping.Name is "string" or "markdown"))
        {
            return new TokenTraits(true, []);
        }

        var systems = ends.ConvertAll(e => e.Mapping.Name == "boolean" ? ["http://hl7.org/fhir/special-values"] : SystemsOf(e));
        return systems.TrueForAll(s => s.Length > 0) ? new TokenTraits(false, [.. systems.SelectMany(s => s).Distinct()]) : null;
    }

    // The systems of a code's required value set, as the SDK's enumeration knows them.
    private static string[] SystemsOf(Place place) =>
        place.Property?.ImplementingType is { IsGenericType: true, GenericTypeArguments: [{ IsEnum: true } codes] }
            ? [.. Enum.GetValues(codes).Cast<Enum>().Select(c => c.GetSystem()).OfType<string>().Distinct()]
            : [];

    private ushort Position(string name) => checked((ushort)_names.BinarySearch(name, StringComparer.Ordinal));

    // The type of the element that the steps so far lead to, the element itself, and the type that its reference must point to.
    private readonly record struct Place(ClassMapping Mapping, PropertyMapping? Property, string? Target);

    private readonly record struct CompositeDraft(ushort Name, ImmutableArray<(Draft Root, bool FromResource)> Parts);

    // A node while it is being merged.
    private sealed class Draft
    {
        private readonly Dictionary<(string Name, bool FirstOnly), Draft> _edges = [];
        private readonly Dictionary<(string Member, string Literal), Draft> _conditions = [];
        private readonly Dictionary<(ValueShape Shape, FactKind Kind), List<EmitterUse>> _emitters = [];
        private readonly List<CompositeDraft> _composites = [];

        internal void Add(CompositeDraft composite) => _composites.Add(composite);

        internal Draft Edge(string name, bool firstOnly) => Get(_edges, (name, firstOnly));

        internal Draft Condition(string member, string literal) => Get(_conditions, (member, literal));

        internal void Emit(ValueShape shape, FactKind kind, EmitterUse use)
        {
            if (!_emitters.TryGetValue((shape, kind), out var uses))
            {
                _emitters[(shape, kind)] = uses = [];
            }

            if (!uses.Contains(use))
            {
                uses.Add(use);
            }
        }

        internal PathNode Freeze() => new()
        {
            Edges = [.. _edges.Where(e => !e.Value.IsEmpty).Select(e => new PathEdge(Encoding.UTF8.GetBytes(e.Key.Name), e.Value.Freeze(), e.Key.FirstOnly))],
            Conditions = [.. _conditions.Where(c => !c.Value.IsEmpty).Select(c => new PathCondition(Encoding.UTF8.GetBytes(c.Key.Member), Encoding.UTF8.GetBytes(c.Key.Literal), c.Value.Freeze()))],
            Emitters = [.. _emitters.Select(e => new Emitter(e.Key.Shape, e.Key.Kind, [.. e.Value]))],
            Composites = [.. _composites.Select(c => new CompositeEmitter(c.Name, [.. c.Parts.Select(p => new CompositePart(p.Root.Freeze(), p.FromResource))]))],
        };

        private bool IsEmpty => _emitters.Count == 0 && _composites.Count == 0 && _edges.Values.All(e => e.IsEmpty) && _conditions.Values.All(c => c.IsEmpty);

        private static Draft Get<TKey>(Dictionary<TKey, Draft> drafts, TKey key)
            where TKey : notnull
        {
            if (!drafts.TryGetValue(key, out var draft))
            {
                drafts[key] = draft = new Draft();
            }

            return draft;
        }
    }
}
