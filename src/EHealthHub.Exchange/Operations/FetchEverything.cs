using System.Collections.Immutable;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Operations;

/// <summary>
/// <c>$everything</c> on a Patient or an Encounter (R4 Patient-everything, Encounter-everything): what lies in its compartment, in one Bundle unless pages are asked for, and what that refers to in the directory. A search of several types,
/// decided and logged like one. On the type it is about the caller's own record, or for system scopes about everybody's.
/// </summary>
public sealed class FetchEverything
{
    private const string Interaction = "$everything";
    private const int ChoicesMax = 200;

    private static readonly ImmutableArray<string> OfEncounter = ["_since", "_type", "_count", "_cursor", "_format", "_pretty"];
    private static readonly ImmutableArray<string> OfPatient = [.. OfEncounter, "start", "end"];
    private static readonly ImmutableArray<string> Told = ["start", "end", "_since", "_type", "_count"];

    private readonly RecordStore _records;
    private readonly SearchRecords _search;

    internal FetchEverything(RecordStore records, SearchRecords search)
    {
        _records = records;
        _search = search;
    }

    /// <summary>The act on one resource. <paramref name="type"/> is Patient or Encounter.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, string id, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var location = await _records.Locate(type, id, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return await _search.Refuse(context, Interaction, type, Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        return await Run(context, type, id, parameters, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The act on the type Patient: a citizen's own record, or all patients for system scopes, page by page and without a total.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        const string type = "Patient";
        if (context.Caller is { PersonKind: PersonKind.Citizen, NationalId: { } own })
        {
            var known = await _records.LocateByIdentifier(new IdentifierCondition(type, DecisionFacts.NationalIdSystem, own), cancellationToken).ConfigureAwait(false);
            return known is [var id]
                ? await Run(context, type, id, parameters, cancellationToken).ConfigureAwait(false)
                : await _search.Refuse(context, Interaction, type, Refusals.NotFound(type, ""), cancellationToken).ConfigureAwait(false);
        }

        if (context.Caller is not { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None })
        {
            var costly = Failure.Of(403, "too-costly", "patient-required", "Name one patient (Patient/id/$everything): the records of all patients are for system scopes.", type);
            return await _search.Refuse(context, Interaction, type, costly, cancellationToken).ConfigureAwait(false);
        }

        return await Run(context, type, null, parameters, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<ActResult> Run(ActContext context, string type, string? id, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken) =>
        Form(type, id, parameters).Try(out var form, out var failure)
            ? _search.Run(context, form, cancellationToken)
            : _search.Refuse(context, Interaction, type, failure, cancellationToken);

    private Result<SearchForm> Form(string home, string? id, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (Unsound(home, parameters) is { } unsound)
        {
            return unsound;
        }

        var choices = parameters.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',', ChoicesMax)).ToHashSet(StringComparer.Ordinal);
        var all = CompartmentRule.TypesOf(home);
        if (choices.FirstOrDefault(c => !all.Contains(c)) is { } foreign)
        {
            return Failure.Of(400, "invalid", "parameter-invalid", $"_type names what does not lie in this compartment ({(foreign.Length <= 64 ? foreign : foreign[..64])}).", "_type");
        }

        var queries = new List<SearchQuery>();
        foreach (var type in all.Where(t => (choices.Count == 0 || choices.Contains(t)) && (id is not null || CompartmentRule.IsPatientType(t))))
        {
            if (!Query(home, id, type, parameters).Try(out var query, out var failure))
            {
                return failure;
            }

            queries.Add(query);
        }

        return new SearchForm(Interaction, id is null ? $"{home}/{Interaction}" : $"{home}/{id}/{Interaction}", queries, id is null ? null : (home, id))
        {
            Used = [.. parameters.Where(p => Told.Contains(p.Key))],
            Includes = [new SearchInclude(null, null, null, IsReverse: false, IsIterated: false)],
            NotIncluded = [.. all],
            NamesInstance = id is not null,
        };
    }

    /// <summary>R4: all but <c>_type</c> at most once; start and end are dates, and for patients only.</summary>
    private static Failure? Unsound(string home, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var known = home == "Patient" ? OfPatient : OfEncounter;
        if (parameters.FirstOrDefault(p => !known.Contains(p.Key)).Key is { } unknown)
        {
            return Failure.Of(400, "not-supported", "parameter-unknown", home == "Patient" ? "$everything knows start, end, _since, _type and _count." : "$everything of an Encounter knows _since, _type and _count.", unknown.Length <= 64 ? unknown : unknown[..64]);
        }

        if (parameters.Where(p => p.Key != "_type").GroupBy(p => p.Key).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
        {
            return Failure.Of(400, "invalid", "parameter-invalid", $"The parameter {twice} may be given once.", twice);
        }

        return parameters.FirstOrDefault(p => p.Key is "start" or "end" && !IsDate(p.Value)) is { Key: { } bad }
            ? Failure.Of(400, "invalid", "parameter-invalid", $"{bad} is a date.", bad)
            : null;
    }

    /// <summary>A date of any precision as search reads it, without a prefix.</summary>
    private static bool IsDate(string value) =>
        value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiDigit(c) || c is '-' or ':' or '.' or '+' or 'T' or 'Z') && char.IsAsciiDigit(value[0])
        && SearchQuery.Parse("Basic", [new("_lastUpdated", value)], strict: true).Try(out _, out _);

    /// <summary>One type: those whose date of care is outside of start and end are left out; what has no such date is not.</summary>
    private Result<SearchQuery> Query(string home, string? id, string type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var asked = parameters.Where(p => p.Key is "_count" or "_cursor").Concat(parameters.Where(p => p.Key == "_since").Select(p => KeyValuePair.Create("_lastUpdated", "ge" + p.Value))).ToList();
        if (!asked.Exists(p => p.Key == "_count"))
        {
            asked.Add(new("_count", FormattableString.Invariant($"{SearchQuery.CountMax}")));
        }

        if (CareDates.Of(type) is { } date && parameters.Where(p => p.Key is "start" or "end").Select(p => $"{date} {(p.Key == "start" ? "ge" : "le")} {p.Value}").ToList() is { Count: > 0 } within)
        {
            asked.Add(new("_filter", $"{date} pr false or ({string.Join(" and ", within)})"));
        }

        return id is null
            ? SearchQuery.Parse(type, [.. asked, new("_total", "none")], strict: true, _search.Settings)
            : SearchQuery.ParseInCompartment(home, id, type, asked, strict: true, _search.Settings);
    }
}
