using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Emergency;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange;

/// <summary>Gathers what a decision may look at: what is known of the patient, what the resource is, whose record it is. The one reading without a receipt.</summary>
public sealed class DecisionFacts
{
    /// <summary>Identifier system of the Turkish national id (facts of the ministry's code system root, OID .1.1.1).</summary>
    public const string NationalIdSystem = "urn:oid:2.16.840.1.113883.3.129.1.1.1";

    private readonly RecordStore _records;
    private readonly TimeProvider _time;
    private readonly RegisteredNames _names = new();
    private readonly PatientGatherer _gatherer;

    /// <summary>Over an opened store.</summary>
    public DecisionFacts(RecordStore records, TimeProvider time)
    {
        _records = records;
        _time = time;
        _gatherer = new PatientGatherer(_names, time);
    }

    /// <summary>From now on people and institutions that records name are those of this registry; before, records name nobody.</summary>
    public void Follow(IRegistry registry) => _names.Follow(registry);

    /// <summary>The patients that a located resource concerns, for the audit entry.</summary>
    public static ImmutableArray<string> PatientsOf(ResourceLocation location) => location.Compartment == CompartmentKind.Patient ? [location.CompartmentName] : [];

    /// <summary>True for the registry's authority, from which nothing is kept.</summary>
    public static bool IsSystem(Caller caller) => caller is { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None };

    /// <summary>A resource together with what is known of its patient, in one snapshot.</summary>
    public async ValueTask<(ResourceLocation? Location, PatientKnowledge? Known)> Locate(Caller caller, string type, string id, CancellationToken cancellationToken)
    {
        if (caller.InstitutionKind != InstitutionKind.Insurer)
        {
            return await _records.LocateToDecide(type, id, _gatherer.Make, cancellationToken).ConfigureAwait(false);
        }

        var (location, known) = await _records.LocateToDecide(type, id, _gatherer.MakeForPayers, cancellationToken).ConfigureAwait(false);
        return (location, known?.Known);
    }

    /// <summary>What keeps a Consent from being accepted, each with its element: the hub takes none that it would not enforce to the letter.</summary>
    internal ValueTask<ImmutableArray<Issue>> Check(JsonElement consent, IReadOnlyDictionary<string, string> references, CancellationToken cancellationToken) => _records.AskDirectory(
        directory => ConsentReader.Check(consent, (reference, system, value) => _names.Actor(directory, reference is null ? null : references.GetValueOrDefault(reference, reference), system, value)), cancellationToken);

    /// <summary>What a caller asks of something, before anything is known of it.</summary>
    public AccessRequest Ask(Caller caller, Interaction interaction, string type, CompartmentKind compartment) =>
        new() { Caller = caller, Interaction = interaction, ResourceType = type, Compartment = compartment, Now = _time.GetUtcNow() };

    /// <summary>For an interaction with an existing resource.</summary>
    public async ValueTask<AccessRequest> ForResource(Caller caller, Interaction interaction, ResourceLocation location, CancellationToken cancellationToken)
    {
        var request = Of(caller, interaction, location);
        return location.Compartment == CompartmentKind.Patient ? await WithPatient(request, location.CompartmentName, cancellationToken).ConfigureAwait(false) : request;
    }

    /// <summary>For an interaction with an existing resource whose patient's facts were read together with its place.</summary>
    public ValueTask<AccessRequest> ForResource(Caller caller, Interaction interaction, ResourceLocation location, PatientKnowledge? known, CancellationToken cancellationToken)
    {
        var request = Of(caller, interaction, location);
        return location.Compartment == CompartmentKind.Patient ? WithPatient(request, location.CompartmentName, known, cancellationToken) : ValueTask.FromResult(request);
    }

    /// <summary>
    /// Decides an interaction with an existing resource, by the traits of the version that is asked for and of the current one: the stricter decision holds. Of the directory, and for the authority, nothing is opened.
    /// </summary>
    public async ValueTask<AccessDecision> Decide(AccessRequest request, ResourceLocation location, CancellationToken cancellationToken)
    {
        if (DecidesAlone(request, location))
        {
            return AccessPolicy.Decide(request);
        }

        var seen = new ResourceDecision(request);
        await _records.SightOf(location, new RecordView(seen.Of), cancellationToken).ConfigureAwait(false);
        return seen.Decision;
    }

