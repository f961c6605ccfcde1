using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Submit;

/// <summary>A submission while it is being fixed.</summary>
internal sealed class WriteWork(ActContext context, string interaction, DateTimeOffset now) : IDisposable
{
    private readonly List<WriteEntry> _writes = [];
    private readonly List<FhirResource> _owned = [];
    private readonly Dictionary<string, AccessRequest> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _opened = new(StringComparer.Ordinal);
    private HashSet<string>? _newPatients;
    private bool _openedKnown;
    private bool _handedOver;

    public ActContext Context { get; } = context;

    public Caller Caller => Context.Caller;

    public string Interaction { get; } = interaction;

    public DateTimeOffset Now { get; } = now;

    public List<WriteStep> Steps { get; } = [];

    public HashSet<Condition> Conditions { get; } = [];

    /// <summary>Conditions that needed a search.</summary>
    public int Searches { get; set; }

    public List<DecidedOn> Decided { get; } = [];

    public Dictionary<string, string> References { get; } = new(StringComparer.Ordinal);

    public Dictionary<IdentifierCondition, string> Resolved { get; } = [];

    public List<(WriteStep Step, AccessRequest Request)> Decisions { get; } = [];

    public HashSet<string> Patients { get; } = new(StringComparer.Ordinal);

    /// <summary>A failure that may only be told when every decision was a grant.</summary>
    public Failure? Late { get; set; }

    public void Fix(WriteStep step, string id, int version, int status) => Fix(step, id, new EntryEnd(status, step.Entry.Type, id, version, Now, 0));

    public void Fix(WriteStep step, string id, EntryEnd end)
    {
        step.Id = id;
        step.End = end;
        if (step is { Entry.FullUrl: { } url, Action: EntryAction.Create or EntryAction.Update or EntryAction.Patch })
        {
            References[url] = $"{step.Entry.Type}/{id}";
        }
    }

    public void Write(WriteStep step, CompartmentKind kind, string name, ImmutableArray<string> linked)
    {
        var end = step.End!;
        if (end.Written < 0)
        {
            return;
        }

        step.End = end with { Written = _writes.Count };
        _writes.Add(new WriteEntry
        {
            Action = step.Action,
            Type = step.Entry.Type,
            Id = end.Id,
            Compartment = kind,
            CompartmentName = name,
            LinkedPatients = linked,
            Replaces = step.Current,
            IfNoneExist = step.Current is null && !step.IsConditionWithheld ? (step.Entry.IfNoneExist ?? step.Entry.Where)?.Identifier : null,
            Version = end.Version,
            Resource = step.Resource,
            Content = step.Resource is null ? null : step.Content ?? Context.Content,
        });
    }

    /// <summary>A resource that was made here, by a patch: it lives as long as the submission.</summary>
    public void Own(FhirResource resource) => _owned.Add(resource);

    public bool IsNewPatient(string id)
    {
        _newPatients ??= [.. Steps.Where(s => s.Entry.Type == "Patient" && s.Makes).Select(s => s.Id)];
        return _newPatients.Contains(id);
    }

    /// <summary>Id of an Encounter for the patient that this very submission creates: the treatment that it documents.</summary>
    public string? OpensEncounterFor(string patient)
    {
        if (!_openedKnown)
        {
            _openedKnown = true;
            foreach (var step in Steps)
            {
                if (step is { Entry.Type: "Encounter", Action: EntryAction.Create, Resource: { } encounter } && SubjectOf(encounter) is { } subject)
                {
                    _opened.TryAdd(subject, step.Id);
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

        return request with { PatientId = patient, Known = known.Known, IsOwnRecord = known.IsOwnRecord };
    }

    /// <summary>The entry whose resource holds a reference, for the place in the outcome.</summary>
    public string PlaceOf(string written)
    {
        var step = Steps.Find(s => s.Resource is { } r && r.Root.GetRawText().Contains(written, StringComparison.Ordinal));
        return step is null ? "Bundle" : step.Place + ".resource";
    }

    public Attempt<ResolvedWrite> Done()
    {
        if (Late is { } late && Decisions.TrueForAll(d => AccessPolicy.Decide(d.Request) is { Granted: true, Masked: false }))
        {
            return late;
        }

        _handedOver = true;
        return new ResolvedWrite
        {
            Steps = [.. Steps],
            Decisions = [.. Decisions],
            Writes = [.. _writes],
            Resolved = Resolved,
            References = References,
            Decided = _writes.Count == 0 ? [] : [.. Decided],
            Patients = [.. Patients.Order(StringComparer.Ordinal)],
            Searched = Searches > 0,
            Owned = _owned,
        };
    }

    public void Dispose()
    {
        if (!_handedOver)
        {
            _owned.ForEach(r => r.Dispose());
        }
    }

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
}
