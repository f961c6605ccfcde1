using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Conformance;

/// <summary>
/// The search parameters of the hub's own: those in the directory whose status is active. One that could not be served is refused when it is submitted, its element named; the store holds those that are in force and those that are on their way.
/// Not for two changes at once.
/// </summary>
internal sealed class HeldSearchParameters(RecordStore records)
{
    public const string Type = "SearchParameter";

    private const string Hl7 = "http://hl7.org/fhir/SearchParameter/";

    private ImmutableDictionary<string, SearchDefinition> _active = ImmutableDictionary.Create<string, SearchDefinition>(StringComparer.Ordinal);

    /// <summary>True when the store could not be told of a change.</summary>
    public bool IsUnsettled { get; private set; }

    /// <summary>Why these changes cannot be made; null where they can.</summary>
    public Failure? Check(IReadOnlyList<DefinitionChange> changes)
    {
        var next = With(changes);
        if (ReferenceEquals(next, _active))
        {
            return null;
        }

        if (next.Count > SearchGenerations.ParametersMax)
        {
            return Failure.Of(422, "too-costly", "search-parameter-not-supported", $"The hub holds at most {SearchGenerations.ParametersMax} search parameters of its own.", Type);
        }

        var places = changes.Where(c => c.Type == Type).ToDictionary(c => c.Id, c => c.Place, StringComparer.Ordinal);
        var (compiled, urls, codes) = (new List<CustomSearchParameter>(), new HashSet<string>(StringComparer.Ordinal), new HashSet<(string, string)>());

        // What was there before comes first, so that of two that clash the new one is told; and what others are made of before them.
        foreach (var definition in next.Values.OrderBy(d => IsComposite(d)).ThenBy(d => places.ContainsKey(d.Id)).ThenBy(d => d.Id, StringComparer.Ordinal))
        {
            var isNew = places.TryGetValue(definition.Id, out var place);
            if (Clash(definition, compiled, urls, codes) is { } failure)
            {
                return isNew ? failure with { Issues = [.. failure.Issues.Select(i => i with { Expression = place + i.Expression?[Type.Length..] })] } : Rested(definition);
            }
        }

        return null;
    }

    /// <summary>Takes up changes that were committed. A new generation begins where they change what is extracted.</summary>
    public async ValueTask Take(IReadOnlyList<DefinitionChange> changes, CancellationToken cancellationToken)
    {
        var next = With(changes);
        if (!ReferenceEquals(next, _active))
        {
            _active = next;
            IsUnsettled = true;
            await Settle(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes up what the directory holds. Gives how many could not be.</summary>
    public async ValueTask<int> Load(IEnumerable<(string Id, JsonElement Root)> stored, CancellationToken cancellationToken)
    {
        _active = stored.Where(s => IsActive(s.Root)).ToImmutableDictionary(s => s.Id, s => new SearchDefinition(s.Id, JsonMarshal.GetRawUtf8Value(s.Root).ToArray()), StringComparer.Ordinal);
        await Settle(cancellationToken).ConfigureAwait(false);
        return Math.Max(0, _active.Count - records.Generations.Parameters.Count);
    }

    /// <summary>Brings the store to what the directory says, where a failing store was in the way before.</summary>
    public async ValueTask Settle(CancellationToken cancellationToken)
    {
        await records.Generations.Change(() => _active.Values, cancellationToken).ConfigureAwait(false);
        IsUnsettled = false;
    }

    private static Failure? Clash(SearchDefinition definition, List<CustomSearchParameter> compiled, HashSet<string> urls, HashSet<(string, string)> codes)
    {
        using var document = JsonDocument.Parse(definition.Json);
        if (!CustomSearchParameter.Compile(document.RootElement, compiled).Try(out var parameter, out var failure))
        {
            return failure;
        }

        if (!urls.Add(parameter.Url) || (parameter.Url.StartsWith(Hl7, StringComparison.Ordinal) && SearchParameterWriter.WriteById(parameter.Url[Hl7.Length..]) is not null))
        {
            return Refused("url", "another search parameter has this url");
        }

        if (parameter.Types.FirstOrDefault(t => !codes.Add((t, parameter.Code))) is { } type)
        {
            return Refused("code", $"another search parameter has this code for {type}");
        }

        compiled.Add(parameter);
        return null;
    }

    private static Failure Refused(string element, string why) => Failure.Of(422, "business-rule", "search-parameter-not-supported", $"The search parameter cannot be served: {why}.", $"{Type}.{element}");

    private static Failure Rested(SearchDefinition definition) =>
        Failure.Of(409, "conflict", "definition-in-use", $"The search parameter {definition.Id} rests on what would be changed or taken away; change it first, or in the same transaction.", Type);

    private ImmutableDictionary<string, SearchDefinition> With(IReadOnlyList<DefinitionChange> changes)
    {
        var next = _active;
        foreach (var change in changes.Where(c => c.Type == Type))
        {
            next = change.Resource is { } resource && IsActive(resource.Root) ? next.SetItem(change.Id, new SearchDefinition(change.Id, JsonMarshal.GetRawUtf8Value(resource.Root).ToArray())) : next.Remove(change.Id);
        }

        return next;
    }

    private static bool IsActive(JsonElement root) => root.TryGetProperty("status"u8, out var status) && status.ValueEquals("active"u8);

    private static bool IsComposite(SearchDefinition definition)
    {
        using var document = JsonDocument.Parse(definition.Json);
        return document.RootElement.TryGetProperty("component"u8, out _);
    }
}
