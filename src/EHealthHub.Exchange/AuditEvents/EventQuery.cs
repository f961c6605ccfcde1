using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>A search for events, parsed: the criteria, whom it names, and between which moments the events must lie.</summary>
/// <param name="Query">The search.</param>
/// <param name="Interaction">R4's code, for the log.</param>
/// <param name="Path">Address below the base.</param>
/// <param name="Patient">The patient that the criteria or the address name by id; null where none.</param>
/// <param name="Identifier">The patient that they name by identifier; null where none.</param>
internal sealed record EventQuery(SearchQuery Query, string Interaction, string Path, string? Patient, IdentifierCondition? Identifier)
{
    private const string Type = "AuditEvent";

    /// <summary>True where one patient is named.</summary>
    public bool NamesPatient => Patient is not null || Identifier is not null;

    /// <summary>What a continuation is bound to beside the criteria.</summary>
    public string Bound => $"audit {Interaction} {Path}";

    /// <summary>The earliest moment that the criteria leave open.</summary>
    public DateTimeOffset From => Bounds(lower: true) is { } bound ? DateTimeOffset.UnixEpoch.AddMicroseconds(bound) : DateTimeOffset.MinValue;

    /// <summary>What is older stands behind everything that the criteria leave open.</summary>
    public DateTimeOffset Floor => From is var from && from > DateTimeOffset.MinValue + LogWalk.Slack ? from - LogWalk.Slack : DateTimeOffset.MinValue;

    /// <summary>The latest.</summary>
    public DateTimeOffset Until => Bounds(lower: false) is { } bound ? DateTimeOffset.UnixEpoch.AddMicroseconds(bound) : DateTimeOffset.MaxValue;

    /// <summary>Of a search on the type.</summary>
    public static Result<EventQuery> Parse(IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings settings) =>
        SearchQuery.Parse(Type, parameters, strict, settings).Try(out var query, out var failure) ? Of(query, "search-type", Type, null) : failure;

    /// <summary>Of a search in a compartment.</summary>
    public static Result<EventQuery> ParseInCompartment(string compartment, string id, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings settings) =>
        SearchQuery.ParseInCompartment(compartment, id, Type, parameters, strict, settings).Try(out var query, out var failure)
            ? Of(query, "search-compartment", $"{compartment}/{id}/{Type}", compartment == "Patient" ? id : null)
            : failure;

    private static Result<EventQuery> Of(SearchQuery query, string interaction, string path, string? home)
    {
        if (query.Unserved(SearchNeeds.Chains | SearchNeeds.Sorting | SearchNeeds.Subsets) is { } unserved)
        {
            return unserved;
        }

        if (query.Sort.Any(key => !key.IsDescending || key.Parameter is not ("date" or "_lastUpdated")))
        {
            return Failure.Of(400, "not-supported", "audit-sort", "Events come newest first: _sort takes -date alone.", "_sort");
        }

        IdentifierCondition? identifier = null;
        foreach (var lookup in query.Lookups)
        {
            if (identifier is not null || lookup is not ChainLookup { Parameter: "patient", Query.Type: "Patient" } chain || (identifier = Search.SearchPlacer.Exact(chain.Query)) is null || chain.Query.Criteria.Count > 1 || chain.Query.Conditions.Count + chain.Query.Lookups.Count > 0)
            {
                return Failure.Of(400, "not-supported", "audit-chain", "Of chains patient.identifier=system|value is served, once.", lookup.Name);
            }
        }

        return new EventQuery(query, interaction, path, query.PatientId ?? home, identifier);
    }

    /// <summary>The tightest bound of the criteria by date; of several values in one criterion the loosest. Wider than the criteria is fine: each event is decided by them all the same.</summary>
    private long? Bounds(bool lower)
    {
        long? bound = null;
        foreach (var criterion in Query.Criteria.Where(c => c is { Parameter: "date" or "_lastUpdated", Modifier: null }))
        {
            long? own = lower ? long.MaxValue : long.MinValue;
            foreach (var value in criterion.Values)
            {
                long? one = (lower, value.Prefix) switch
                {
                    (true, "eq" or "ge" or "gt" or "sa") => value.From,
                    (false, "eq" or "le" or "lt" or "eb") => value.To,
                    _ => null,
                };
                own = own is null || one is null ? null : lower ? Math.Min(own.Value, one.Value) : Math.Max(own.Value, one.Value);
            }

            if (own is { } found)
            {
                bound = bound is null ? found : lower ? Math.Max(bound.Value, found) : Math.Min(bound.Value, found);
            }
        }

        // Within what a DateTimeOffset holds, whatever somebody writes as a date.
        return bound is { } b ? Math.Clamp(b, -62_000_000_000_000_000, 253_000_000_000_000_000) : null;
    }
}
