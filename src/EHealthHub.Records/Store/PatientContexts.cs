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

        if (Kept(reader, compartment) is { } kept)
        {
            return kept;
        }

        reader.BeginSnapshot();
        try
        {
            return Made(reader, compartment);
        }
        finally
        {
            reader.EndSnapshot();
        }
    }

    /// <summary>For a compartment found in the reader's present snapshot.</summary>
    public PatientContext FindInSnapshot(SqliteReader reader, CompartmentInfo compartment) => Kept(reader, compartment) ?? Made(reader, compartment);

    private PatientContext? Kept(SqliteReader reader, CompartmentInfo compartment) =>
        _kept.TryGet(compartment.Key, out var kept) && kept.Counter == reader.Counter(compartment.Key) ? kept.Context : null;

    private PatientContext Made(SqliteReader reader, CompartmentInfo compartment)
    {
        var (seen, context) = Build(reader, compartment);
        _kept.Set(compartment.Key, (seen, context));
        return context;
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
