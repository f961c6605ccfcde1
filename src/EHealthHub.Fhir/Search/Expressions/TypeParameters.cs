using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>The search parameters of one resource type, made ready when the type is first met.</summary>
internal sealed class TypeParameters
{
    private static readonly ConcurrentDictionary<string, TypeParameters> Known = new(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, SearchParameter> _byCode;
    private readonly Lazy<ExtractionPlan> _plan;
    private readonly SearchWatch? _watch;

    private TypeParameters(string type, IEnumerable<SearchParameter> parameters)
    {
        Type = type;
        All = [.. parameters.OrderBy(p => p.Code, StringComparer.Ordinal)];
        _byCode = All.ToFrozenDictionary(p => p.Code, StringComparer.Ordinal);
        _plan = new Lazy<ExtractionPlan>(() => PlanCompiler.Compile(type, All));
    }

    private TypeParameters(TypeParameters of, SearchWatch watch) => (Type, All, _byCode, _plan, _watch) = (of.Type, of.All, of._byCode, of._plan, watch);

    /// <summary>All resource types of R4 that can be stored: Parameters is only ever a message.</summary>
    internal static FrozenSet<string> Types { get; } = ResourceTypes.All.Where(t => t != "Parameters").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The resource type.</summary>
    internal string Type { get; }

    /// <summary>Sorted by code.</summary>
    internal ImmutableArray<SearchParameter> All { get; }

    /// <summary>How values are found in a resource of the type.</summary>
    internal ExtractionPlan Plan => _plan.Value;

    /// <summary>R4's parameters of a type, or null for what is no resource type of R4.</summary>
    internal static TypeParameters? Of(string type)
    {
        if (Known.TryGetValue(type, out var known))
        {
            return known;
        }

        return Types.Contains(type) ? Known.GetOrAdd(type, static t => new TypeParameters(t, ParameterDefinitions.Of(t).Concat(CommonParameters.All))) : null;
    }

    /// <summary>These with others beside them; of two with the same code the last one counts.</summary>
    internal TypeParameters With(IEnumerable<SearchParameter> others)
    {
        var added = others.GroupBy(p => p.Code, StringComparer.Ordinal).Select(g => g.Last()).ToArray();
        return new TypeParameters(Type, All.ExceptBy(added.Select(p => p.Code), p => p.Code).Concat(added));
    }

    /// <summary>The same, for one query: every code that is looked for is noted.</summary>
    internal TypeParameters WatchedBy(SearchWatch watch) => new(this, watch);

    internal SearchParameter? Find(string code)
    {
        _watch?.Note(Type, code);
        return _byCode.GetValueOrDefault(code);
    }
}
