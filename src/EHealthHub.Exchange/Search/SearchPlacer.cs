using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>Where a search looks and what has to be decided.</summary>
/// <param name="Kind">Compartment.</param>
/// <param name="Name">Its name; null where nothing is named.</param>
/// <param name="Everywhere">System scopes only.</param>
/// <param name="Base">The request to be decided, for a type in <paramref name="Kind"/>'s compartment.</param>
internal sealed record SearchPlace(CompartmentKind Kind, string? Name, bool Everywhere, AccessRequest Base)
{
    /// <summary>The decision for one type. Directory resources lie in the directory, whatever the rest of the search is about.</summary>
    public AccessDecision Decide(string type) => AccessPolicy.Decide(CompartmentRule.IsDirectory(type)
        ? new AccessRequest { Caller = Base.Caller, Interaction = Base.Interaction, ResourceType = type, Compartment = CompartmentKind.Directory }
        : Base with { ResourceType = type });
}

/// <summary>
/// Finds the one compartment that a search is about: from the address, from a patient that the criteria name by id or by exact identifier, or from a resource named by id. Asks only where things lie; whom nobody knows is decided like a
/// patient without a relationship, so that the answers do not tell the two apart.
/// </summary>
internal sealed class SearchPlacer(RecordStore records, DecisionFacts facts)
{
    /// <summary>The place; null when a caller without system scope names nobody.</summary>
    public async ValueTask<SearchPlace?> Place(Caller caller, SearchForm form, CancellationToken cancellationToken)
    {
        var request = new AccessRequest { Caller = caller, Interaction = Interaction.Search, ResourceType = form.First.Type, Compartment = CompartmentKind.Directory };
        var isSystem = caller.InstitutionKind == InstitutionKind.Authority && caller.PersonKind == PersonKind.None;
        if (form.Home is null && form.Queries.All(q => CompartmentRule.IsDirectory(q.Type)) && !(isSystem && form.First.Contained != ContainedSearch.No))
        {
            return new SearchPlace(CompartmentKind.Directory, "", false, request);
        }

        var (named, patient) = await Patient(form, cancellationToken).ConfigureAwait(false);
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

        return named ? new SearchPlace(CompartmentKind.Patient, null, false, request with { Compartment = CompartmentKind.Patient }) : null;
    }

    /// <summary>Whether one patient is named, and the id when the hub knows one.</summary>
    private async ValueTask<(bool Named, string? Patient)> Patient(SearchForm form, CancellationToken cancellationToken)
    {
        if (form.Home is { } home)
        {
            return home.Type == "Patient" ? (true, home.Id) : (true, await PatientOf(home.Type, home.Id, cancellationToken).ConfigureAwait(false));
        }

        var ids = form.Queries.Where(q => !CompartmentRule.IsDirectory(q.Type)).Select(q => q.PatientId).Distinct(StringComparer.Ordinal).ToList();
        if (ids is [{ } id])
        {
            return (true, id);
        }

        if (form.Queries.Count > 1 || ids is not [null])
        {
            return (false, null);
        }

        if (Identifier(form.First) is { } identifier)
        {
            var known = await records.LocateByIdentifier(identifier, cancellationToken).ConfigureAwait(false);
            return (true, known is [var only] ? only : null);
        }

        return form.First.Criteria.FirstOrDefault(c => c is { Parameter: "_id", Modifier: null, Values: [{ Text: not null }] }) is { } byId && CompartmentRule.IsPatientType(form.First.Type)
            ? (true, await PatientOf(form.First.Type, byId.Values[0].Text!, cancellationToken).ConfigureAwait(false))
            : (false, null);
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

    private static IdentifierCondition? Exact(SearchQuery query) =>
        query.Criteria.FirstOrDefault(c => c is { Parameter: "identifier", Modifier: null, Values: [{ System: not null, Text: not null }] })?.Values[0] is { System: { } system, Text: { } text }
            ? new IdentifierCondition("Patient", system, text)
            : null;

    private async ValueTask<string?> PatientOf(string type, string id, CancellationToken cancellationToken)
    {
        var location = await records.Locate(type, id, cancellationToken).ConfigureAwait(false);
        return location is { Compartment: CompartmentKind.Patient } ? location.CompartmentName : null;
    }
}
