using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// What has to be known of a patient in order to decide, as whoever decides makes it of a <see cref="PatientSource"/>; kept until the compartment's manifest counter counts on. The counter is read from the database by every request, so that what
/// another gateway writes is known on the next one. Thread-safe.
/// </summary>
internal sealed class PatientContexts(NationalTokens national, Compartments compartments, KeyRing keys, Opener opener, Parties parties)
{
    private const int KeptMax = 10_000;

    // One for each thing that is made of a patient.
    private readonly Bounded<(long Key, Type Made), (long Counter, object Context)> _kept = new(KeptMax);

    public T? Find<T>(SqliteReader reader, string patientId, Func<PatientSource, T> make)
        where T : class
    {
        if (compartments.Find(reader, CompartmentKind.Patient, patientId) is not { } compartment)
        {
            return null;
        }

        if (Kept<T>(reader, compartment) is { } kept)
        {
            return kept;
        }

        reader.BeginSnapshot();
        try
        {
            return Made(reader, compartment, make);
        }
        finally
        {
            reader.EndSnapshot();
        }
    }

    /// <summary>For a compartment found in the reader's present snapshot. <paramref name="keep"/>: false for one of many, who would drive out those that are asked for one by one.</summary>
    public T FindInSnapshot<T>(SqliteReader reader, CompartmentInfo compartment, Func<PatientSource, T> make, bool keep = true)
        where T : class => Kept<T>(reader, compartment) ?? Made(reader, compartment, make, keep);

    /// <summary>The compartment was erased.</summary>
    public void Forget(long compartmentKey) => _kept.RemoveWhere(k => k.Item1 == compartmentKey);

    private T? Kept<T>(SqliteReader reader, CompartmentInfo compartment)
        where T : class => _kept.TryGet((compartment.Key, typeof(T)), out var kept) && kept.Counter == reader.Counter(compartment.Key) ? (T)kept.Context : null;

    private T Made<T>(SqliteReader reader, CompartmentInfo compartment, Func<PatientSource, T> make, bool keep = true)
        where T : class
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
        var made = make(new PatientSource(reader, new DirectorySource(reader, national, compartments, opener, parties), compartment, tokens, opener, parties));
        if (keep)
        {
            _kept.Set((compartment.Key, typeof(T)), (row.Counter, made));
        }

        return made;
    }
}
