using EHealthHub.Access.Policy;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// Finds the one compartment that a search is about: from the address, from a patient that the criteria name by id or by exact identifier, or from a resource named by id. Asks only where things lie; whom nobody knows is decided like a
/// patient without a relationship, so that the answers do not tell the two apart.
/// </summary>
internal sealed class SearchPlacer(RecordStore records, DecisionFacts facts)
{
    /// <summary>The place; null when a caller without system scope names nobody.</summary>
    public async ValueTask<SearchPlace?> Place(Caller caller, SearchForm form, CancellationToken cancellationToken)
    {
        var request = facts.Ask(caller, Interaction.Search, form.First.Type, CompartmentKind.Directory);
        var isSystem = DecisionFacts.IsSystem(caller);
        if (form.Home is null && form.Queries.All(q => CompartmentRule.IsDirectory(q.Type)) && !(isSystem && form.First.Contained != ContainedSearch.No))
        {
            return new SearchPlace(CompartmentKind.Directory, "", false, request);
        }

        var (named, patient, withheld) = await Patient(caller, form, cancellationToken).ConfigureAwait(false);
        if (patient is not null)
        {
            request = await facts.WithPatient(request with { Compartment = CompartmentKind.Patient }, patient, cancellationToken).ConfigureAwait(false);
            return new SearchPlace(CompartmentKind.Patient, patient, false, request);
        }

        if (isSystem)
        {
            return new SearchPlace(CompartmentKind.Patient, null, true, request with { Compartment = CompartmentKind.Patient });
        }

        if (!named && caller.Institution is { } owner && form.Queries.All(q => CompartmentRule.IsDirectory(q.Type) || !CompartmentRule.IsPatientType(q.Type)))
        {
            return new SearchPlace(CompartmentKind.Institution, owner, false, request with { Compartment = CompartmentKind.Institution, Owner = owner });
        }

        return named
            ? new SearchPlace(CompartmentKind.Patient, null, false, request with { Compartment = CompartmentKind.Patient }) { WithheldPatient = withheld?.Patient, Withheld = withheld?.Rule }
            : null;
    }

    /// <summary>Whether one patient is named, and the id when the hub knows one and the caller may know by what was named; else, for the log, whom that would be about.</summary>
    private async ValueTask<(bool Named, string? Patient, (string Patient, string Rule)? Withheld)> Patient(Caller caller, SearchForm form, CancellationToken cancellationToken)
    {
        if (form.Home is { } home)
        {
            return home.Type == "Patient" && !form.NamesInstance ? (true, home.Id, null) : await PatientOf(caller, home.Type, home.Id, cancellationToken).ConfigureAwait(false);
        }

        var ids = form.Queries.Where(q => !CompartmentRule.IsDirectory(q.Type)).Select(q => q.PatientId).Distinct(StringComparer.Ordinal).ToList();
        if (ids is [{ } id])
        {
            return (true, id, null);
        }

        if (form.Queries.Count > 1 || ids is not [null])
        {
            return (false, null, null);
        }

        if (Identifier(form.First) is { } identifier)
        {
            var known = await records.LocateByIdentifier(identifier, cancellationToken).ConfigureAwait(false);
            return (true, known is [var only] ? only : null, null);
        }

        return form.First.Criteria.FirstOrDefault(c => c is { Parameter: "_id", Modifier: null, Values: [{ Text: not null }] }) is { } byId && CompartmentRule.IsPatientType(form.First.Type)
            ? await PatientOf(caller, form.First.Type, byId.Values[0].Text!, cancellationToken).ConfigureAwait(false)
            : (false, null, null);
    }

    /// <summary>An exact identifier of a patient: asked of Patient itself, or of what refers to a patient (<c>patient.identifier=system|value</c>).</summary>
    private static IdentifierCondition? Identifier(SearchQuery query)
    {
        if (query.Type == "Patient")
        {
            return Exact(query);
        }

        return CompartmentRule.IsPatientType(query.Type)
            ? query.Lookups.OfType<ChainLookup>().Where(c => c.Query.Type == "Patient" && c.Parameter is "patient" or "subject").Select(c => Exact(c.Query)).FirstOrDefault(i => i is not null)
            : null;
    }

    internal static IdentifierCondition? Exact(SearchQuery query) =>
        query.Criteria.FirstOrDefault(c => c is { Parameter: "identifier", Modifier: null, Values: [{ System: not null, Text: not null }] })?.Values[0] is { System: { } system, Text: { } text }
            ? new IdentifierCondition("Patient", system, text)
            : null;

    /// <summary>The patient of a resource that is named by its id; none where the caller may not know of it, as where it does not exist.</summary>
    private async ValueTask<(bool Named, string? Patient, (string Patient, string Rule)? Withheld)> PatientOf(Caller caller, string type, string id, CancellationToken cancellationToken)
    {
        var (location, known) = await facts.Locate(caller, type, id, cancellationToken).ConfigureAwait(false);
        if (location is not { Compartment: CompartmentKind.Patient })
        {
            return (true, null, null);
        }

        var request = await facts.ForResource(caller, Interaction.Search, location, known, cancellationToken).ConfigureAwait(false);
        return await facts.Withheld(request, location, cancellationToken).ConfigureAwait(false) is { } rule ? (true, null, (location.CompartmentName, rule)) : (true, location.CompartmentName, null);
    }
}
