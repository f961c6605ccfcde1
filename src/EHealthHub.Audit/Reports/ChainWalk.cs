using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Reports;

/// <summary>Walks back along a patient's entries in one log. Throws <see cref="InvalidDataException"/> where the chain is broken. Not thread-safe.</summary>
internal sealed class ChainWalk
{
    private readonly LogReader _log;
    private readonly IEntryKey _key;
    private readonly string _patient;
    private readonly byte[] _prefix;

    public ChainWalk(LogReader log, IEntryKey key, string patient)
    {
        (_log, _key, _patient, _prefix) = (log, key, PatientPart.Fit(patient), LeafLayout.AssociatedPrefix(log.Origin));
        Name = PatientPart.NameOf(key, _patient);
    }

    public string Origin => _log.Origin;

    /// <summary>The patient's blind name in this log.</summary>
    public BlindName Name { get; }

    /// <summary>Where the walk stands; null when it has come to its end.</summary>
    public PatientEntry? Current { get; private set; }

    /// <summary>The entry where it stands, sealed.</summary>
    public ReadOnlyMemory<byte> Leaf { get; private set; }

    /// <summary>Number of the patient's part in it, among its patients.</summary>
    public int Number { get; private set; }

    /// <summary>Goes to an entry that names the patient; -1 when there is none.</summary>
    public void Begin(long index) => Go(index, null);

    /// <summary>Goes to the patient's entry before.</summary>
    public void Step() => Go(Current!.Entry.Places[Number].Previous, Current.Sequence - 1);

    private void Go(long index, long? sequence)
    {
        Current = null;
        if (index < 0)
        {
            return;
        }

        Leaf = _log.Leaves(index, index + 1).FirstOrDefault().Leaf;
        var entry = EntryEnvelope.Open(_key, _prefix, Leaf.Span) ?? throw new InvalidDataException($"{Origin}: entry {index} is missing or cannot be opened.");
        Number = entry.Patients.IndexOf(_patient);
        if (Number < 0 || entry.Places[Number] is not { } place || place.Previous >= index || (sequence is { } due && place.Sequence != due))
        {
            throw new InvalidDataException($"{Origin}: entry {index} is not where the chain of the patient's entries leads.");
        }

        Current = new PatientEntry(Origin, index, place.Sequence, entry);
    }
}
