using System.Runtime.InteropServices;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Labels what a submission writes before it is decided, sealed and indexed: by the codes of its own content, by what it speaks of (the condition that a prescription names as its reason), and by what the version before it bore. Of
/// stored resources only those hand on their labels that the caller might read: who refers to something unseen learns nothing of it from the answer, and could not have written down more than its id.
/// </summary>
internal sealed class LabelStage(RecordStore records, DecisionFacts facts, ConformanceHolder conformance, CompartmentResolver compartments, HubIdentity hub, FhirLimits limits)
{
    private const int OutsideMax = 2_000;

    /// <summary>What is only the frame of what is said, or who takes part in it: to name one of these hands on nothing.</summary>
    private static readonly HashSet<string> Frames =
        new(StringComparer.Ordinal) { "Patient", "Encounter", "EpisodeOfCare", "Person", "RelatedPerson", "Group", "Device", "Account", "Coverage", "CareTeam", "Appointment", "Schedule", "Slot" };

    /// <summary>What points at resources of all kinds and tells no more of them than that they are there.</summary>
    private static readonly HashSet<string> Pointers = new(StringComparer.Ordinal) { "Provenance", "AuditEvent", "Consent" };

    public async ValueTask<Failure?> Run(WriteWork work, CancellationToken cancellationToken)
    {
        var rules = conformance.Labels;
        var steps = work.Steps.FindAll(s => s is { Matched: false, Resource: not null, Action: EntryAction.Create or EntryAction.Update } && !CompartmentRule.IsDirectory(s.Entry.Type)).ConvertAll(s => new Labelled(s));
        foreach (var labelled in steps)
        {
            var resource = labelled.Step.Resource!;
            if (Written(resource, labelled.Written) > SearchFacts.LabelsMax)
            {
                return Failure.Of(422, "too-costly", "labels-too-many", $"A resource has at most {SearchFacts.LabelsMax} security labels.", labelled.Step.Place);
            }

            Take(rules, ContentLabels.Of(rules, JsonMarshal.GetRawUtf8Value(resource.Root)), labelled.Assigned);
            if (labelled.Step.Current is { Deleted: false } current && !MayLower(work.Caller))
            {
                labelled.Before.AddRange((await records.LabelsOf(current, cancellationToken).ConfigureAwait(false)).Select(l => new SecurityLabel(l.System, l.Code)));
            }
        }

        if (await Inherit(work, steps, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return failure;
        }

        foreach (var labelled in steps)
        {
            if (Apply(work, labelled) is { } invalid)
            {
                return invalid;
            }
        }

        return null;
    }

    /// <summary>The registry's authority answers for the rules, and corrects what they did; what the content brings with it stays even then.</summary>
    private static bool MayLower(Caller caller) => caller.InstitutionKind == InstitutionKind.Authority && caller.Person is null;

    private static int Written(FhirResource resource, HashSet<SecurityLabel> labels)
    {
        if (!resource.Root.TryGetProperty("meta"u8, out var meta) || !meta.TryGetProperty("security"u8, out var security))
        {
            return 0;
        }

        foreach (var label in security.EnumerateArray())
        {
            if (label.TryGetProperty("system"u8, out var system) && label.TryGetProperty("code"u8, out var code))
            {
                labels.Add(new SecurityLabel(system.GetString()!, code.GetString()!));
            }
        }

        return security.GetArrayLength();
    }

    private static void Take(LabelRules rules, ulong bits, HashSet<SecurityLabel> labels)
    {
        for (var i = 0; bits != 0; i++, bits >>= 1)
        {
            if ((bits & 1) != 0)
            {
                labels.Add(rules.Labels[i]);
            }
        }
    }

    /// <summary>Labels go from what is spoken of to what speaks of it, on and on, within the submission; and from what is stored.</summary>
    private async ValueTask<Failure?> Inherit(WriteWork work, List<Labelled> steps, CancellationToken cancellationToken)
    {
        var byTarget = new Dictionary<string, Labelled>(StringComparer.Ordinal);
        steps.ForEach(s => byTarget[$"{s.Step.Entry.Type}/{s.Step.Id}"] = s);
        var outside = new Dictionary<string, List<Labelled>>(StringComparer.Ordinal);
        foreach (var labelled in steps.Where(s => !Pointers.Contains(s.Step.Entry.Type)))
        {
            var links = WrittenLinks.Of(labelled.Step.Resource!);
            foreach (var target in links.References.Select(r => Target(work, r)).OfType<string>())
            {
                if (byTarget.TryGetValue(target, out var spokenOf))
                {
                    spokenOf.SpeakersOf.Add(labelled);
                }
                else
                {
                    (outside.TryGetValue(target, out var speakers) ? speakers : outside[target] = []).Add(labelled);
                }
            }

            // A file has no codes of its own: it is as sensitive as what describes it.
            foreach (var file in links.Uris.Select(u => Target(work, u)).OfType<string>().Where(t => t.StartsWith("Binary/", StringComparison.Ordinal)))
            {
                if (byTarget.TryGetValue(file, out var binary))
                {
                    labelled.SpeakersOf.Add(binary);
                }
            }
        }

        if (outside.Count > OutsideMax)
        {
            return Failure.Of(413, "too-costly", "references-too-many", $"One submission may speak of at most {OutsideMax} stored resources.", steps[0].Step.Place);
        }

        foreach (var (target, speakers) in outside)
        {
            await FromStore(work, target, speakers, cancellationToken).ConfigureAwait(false);
        }

        var open = new Queue<Labelled>(steps.Where(s => s.SpeakersOf.Count > 0));
        while (open.TryDequeue(out var from))
        {
            foreach (var speaker in from.SpeakersOf.Where(s => s.TakeFrom(from)))
            {
                open.Enqueue(speaker);
            }
        }

        return null;
    }

    private async ValueTask FromStore(WriteWork work, string target, List<Labelled> speakers, CancellationToken cancellationToken)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        var location = await records.Locate(target[..slash], target[(slash + 1)..], cancellationToken).ConfigureAwait(false);
        if (location is null or { Deleted: true } or { IsFixed: true })
        {
            return;
        }

        var labels = (await records.LabelsOf(location, cancellationToken).ConfigureAwait(false)).Select(l => new SecurityLabel(l.System, l.Code)).Where(LabelMerge.IsKept).ToList();
        var near = labels.Count == 0 ? [] : speakers.FindAll(s => compartments.Place(work, s.Step) is var place && place.Kind == location.Compartment && place.Name == location.CompartmentName);
        if (near.Count > 0 && await facts.Decide(await facts.ForResource(work.Caller, Interaction.Read, location, cancellationToken).ConfigureAwait(false), location, cancellationToken).ConfigureAwait(false) is { Granted: true, Masked: false })
        {
            near.ForEach(s => s.Assigned.UnionWith(labels));
        }
    }

