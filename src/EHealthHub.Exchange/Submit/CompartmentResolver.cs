using System.Buffers;
using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Access.Relationships;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Submit;

/// <summary>Fixes the compartment of each step, and what has to be decided for it.</summary>
internal sealed class CompartmentResolver(DecisionFacts facts, HubIdentity hub)
{
    /// <summary>Most patients that one submission may concern, so that its audit entry can name them all.</summary>
    public const int PatientsMax = 1_000;

    public async ValueTask<Failure?> Fix(WriteWork work, WriteStep step, CancellationToken cancellationToken)
    {
        var (entry, current) = (step.Entry, step.Current);
        var interaction = step.Action switch { EntryAction.Create => Interaction.Create, EntryAction.Delete => Interaction.Delete, _ => Interaction.Update };
        if (step.Action == EntryAction.Delete)
        {
            work.Decisions.Add((step, current is not null
                ? step.Asked!
                : facts.Ask(work.Caller, interaction, entry.Type, KindOf(entry.Type))));
            if (current is not null)
            {
                work.Patients.UnionWith(DecisionFacts.PatientsOf(current));
                work.Write(step, current.Compartment, current.CompartmentName, []);
            }

            return null;
        }

        if (step.Resource is null)
        {
            return null; // a patch that changed nothing: decided already, and nothing is written
        }

        var (kind, name, linked) = Place(work, step);
        if (current is not null)
        {
            // Decided on what exists before anything about its place is told.
            work.Decisions.Add((step, step.Asked! with { WrittenScopes = Written(work, step) }));
            if (current.Compartment != kind || !string.Equals(current.CompartmentName, kind == CompartmentKind.Institution ? current.CompartmentName : name, StringComparison.Ordinal))
            {
                work.Late ??= Failure.Of(422, "business-rule", "compartment-fixed", "An update cannot move a resource to another patient or out of a patient's record.", step.Place);
                return null;
            }

            name = current.CompartmentName;
        }

        work.Patients.UnionWith(kind == CompartmentKind.Patient ? [name] : linked);
        if (work.Patients.Count > PatientsMax)
        {
            return Failure.Of(413, "too-costly", "too-many-patients", $"One submission may concern at most {PatientsMax} patients.", step.Place);
        }

        if (current is null)
        {
            await Decide(work, step, interaction, kind, name, linked, cancellationToken).ConfigureAwait(false);
        }

        if (work.Context.Content is { } content && !content.LiesIn(kind, name))
        {
            return Refusals.Busy(entry.Type); // what was there when the content began to arrive is not what is there now
        }

        work.Write(step, kind, name, linked);
        return null;
    }

    private async ValueTask Decide(WriteWork work, WriteStep step, Interaction interaction, CompartmentKind kind, string name, ImmutableArray<string> linked, CancellationToken cancellationToken)
    {
        var request = facts.Ask(work.Caller, interaction, step.Entry.Type, kind) with { Owner = kind == CompartmentKind.Institution ? name : null, WrittenScopes = Written(work, step) };
        if (kind != CompartmentKind.Patient)
        {
            work.Decisions.Add((step, request));
        }

        foreach (var patient in kind == CompartmentKind.Patient ? [name] : linked)
        {
            var own = await work.Known(patient, request with { Compartment = CompartmentKind.Patient, Owner = null }, facts, cancellationToken).ConfigureAwait(false);
            if (work.IsNewPatient(patient) || (step.Entry.Type == "Patient" && step.Matched))
            {
                own = own with { Known = (own.Known ?? new PatientKnowledge { PatientId = patient }) with { IsNew = true } };
            }

            // A submission that opens an encounter documents the treatment that it submits.
            work.Decisions.Add((step, work.OpensEncounterFor(patient) is { } opened && work.Caller.Institution is { } institution
                ? own with { Known = With(own.Known ?? new PatientKnowledge { PatientId = patient }, new CareEncounter(institution, opened, CareSetting.Visit, IsOpen: true, request.Now)) }
                : own));
        }
    }

    /// <summary>The caller's scopes with a query that what is written satisfies; what is not written satisfies none.</summary>
    private static ulong Written(WriteWork work, WriteStep step)
    {
        if (!SmartScope.IsFiner(work.Caller) || step.Facts(work.Now, work.References, SearchSettings.Default) is not { } facts)
        {
            return 0;
        }

        var encoded = new ArrayBufferWriter<byte>();
        facts.Encode(encoded);
        return SmartScope.Satisfied(work.Caller, encoded.WrittenSpan);
    }

    private static PatientKnowledge With(PatientKnowledge known, CareEncounter encounter) => known with { Encounters = known.Encounters.Add(encounter) };

    private static CompartmentKind KindOf(string type) =>
        CompartmentRule.IsDirectory(type) ? CompartmentKind.Directory : CompartmentRule.IsPatientType(type) ? CompartmentKind.Patient : CompartmentKind.Institution;

    /// <summary>Where what a step writes belongs, as its references say.</summary>
    public (CompartmentKind Kind, string Name, ImmutableArray<string> Linked) Place(WriteWork work, WriteStep step)
    {
        if (CompartmentRule.IsDirectory(step.Entry.Type))
        {
            return (CompartmentKind.Directory, "", []);
        }

        var patients = step.Entry.Type == "Patient" ? [step.Id] : PatientsOf(work, step.Resource!);
        return patients.Length == 1
            ? (CompartmentKind.Patient, patients[0], [])
            : (CompartmentKind.Institution, work.Caller.Institution ?? work.Caller.Person ?? "", patients);
    }

    private ImmutableArray<string> PatientsOf(WriteWork work, FhirResource resource)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var written in CompartmentRule.PatientReferences(resource))
        {
            var reference = work.References.GetValueOrDefault(written, written);
            if (reference.StartsWith(hub.FhirBase + "/", StringComparison.Ordinal))
            {
                reference = reference[(hub.FhirBase.Length + 1)..];
            }

            if (reference.StartsWith("Patient/", StringComparison.Ordinal))
            {
                var id = reference["Patient/".Length..];
                var versioned = id.IndexOf('/', StringComparison.Ordinal);
                id = versioned < 0 ? id : id[..versioned];
                if (!found.Contains(id))
                {
                    found.Add(id);
                }
            }
        }

        return found.ToImmutable();
    }
}
