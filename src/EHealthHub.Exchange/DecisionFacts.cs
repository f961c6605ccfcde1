using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange;

/// <summary>Gathers what a decision may look at: who submitted, which encounters are open, whose record it is. The one reading without a receipt.</summary>
public sealed class DecisionFacts(RecordStore records)
{
    /// <summary>Identifier system of the Turkish national id (facts of the ministry's code system root, OID .1.1.1).</summary>
    public const string NationalIdSystem = "urn:oid:2.16.840.1.113883.3.129.1.1.1";

    /// <summary>The patients that a located resource concerns, for the audit entry.</summary>
    public static ImmutableArray<string> PatientsOf(ResourceLocation location) => location.Compartment == CompartmentKind.Patient ? [location.CompartmentName] : [];

    /// <summary>For an interaction with an existing resource.</summary>
    public ValueTask<AccessRequest> ForResource(Caller caller, Interaction interaction, ResourceLocation location, CancellationToken cancellationToken)
    {
        var request = Of(caller, interaction, location);
        return location.Compartment == CompartmentKind.Patient ? WithPatient(request, location.CompartmentName, cancellationToken) : ValueTask.FromResult(request);
    }

    /// <summary>For an interaction with an existing resource whose patient's context was read together with its place.</summary>
    public ValueTask<AccessRequest> ForResource(Caller caller, Interaction interaction, ResourceLocation location, PatientContext? patient, CancellationToken cancellationToken)
    {
        var request = Of(caller, interaction, location);
        return location.Compartment == CompartmentKind.Patient ? WithPatient(request, location.CompartmentName, patient, cancellationToken) : ValueTask.FromResult(request);
    }

    /// <summary>Adds what is known of the patient. A patient whom nobody knows has no submitter and no encounters.</summary>
    public async ValueTask<AccessRequest> WithPatient(AccessRequest request, string patientId, CancellationToken cancellationToken)
    {
        var known = await records.Context(patientId, cancellationToken).ConfigureAwait(false);
        return await WithPatient(request, patientId, known, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AccessRequest> WithPatient(AccessRequest request, string patientId, PatientContext? known, CancellationToken cancellationToken) => request with
    {
        PatientId = patientId,
        PatientSubmitter = known?.PatientSubmitter,
        OpenEncounters = known is null ? [] : [.. known.OpenEncounters.Select(e => new OpenEncounter(e.Institution, e.EncounterId))],
        IsOwnRecord = known is not null && await IsOwn(request.Caller, patientId, cancellationToken).ConfigureAwait(false),
    };

    private static AccessRequest Of(Caller caller, Interaction interaction, ResourceLocation location) => new()
    {
        Caller = caller,
        Interaction = interaction,
        ResourceType = location.Type,
        Compartment = location.Compartment,
        Submitter = location.Submitter,
        Owner = location.Compartment == CompartmentKind.Institution ? location.CompartmentName : null,
    };

    private async ValueTask<bool> IsOwn(Caller caller, string patientId, CancellationToken cancellationToken)
    {
        if (caller.PersonKind != PersonKind.Citizen || caller.NationalId is null)
        {
            return false;
        }

        var own = await records.LocateByIdentifier(new IdentifierCondition("Patient", NationalIdSystem, caller.NationalId), cancellationToken).ConfigureAwait(false);
        return own.Contains(patientId, StringComparer.Ordinal);
    }
}