    /// <summary>The resource that a link means, <c>Type/id</c>, when it is one that hands on labels.</summary>
    private string? Target(WriteWork work, string written)
    {
        var link = work.References.GetValueOrDefault(written, written);
        if (link.StartsWith(hub.FhirBase + "/", StringComparison.Ordinal))
        {
            link = link[(hub.FhirBase.Length + 1)..];
        }

        var parts = link.Split('/');
        return parts.Length is 2 or 4 && parts[1].Length is > 0 and <= 64 && ResourceTypes.IsKnown(parts[0]) && !Frames.Contains(parts[0]) && !CompartmentRule.IsDirectory(parts[0]) ? parts[0] + "/" + parts[1] : null;
    }

    private Failure? Apply(WriteWork work, Labelled labelled)
    {
        var step = labelled.Step;
        var change = LabelMerge.Of(labelled.Written, labelled.Assigned, labelled.Before);
        if (!change.IsEmpty)
        {
            if (!MetaEditor.Secure(step.Resource!, change.Add, change.Drops, limits).Try(out var secured, out var failure))
            {
                return failure.At(step.Place); // it was at the limit of what may be stored
            }

            work.Own(secured);
            step.Resource = secured;
        }

        if (step.Before is { } before && JsonMarshal.GetRawUtf8Value(step.Resource!.Root).SequenceEqual(before.Json.Span))
        {
            step.LeaveAs(before); // a label that was to be taken away is still there
        }

        return null;
    }

    /// <summary>One resource that is written, with its labels.</summary>
    private sealed class Labelled(WriteStep step)
    {
        public WriteStep Step { get; } = step;

        public HashSet<SecurityLabel> Written { get; } = [];

        public HashSet<SecurityLabel> Assigned { get; } = [];

        public List<SecurityLabel> Before { get; } = [];

        public List<Labelled> SpeakersOf { get; } = [];

        /// <summary>Takes over the labels of what this speaks of; false when there was nothing new.</summary>
        public bool TakeFrom(Labelled other)
        {
            var count = Assigned.Count;
            Assigned.UnionWith(other.Assigned);
            Assigned.UnionWith(other.Written.Where(LabelMerge.IsKept));
            Assigned.UnionWith(other.Before.Where(LabelMerge.IsKept));
            return Assigned.Count > count;
        }
    }
}
