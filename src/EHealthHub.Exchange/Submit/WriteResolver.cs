using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Fixes ids, versions, references and compartments of a submission before it is decided (R4 3.1.0.11.2). It asks the store where things lie and never opens one; the store checks the same conditions again inside its transaction.
/// </summary>
internal sealed class WriteResolver(RecordStore records, DecisionFacts facts, HubIdentity hub, TimeProvider time)
{
    /// <summary>Most patients that one submission may concern, so that its audit entry can name them all.</summary>
    public const int PatientsMax = 1_000;

    public async ValueTask<Result<ResolvedWrite>> Resolve(
        Caller caller, ImmutableArray<PlannedEntry> entries, LinksToResolve links, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var work = new Work(caller, entries, now);
        for (var i = 0; i < entries.Length; i++)
        {
            if (await FixIdentity(work, i, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        foreach (var (written, fullUrl) in links.Relative)
        {
            work.References[written] = work.References[fullUrl];
        }

        foreach (var (written, condition) in links.Conditional)
        {
            if (await FixReference(work, written, condition, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        for (var i = 0; i < entries.Length; i++)
        {
            if (await FixCompartment(work, i, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return work.Done();
    }

    /// <summary>Id, version and end of one entry.</summary>
    private async ValueTask<Failure?> FixIdentity(Work work, int index, CancellationToken cancellationToken)
    {
        var entry = work.Entries[index];
        return entry.Action switch
        {
            EntryAction.Create => await FixCreate(work, index, entry, cancellationToken).ConfigureAwait(false),
            EntryAction.Update or EntryAction.Delete => await FixExisting(work, index, entry, cancellationToken).ConfigureAwait(false),
            _ => null,
        };
    }

    private async ValueTask<Failure?> FixCreate(Work work, int index, PlannedEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IfNoneExist is { } condition)
        {
            if (!work.Conditions.Add(condition))
            {
                return At(entry, 412, "multiple-matches", "conditional-create-twice", "Two entries of the Bundle create under the same condition.");
            }

            var matches = await records.LocateByIdentifier(condition, cancellationToken).ConfigureAwait(false);
            if (matches.Count > 1)
            {
                return At(entry, 412, "multiple-matches", "conditional-create-many", "More than one resource matches the condition of the create.");
            }

            if (matches.Count == 1)
            {
                var existing = await records.Locate(entry.Type, matches[0], cancellationToken).ConfigureAwait(false);
                if (existing is { Deleted: false })
                {
                    work.Fix(index, existing.Id, new EntryEnd(200, entry.Type, existing.Id, existing.Version, existing.LastUpdated, -1));
                    work.Matched.Add(index);
                    return null;
                }
            }
        }

        work.Fix(index, Identifiers.New(time), version: 1, status: 201);
        return null;
    }

    private async ValueTask<Failure?> FixExisting(Work work, int index, PlannedEntry entry, CancellationToken cancellationToken)
    {
        var id = entry.Id!;
        var current = await records.Locate(entry.Type, id, cancellationToken).ConfigureAwait(false);
        work.Current[index] = current;
        var system = work.Caller.InstitutionKind == InstitutionKind.Authority;
        if (current is null)
        {
            if (!system)
            {
                return Refusals.NotFound(entry.Type, id) with { Issues = [Issue.Error("not-found", "not-found", $"No {entry.Type} with this id is known to you.", Place(entry))] };
            }

            if (entry.IfMatch is not null)
            {
                return At(entry, 412, "conflict", "version-conflict", "If-Match names a version of a resource that does not exist.");
            }

            if (entry.Action == EntryAction.Delete)
            {
                work.Fix(index, id, new EntryEnd(204, entry.Type, id, 0, work.Now, -1));
            }
            else
            {
                work.Fix(index, id, version: 1, status: 201);
            }

            return null;
        }

        if (entry.Action == EntryAction.Delete && current.Deleted)
        {
            work.Fix(index, id, new EntryEnd(204, entry.Type, id, 0, work.Now, -1));
        }
        else
        {
            var status = entry.Action == EntryAction.Delete ? 204 : current.Deleted ? 201 : 200;
            work.Fix(index, id, current.Version + 1, status);
        }

        return null;
    }

    /// <summary>A conditional reference: exactly one match, in the store or among what this submission creates.</summary>
    private async ValueTask<Failure?> FixReference(Work work, string written, IdentifierCondition condition, CancellationToken cancellationToken)
    {
        var matches = await records.LocateByIdentifier(condition, cancellationToken).ConfigureAwait(false);
        var created = work.CreatedWith(condition);
        if (matches.Count + created.Count != 1)
        {
            var (code, text) = matches.Count + created.Count == 0 ? ("reference-no-match", "matches no resource") : ("reference-many-matches", "matches more than one resource");
            return Failure.Of(412, matches.Count == 0 ? "not-found" : "multiple-matches", code, $"The conditional reference to {condition.Type} {text}.", work.PlaceOf(written));
        }

        if (matches.Count == 1)
        {
            work.Resolved[condition] = $"{condition.Type}/{matches[0]}";
        }

        work.References[written] = $"{condition.Type}/{(matches.Count == 1 ? matches[0] : created[0])}";
        return null;
    }

    /// <summary>Compartment of one entry, and what has to be decided for it.</summary>
    private async ValueTask<Failure?> FixCompartment(Work work, int index, CancellationToken cancellationToken)
    {
        var entry = work.Entries[index];
        if (entry.Action is not (EntryAction.Create or EntryAction.Update or EntryAction.Delete))
        {
            return null;
        }

        var current = work.Current[index];
        var interaction = entry.Action switch { EntryAction.Create => Interaction.Create, EntryAction.Update => Interaction.Update, _ => Interaction.Delete };
        if (entry.Action == EntryAction.Delete)
        {
            if (current is not null)
            {
                work.Decisions.Add((index, await facts.ForResource(work.Caller, interaction, current, cancellationToken).ConfigureAwait(false)));
                work.Write(index, current.Compartment, current.CompartmentName, [], current);
            }
            else
            {
                work.Decisions.Add((index, new AccessRequest { Caller = work.Caller, Interaction = interaction, ResourceType = entry.Type, Compartment = KindOf(entry.Type) }));
            }

            return null;
        }

        var (kind, name, linked) = Place(work, index, entry);
        if (current is not null && !work.Matched.Contains(index))
        {
            // Decided on what exists before anything about its place is told.
            work.Decisions.Add((index, await facts.ForResource(work.Caller, interaction, current, cancellationToken).ConfigureAwait(false)));
            if (current.Compartment != kind || !string.Equals(current.CompartmentName, kind == CompartmentKind.Institution ? current.CompartmentName : name, StringComparison.Ordinal))
            {
                work.Late ??= At(entry, 422, "business-rule", "compartment-fixed", "An update cannot move a resource to another patient or out of a patient's record.");
                return null;
            }

            name = current.CompartmentName;
        }

        foreach (var patient in kind == CompartmentKind.Patient ? [name] : linked)
        {
            work.Patients.Add(patient);
        }

        if (work.Patients.Count > PatientsMax)
        {
            return At(entry, 413, "too-costly", "too-many-patients", $"One submission may concern at most {PatientsMax} patients.");
        }

        await Decide(work, index, entry, interaction, kind, name, linked, cancellationToken).ConfigureAwait(false);
        work.Write(index, kind, name, linked, current);
        return null;
    }

    private async ValueTask Decide(
        Work work, int index, PlannedEntry entry, Interaction interaction, CompartmentKind kind, string name, ImmutableArray<string> linked, CancellationToken cancellationToken)
    {
        if (interaction == Interaction.Update && work.Current[index] is not null)
        {
            return;
        }

        var request = new AccessRequest
        {
            Caller = work.Caller,
            Interaction = interaction,
            ResourceType = entry.Type,
            Compartment = kind,
            Owner = kind == CompartmentKind.Institution ? name : null,
        };
        if (kind != CompartmentKind.Patient)
        {
            work.Decisions.Add((index, request));
        }

        foreach (var patient in kind == CompartmentKind.Patient ? [name] : linked)
        {
            var own = request with { Compartment = CompartmentKind.Patient, Owner = null, PatientIsNew = work.IsNewPatient(patient) || (entry.Type == "Patient" && work.Matched.Contains(index)) };
            var known = await work.Known(patient, own, facts, cancellationToken).ConfigureAwait(false);
            work.Decisions.Add((index, work.OpensEncounterFor(patient) is { } opened && work.Caller.Institution is { } institution
                ? known with { OpenEncounters = known.OpenEncounters.Add(new OpenEncounter(institution, opened)) }
                : known));
        }
    }

    private static CompartmentKind KindOf(string type) =>
        CompartmentRule.IsDirectory(type) ? CompartmentKind.Directory : CompartmentRule.IsPatientType(type) ? CompartmentKind.Patient : CompartmentKind.Institution;

    private (CompartmentKind Kind, string Name, ImmutableArray<string> Linked) Place(Work work, int index, PlannedEntry entry)
    {
        if (CompartmentRule.IsDirectory(entry.Type))
        {
            return (CompartmentKind.Directory, "", []);
        }

        var patients = entry.Type == "Patient" ? [work.IdOf(index)] : PatientsOf(work, entry.Resource!);
        work.PatientsOfEntry[index] = patients;
        return patients.Length == 1
            ? (CompartmentKind.Patient, patients[0], [])
            : (CompartmentKind.Institution, work.Caller.Institution ?? work.Caller.Person ?? "", patients);
    }

    private ImmutableArray<string> PatientsOf(Work work, FhirResource resource)
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

    private static string Place(PlannedEntry entry) => entry.Index < 0 ? entry.Type : $"Bundle.entry[{entry.Index}]";

    private static Failure At(PlannedEntry entry, int status, string type, string code, string text) => Failure.Of(status, type, code, text, Place(entry));

    /// <summary>The submission while it is being fixed.</summary>
    private sealed class Work(Caller caller, ImmutableArray<PlannedEntry> entries, DateTimeOffset now)
    {
        private readonly string[] _ids = new string[entries.Length];
        private readonly EntryEnd?[] _ends = new EntryEnd?[entries.Length];
        private readonly List<WriteEntry> _writes = [];
        private readonly Dictionary<string, AccessRequest> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _opened = new(StringComparer.Ordinal);
        private HashSet<string>? _newPatients;
        private bool _openedKnown;

        public Caller Caller { get; } = caller;

        public ImmutableArray<PlannedEntry> Entries { get; } = entries;

        public DateTimeOffset Now { get; } = now;

        public ResourceLocation?[] Current { get; } = new ResourceLocation?[entries.Length];

        public ImmutableArray<string>[] PatientsOfEntry { get; } = new ImmutableArray<string>[entries.Length];

        public HashSet<int> Matched { get; } = [];

        public HashSet<IdentifierCondition> Conditions { get; } = [];

        public Dictionary<string, string> References { get; } = new(StringComparer.Ordinal);

        public Dictionary<IdentifierCondition, string> Resolved { get; } = [];

        public List<(int Entry, AccessRequest Request)> Decisions { get; } = [];

        public HashSet<string> Patients { get; } = new(StringComparer.Ordinal);

        /// <summary>A failure that may only be told when every decision was a grant.</summary>
        public Failure? Late { get; set; }

        public string IdOf(int index) => _ids[index];

        public void Fix(int index, string id, int version, int status) => Fix(index, id, new EntryEnd(status, Entries[index].Type, id, version, Now, 0));

        public void Fix(int index, string id, EntryEnd end)
        {
            _ids[index] = id;
            _ends[index] = end;
            if (Entries[index] is { FullUrl: { } url, Action: EntryAction.Create or EntryAction.Update } entry)
            {
                References[url] = $"{entry.Type}/{id}";
            }
        }

        public void Write(int index, CompartmentKind kind, string name, ImmutableArray<string> linked, ResourceLocation? current)
        {
            var end = _ends[index]!;
            if (end.Written < 0)
            {
                return;
            }

            var entry = Entries[index];
            _ends[index] = end with { Written = _writes.Count };
            _writes.Add(new WriteEntry
            {
                Action = entry.Action,
                Type = entry.Type,
                Id = end.Id,
                Compartment = kind,
                CompartmentName = name,
                LinkedPatients = linked,
                Replaces = current,
                IfNoneExist = entry.IfNoneExist,
                Version = end.Version,
                Resource = entry.Resource,
            });
        }

        public bool IsNewPatient(string id)
        {
            _newPatients ??= [.. Enumerable.Range(0, Entries.Length).Where(i => Entries[i] is { Type: "Patient", Action: EntryAction.Create or EntryAction.Update } && Current[i] is null && !Matched.Contains(i)).Select(i => _ids[i])];
            return _newPatients.Contains(id);
        }

        /// <summary>Id of an Encounter for the patient that this very submission creates: the treatment that it documents.</summary>
        public string? OpensEncounterFor(string patient)
        {
            if (!_openedKnown)
            {
                _openedKnown = true;
                for (var i = 0; i < Entries.Length; i++)
                {
                    if (Entries[i] is { Type: "Encounter", Action: EntryAction.Create, Resource: { } encounter } && SubjectOf(encounter) is { } subject)
                    {
                        _opened.TryAdd(subject, _ids[i]);
                    }
                }
            }

            return _opened.GetValueOrDefault(patient);
        }

        public async ValueTask<AccessRequest> Known(string patient, AccessRequest request, DecisionFacts facts, CancellationToken cancellationToken)
        {
            if (!_known.TryGetValue(patient, out var known))
            {
                known = await facts.WithPatient(request, patient, cancellationToken).ConfigureAwait(false);
                _known[patient] = known;
            }

            return request with { PatientId = patient, PatientSubmitter = known.PatientSubmitter, OpenEncounters = known.OpenEncounters, IsOwnRecord = known.IsOwnRecord };
        }

        public List<string> CreatedWith(IdentifierCondition condition)
        {
            var found = new List<string>();
            for (var i = 0; i < Entries.Length; i++)
            {
                if (Entries[i] is { Action: EntryAction.Create, Resource: { } resource } entry && entry.Type == condition.Type && !Matched.Contains(i) && HasIdentifier(resource, condition))
                {
                    found.Add(_ids[i]);
                }
            }

            return found;
        }

        /// <summary>The entry whose resource holds a reference, for the place in the outcome.</summary>
        public string PlaceOf(string written)
        {
            var entry = Entries.FirstOrDefault(e => e.Resource is { } r && r.Root.GetRawText().Contains(written, StringComparison.Ordinal));
            return entry is null ? "Bundle" : $"Bundle.entry[{entry.Index}].resource";
        }

        public Result<ResolvedWrite> Done() => Late is { } late && Decisions.All(d => AccessPolicy.Decide(d.Request).Granted)
            ? late
            : new ResolvedWrite
            {
                Ends = [.. _ends.Select((e, i) => e ?? new EntryEnd(200, Entries[i].Type, Entries[i].Id ?? "", 0, Now, -1))],
                Decisions = [.. Decisions],
                Writes = [.. _writes],
                Resolved = Resolved,
                References = References,
                Patients = [.. Patients.Order(StringComparer.Ordinal)],
            };

        private string? SubjectOf(FhirResource encounter)
        {
            if (!encounter.Root.TryGetProperty("subject"u8, out var subject) || !subject.TryGetProperty("reference"u8, out var reference))
            {
                return null;
            }

            var written = reference.GetString()!;
            var target = References.GetValueOrDefault(written, written);
            return target.StartsWith("Patient/", StringComparison.Ordinal) ? target["Patient/".Length..] : null;
        }

        private static bool HasIdentifier(FhirResource resource, IdentifierCondition condition) =>
            resource.Root.TryGetProperty("identifier"u8, out var identifiers)
            && identifiers.ValueKind == System.Text.Json.JsonValueKind.Array
            && identifiers.EnumerateArray().Any(i =>
                i.TryGetProperty("value"u8, out var value) && value.ValueEquals(condition.Value)
                && (i.TryGetProperty("system"u8, out var system) ? system.ValueEquals(condition.System) : condition.System.Length == 0));
    }
}
