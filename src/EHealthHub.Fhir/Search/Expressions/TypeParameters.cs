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

    private TypeParameters(string type, IEnumerable<SearchParameter> parameters)
    {
        Type = type;
        All = [.. parameters.OrderBy(p => p.Code, StringComparer.Ordinal)];
        _byCode = All.ToFrozenDictionary(p => p.Code, StringComparer.Ordinal);
        _plan = new Lazy<ExtractionPlan>(() => PlanCompiler.Compile(type, All));
    }

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

    internal SearchParameter? Find(string code) => _byCode.GetValueOrDefault(code);
}
