using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>What has to be known of a patient in order to decide, from the facts of Encounters and of the Patient; kept until the compartment's manifest counts on. Thread-safe.</summary>
internal sealed class PatientContexts(Compartments compartments, KeyRing keys, Opener opener, Parties parties)
{
    private const int KeptMax = 50_000;
    private const int EncountersOpenMax = 1_000;

    private static readonly HashSet<string> OpenStatus = new(StringComparer.Ordinal) { "arrived", "triaged", "in-progress", "onleave" };

    private readonly Bounded<long, (long Counter, PatientContext Context)> _kept = new(KeptMax);

    public PatientContext? Find(SqliteReader reader, string patientId)
    {
        if (compartments.Find(reader, CompartmentKind.Patient, patientId) is not { } compartment)
        {
            return null;
        }

        var counter = reader.Counter(compartment.Key);
        if (_kept.TryGet(compartment.Key, out var kept) && kept.Counter == counter)
        {
            return kept.Context;
        }

        reader.BeginSnapshot();
        try
        {
            var (seen, context) = Build(reader, compartment);
            _kept.Set(compartment.Key, (seen, context));
            return context;
        }
        finally
        {
            reader.EndSnapshot();
        }
    }

    private (long Counter, PatientContext Context) Build(SqliteReader reader, CompartmentInfo compartment)
    {
        var row = reader.Compartment(compartment.Key) ?? throw new RecordsTamperedException("The compartment is gone", compartment.Key, -1);
        using var lease = keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
        using (var manifest = new Manifest(lease.Key))
        {
            if (!manifest.Holds(row))
            {
                throw new RecordsTamperedException("The compartment's manifest is not what the hub wrote", compartment.Key, -1);
            }
        }

        using var tokens = new CompartmentTokens(lease.Key);
        string? submitter = null;
        foreach (var facts in FactsOf(reader, compartment, tokens, "Patient"))
        {
            submitter = facts.Id == compartment.Name ? facts.Submitter : submitter;
        }

        var open = new List<(string, string)>();
        foreach (var facts in FactsOf(reader, compartment, tokens, "Encounter"))
        {
            if (open.Count < EncountersOpenMax && facts.Of("status").Any(s => s.Text is { } status && OpenStatus.Contains(status)))
            {
                open.Add((facts.Submitter, facts.Id));
            }
        }

        return (row.Counter, new PatientContext(submitter, open));
    }

    private IEnumerable<SearchFacts> FactsOf(SqliteReader reader, CompartmentInfo compartment, CompartmentTokens tokens, string type)
    {
        var slots = new List<int>();
        reader.Slots(compartment.Key, tokens.Of(type, "", ""), 0, int.MaxValue, slots);
        foreach (var slot in slots)
        {
            var row = reader.Head(compartment.Key, slot) ?? throw new RecordsTamperedException("The index names a slot that is not there", compartment.Key, slot);
            var facts = opener.Facts(compartment, row, parties.Name(reader, row.Submitter)).Facts;
            if (facts.Type == type && !row.Deleted)
            {
                yield return facts;
            }
        }
    }
}
