using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using EHealthHub.Fhir.Search.Extraction;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>The search parameters of one resource type, read from the SDK's table of R4 when the type is first met.</summary>
internal sealed class TypeParameters
{
    private static readonly Lazy<FrozenSet<string>> TypeNames = new(() => ModelInfo.SupportedResources.Where(t => t != "Parameters").ToFrozenSet(StringComparer.Ordinal));

    private static readonly Lazy<ILookup<string, SearchParamDefinition>> Definitions = new(
        () => ModelInfo.SearchParameters.Where(p => p.Resource is not null).ToLookup(p => p.Resource!, StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, TypeParameters> Known = new(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, SearchParameter> _byCode;
    private readonly Lazy<ExtractionPlan> _plan;

    private TypeParameters(string type)
    {
        Type = type;
        All = [.. Definitions.Value[type].Select(FromSdk).Concat(CommonParameters.All).DistinctBy(p => p.Code).OrderBy(p => p.Code, StringComparer.Ordinal)];
        _byCode = All.ToFrozenDictionary(p => p.Code, StringComparer.Ordinal);
        _plan = new Lazy<ExtractionPlan>(() => PlanCompiler.Compile(type, All));
    }

    /// <summary>All resource types of R4 that can be stored.</summary>
    internal static FrozenSet<string> Types => TypeNames.Value;

    /// <summary>The resource type.</summary>
    internal string Type { get; }

    /// <summary>Sorted by code.</summary>
    internal ImmutableArray<SearchParameter> All { get; }

    /// <summary>How values are found in a resource of the type.</summary>
    internal ExtractionPlan Plan => _plan.Value;

    /// <summary>The parameters of a type, or null for what is no resource type of R4.</summary>
    internal static TypeParameters? Of(string type)
    {
        if (Known.TryGetValue(type, out var known))
        {
            return known;
        }

        return Types.Contains(type) ? Known.GetOrAdd(type, static t => new TypeParameters(t)) : null;
    }

    internal SearchParameter? Find(string code) => _byCode.GetValueOrDefault(code);

    private static SearchParameter FromSdk(SearchParamDefinition definition)
    {
        var understood = ExpressionParser.TryParse(definition.Expression ?? "", out var paths, out _);
        return new SearchParameter
        {
            Code = definition.Code!,
            TypeCode = definition.Type.GetLiteral()!,
            Kind = understood ? Kind(definition) : null,
            Url = definition.Url!,
            Targets = [.. (definition.Target ?? []).Select(t => t.GetLiteral()!).Order(StringComparer.Ordinal)],
            Paths = [.. paths.Where(p => p.StartsAt(definition.Resource!))],
        };
    }

    // `phonetic` asks for a comparison by sound: serving it as a plain string would promise what is not done.
    private static FactKind? Kind(SearchParamDefinition definition) => definition.Type switch
    {
        _ when definition.Code == "phonetic" => null,
        SearchParamType.Token => FactKind.Token,
        SearchParamType.String => FactKind.String,
        SearchParamType.Date => FactKind.Date,
        SearchParamType.Number => FactKind.Number,
        SearchParamType.Quantity => FactKind.Quantity,
        SearchParamType.Reference => FactKind.Reference,
        SearchParamType.Uri => FactKind.Uri,
        _ => null,
    };
}
