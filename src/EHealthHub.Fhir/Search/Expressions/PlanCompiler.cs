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
    private readonly List<string> _notTaken = [];
    private readonly List<ushort> _presences = [];

    private PlanCompiler(string type, ImmutableArray<string> names)
    {
        _type = type;
        _names = names;
    }

    internal static ExtractionPlan Compile(string type, ImmutableArray<SearchParameter> parameters)
    {
        var served = parameters.Where(p => p.Kind is not null && !p.Paths.IsEmpty).ToArray();
        ImmutableArray<string> names = [.. served.SelectMany(p => new[] { p.Code, p.Code + FactNames.Identifier, p.Code + FactNames.Text }).Order(StringComparer.Ordinal)];
        var compiler = new PlanCompiler(type, names);
        lock (Compiling)
        {
            compiler.AddAll(served);
        }

        return new ExtractionPlan(compiler._root.Freeze(), names, [.. compiler._presences], [.. compiler._notTaken], compiler.Traits());
    }

    private void AddAll(SearchParameter[] served)
    {
        var mapping = Inspector.FindOrImportClassMapping(SchemaCatalog.Native(_type)) ?? throw new InvalidOperationException($"The SDK has no class for {_type}.");
        foreach (var parameter in served)
        {
            foreach (var path in parameter.Paths)
            {
                Add(parameter, path, 0, _root, new Place(mapping, null, null));
            }
        }
    }

    private void Add(SearchParameter parameter, SearchPath path, int step, Draft at, Place place)
    {
        if (step == path.Steps.Length)
        {
            End(parameter, path, at, place);
            return;
        }

        var next = path.Steps[step];
        switch (next.Kind)
        {
            case StepKind.Child:
                Child(parameter, path, step, at, place.Mapping, next.Name);
                break;
            case StepKind.WhereEquals:
                Add(parameter, path, step + 1, at.Condition(next.Name, next.Literal), place);
                break;
            case StepKind.WhereResolves:
                Add(parameter, path, step + 1, at, place with { Target = next.Name });
                break;
            case StepKind.As when place.Mapping.Name == next.Name:
                Add(parameter, path, step + 1, at, place);
                break;
            case StepKind.As:
                break;
            default:
                throw new InvalidOperationException($"{parameter.Url}: a step of kind {next.Kind} stands where it has no meaning.");
        }
    }

    private void Child(SearchParameter parameter, SearchPath path, int step, Draft at, ClassMapping mapping, string name)
    {
        var property = mapping.FindMappedElementByName(name) ?? throw new InvalidOperationException($"{parameter.Url}: {mapping.Name} has no element {name}.");
        var after = step + 1;
        var firstOnly = after < path.Steps.Length && path.Steps[after].Kind == StepKind.First;
        after += firstOnly ? 1 : 0;
        if (property.Choice != ChoiceType.DatatypeChoice)
        {
            var element = property.FhirTypeMappings is [var only] ? only : property.PropertyTypeMapping;
            Add(parameter, path, after, at.Edge(name, firstOnly), new Place(element, property, null));
            return;
        }

        foreach (var element in property.FhirTypeMappings)
        {
            var suffix = char.ToUpperInvariant(element.Name[0]) + element.Name[1..];
            Add(parameter, path, after, at.Edge(name + suffix, firstOnly), new Place(element, property, null));
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
            at.Emit(shape, parameter.Kind.Value, new EmitterUse(name, Position(parameter.Code + FactNames.Identifier), Position(parameter.Code + FactNames.Text), place.Target));
            Ends(parameter).Add(place);
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

    // A node while it is being merged.
    private sealed class Draft
    {
        private readonly Dictionary<(string Name, bool FirstOnly), Draft> _edges = [];
        private readonly Dictionary<(string Member, string Literal), Draft> _conditions = [];
        private readonly Dictionary<(ValueShape Shape, FactKind Kind), List<EmitterUse>> _emitters = [];

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
        };

        private bool IsEmpty => _emitters.Count == 0 && _edges.Values.All(e => e.IsEmpty) && _conditions.Values.All(c => c.IsEmpty);

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