    /// <summary>The rule by which a search would not come upon a resource that it names by its id; null where it would.</summary>
    internal async ValueTask<string?> Withheld(AccessRequest search, ResourceLocation location, CancellationToken cancellationToken)
    {
        if (DecidesAlone(search, location))
        {
            return null;
        }

        var seen = new CompartmentSight(search);
        return await _records.SightOf(location, new RecordView(seen.Of), cancellationToken).ConfigureAwait(false) == Sight.Hide ? seen.Rule : null;
    }

    /// <summary>What the caller may know of each version of a resource.</summary>
    public static RecordView ViewOf(AccessRequest request, ResourceLocation location) =>
        DecidesAlone(request, location) ? RecordView.Everything : new RecordView(new ResourceDecision(request).Of);

    /// <summary>
    /// An interaction with an existing resource that is to be decided later, as one of several: with the traits of its current version, or of the one that was deleted.
    /// </summary>
    public async ValueTask<AccessRequest> ForChange(Caller caller, Interaction interaction, ResourceLocation location, PatientKnowledge? known, CancellationToken cancellationToken)
    {
        var request = await ForResource(caller, interaction, location, known, cancellationToken).ConfigureAwait(false);
        if (DecidesAlone(request, location))
        {
            return request;
        }

        ResourceTraits? traits = null;
        await _records.SightOf(location, new RecordView((in version) =>
        {
            traits = TraitsReader.Read(caller, version, TraitsReader.Everything);
            return Sight.See;
        }), cancellationToken).ConfigureAwait(false);
        return request with { Resource = traits };
    }

    /// <summary>Where a decision does not depend on what the resource is.</summary>
    private static bool DecidesAlone(AccessRequest request, ResourceLocation location) => (IsSystem(request.Caller) && !SmartScope.IsFiner(request.Caller)) || location.IsFixed || location.Compartment == CompartmentKind.Directory;

    /// <summary>Goes on with a walk over patients, each of whom comes with what is to be decided about deriving something from their record.</summary>
    internal ValueTask<bool> Step(CohortWalk walk, Caller caller, string type, Func<AccessRequest, CohortPatient<PatientKnowledge>, bool> look, CancellationToken cancellationToken)
    {
        var asked = Ask(caller, Interaction.Derive, type, CompartmentKind.Patient);
        return walk.Step(_gatherer.Make, patient => look(asked with { PatientId = patient.Id, Known = patient.Known }, patient), cancellationToken);
    }

    /// <summary>Adds what is known of the patient. Of a patient whom nobody knows nothing is.</summary>
    public async ValueTask<AccessRequest> WithPatient(AccessRequest request, string patientId, CancellationToken cancellationToken)
    {
        var known = request.Caller.InstitutionKind == InstitutionKind.Insurer
            ? (await _records.Context(patientId, _gatherer.MakeForPayers, cancellationToken).ConfigureAwait(false))?.Known
            : await _records.Context(patientId, _gatherer.Make, cancellationToken).ConfigureAwait(false);
        return await WithPatient(request, patientId, known, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AccessRequest> WithPatient(AccessRequest request, string patientId, PatientKnowledge? known, CancellationToken cancellationToken) => request with
    {
        PatientId = patientId,
        Known = WithGlass(known, request.Caller),
        IsOwnRecord = known is not null && await IsOwn(request.Caller, patientId, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>The glass that the caller's own token breaks. What is known of a patient is kept for whoever asks, so that this is added for the one question.</summary>
    private static PatientKnowledge? WithGlass(PatientKnowledge? known, Caller caller) =>
        known is not null && caller is { Emergency: { } emergency, Person: { } person, Institution: { } institution, TokenId: { } token }
            ? known with { Emergencies = known.Emergencies.Add(new EmergencyGrant(token, person, institution, caller.Purpose, emergency.Reason, emergency.From, emergency.Until)) }
            : known;

    private AccessRequest Of(Caller caller, Interaction interaction, ResourceLocation location) => Ask(caller, interaction, location.Type, location.Compartment) with
    {
        Submitter = location.Submitter,
        Owner = location.Compartment == CompartmentKind.Institution ? location.CompartmentName : null,
    };

    private async ValueTask<bool> IsOwn(Caller caller, string patientId, CancellationToken cancellationToken)
    {
        if (caller.PersonKind != PersonKind.Citizen || caller.NationalId is null)
        {
            return false;
        }

        var own = await _records.LocateByIdentifier(new IdentifierCondition("Patient", NationalIdSystem, caller.NationalId), cancellationToken).ConfigureAwait(false);
        return own.Contains(patientId, StringComparer.Ordinal);
    }
}
