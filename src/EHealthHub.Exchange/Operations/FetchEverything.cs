using System.Collections.Immutable;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Operations;

/// <summary>
/// <c>$everything</c> on a Patient or an Encounter (R4 Patient-everything, Encounter-everything): what lies in its compartment, page by page, and what that refers to in the directory. A search of several types, decided and logged like one.
/// </summary>
public sealed class FetchEverything
{
    private const string Interaction = "$everything";
    private const int ChoicesMax = 200;

    private static readonly string[] Known = ["start", "end", "_since", "_type", "_count", "_cursor", "_format", "_pretty"];

    private readonly RecordStore _records;
    private readonly SearchRecords _search;

    internal FetchEverything(RecordStore records, SearchRecords search)
    {
        _records = records;
        _search = search;
    }

    /// <summary>The act. <paramref name="type"/> is Patient or Encounter.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, string id, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var location = await _records.Locate(type, id, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return await _search.Refuse(context, Interaction, type, Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        return Form(type, id, parameters).Try(out var form, out var failure)
            ? await _search.Run(context, form, cancellationToken).ConfigureAwait(false)
            : await _search.Refuse(context, Interaction, type, failure, cancellationToken).ConfigureAwait(false);
    }

    private Result<SearchForm> Form(string home, string id, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.FirstOrDefault(p => !Known.Contains(p.Key)).Key is { } unknown)
        {
            return Failure.Of(400, "not-supported", "parameter-unknown", "$everything knows start, end, _since, _type and _count.", unknown.Length <= 64 ? unknown : unknown[..64]);
        }

        var choices = parameters.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',', ChoicesMax)).ToHashSet(StringComparer.Ordinal);
        var all = CompartmentRule.TypesOf(home);
        if (choices.FirstOrDefault(c => !all.Contains(c)) is { } foreign)
        {
            return Failure.Of(400, "invalid", "parameter-invalid", $"_type names what does not lie in this compartment ({(foreign.Length <= 64 ? foreign : foreign[..64])}).", "_type");
        }

        var queries = new List<SearchQuery>();
        foreach (var type in all.Where(t => choices.Count == 0 || choices.Contains(t)))
        {
            if (!Query(home, id, type, parameters).Try(out var query, out var failure))
            {
                return failure;
            }

            queries.Add(query);
        }

        return new SearchForm(Interaction, $"{home}/{id}/{Interaction}", queries, (home, id))
        {
            Used = [.. parameters.Where(p => p.Key is "start" or "end" or "_since" or "_type" or "_count")],
            Includes = [new SearchInclude(null, null, null, IsReverse: false, IsIterated: false)],
            NotIncluded = [.. all],
            NamesInstance = true,
        };
    }

    /// <summary>One type: those whose date of care is outside of start and end are left out; what has no such date is not (R4 Patient-everything).</summary>
    private Result<SearchQuery> Query(string home, string id, string type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var plain = parameters.Where(p => p.Key is "_count" or "_cursor").Concat(parameters.Where(p => p.Key == "_since").Select(p => KeyValuePair.Create("_lastUpdated", "ge" + p.Value))).ToList();
        var dates = parameters.Where(p => p.Key is "start" or "end").Select(p => KeyValuePair.Create("date", (p.Key == "start" ? "ge" : "le") + p.Value)).ToList();
        var dated = dates.Count > 0 && SearchQuery.HasParameter(type, "date", FactKind.Date);
        return SearchQuery.ParseInCompartment(home, id, type, dated ? [.. plain, .. dates] : plain, strict: true, _search.Settings);
    }
}
