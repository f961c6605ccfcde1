using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Parsing;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// Notes which of the hub's own parameters a query names, wherever it does (criterion, chain, filter, sort, inclusion). While facts are extracted again a parameter is known and cannot be asked by; to take it for unknown would let a lenient
/// caller drop it, and to take it for known would answer by half.
/// </summary>
internal sealed class SearchWatch
{
    private readonly HashSet<(string Type, string Code)> _own;
    private readonly Dictionary<(string Type, string Code), FactKind?> _pending = [];
    private string? _met;

    public SearchWatch(IEnumerable<CustomSearchParameter> own, IEnumerable<CustomSearchParameter> pending)
    {
        _own = [.. own.SelectMany(c => c.Parameters).Select(p => (p.Type, p.Parameter.Code))];
        foreach (var (type, parameter) in pending.SelectMany(c => c.Parameters))
        {
            _pending[(type, parameter.Code)] = parameter.Kind;
        }
    }

    /// <summary>True when one of the hub's own was named.</summary>
    public bool UsesOwn { get; private set; }

    public void Note(string type, string code)
    {
        UsesOwn |= _own.Contains((type, code));
        _met ??= _pending.ContainsKey((type, code)) ? code : null;
    }

    /// <summary>The refusal of a query that names what cannot be asked by yet. One that includes whatever is referred to names every reference.</summary>
    public Failure? Refusal(SearchQuery? query)
    {
        var references = query?.Includes.Any(i => i.Parameter is null) == true ? _pending.Where(p => p.Value == FactKind.Reference).Select(p => p.Key.Code).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return (_met ?? references) is { } met ? QueryFailures.Reindexing(met) : null;
    }
}
