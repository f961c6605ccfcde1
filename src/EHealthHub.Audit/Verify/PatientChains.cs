using System.Runtime.InteropServices;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// Follows the chains of all patients through a log, entry by entry, with the audit key: every entry has the place in each patient's chain that is due, under the patient's name, and every statement of heads is true. Holds one head for
/// each patient. Not thread-safe.
/// </summary>
public sealed class PatientChains
{
    /// <summary>Heads are recomputed for each statement until so many records have been hashed; then for the last one only.</summary>
    private const long RecordsHashedMax = 20_000_000;

    private readonly IEntryKey _key;
    private readonly Dictionary<BlindName, Head> _heads = [];

    // What the patients' heads were before each entry since the last statement, to go back to what that covers.
    private readonly List<(long Index, BlindName Name, Head Before)> _changes = [];
    private long _headsIndex = -1;
    private (long Index, HeadsRoot Stated)? _unchecked;
    private LogEnd? _predecessor;
    private long _hashed;

    /// <summary>From the start of a log.</summary>
    public PatientChains(IEntryKey key) => _key = key;

    /// <summary>Entries so far.</summary>
    public long Size { get; private set; }

    /// <summary>Takes the next entry, opened; null when it has its places, else what is wrong. It goes on from what the entry says, so that one fault is told once.</summary>
    public string? Add(AuditEntry entry)
    {
        string? problem = null;
        for (var i = 0; i < entry.Patients.Length; i++)
        {
            problem ??= Place(entry.Patients[i], entry.Places[i]);
        }

        if (entry.Heads is { } stated)
        {
            problem ??= State(stated);
        }

        Size++;
        return problem;
    }

    /// <summary>At the end: null when the last statement of heads is true, or had been checked; else what is wrong, and where.</summary>
    public LogProblem? CheckLast()
    {
        if (_unchecked is not { } last || RootAt(last.Stated.Size, out var count).AsSpan().SequenceEqual(last.Stated.Root.Span) && count == last.Stated.Count)
        {
            return null;
        }

        return new LogProblem("", last.Index, "The entry states heads that are not those of the entries before.");
    }

    private string? Place(string patient, PatientPlace place)
    {
        var name = PatientPart.NameOf(_key, patient);
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, place.Name, out var isThere);
        var before = isThere ? head : new Head(0, -1);
        _changes.Add((Size, place.Name, before));
        head = new Head(place.Sequence, Size);
        return name != place.Name ? "The entry has another name than its patient's."
            : place.Sequence != before.Sequence + 1 ? $"The entry is number {place.Sequence} of its patient's, where {before.Sequence + 1} is due."
            : place.Previous != before.Last ? $"The entry follows entry {place.Previous} of its patient's, where {before.Last} was the last."
            : place.HeadsIndex != _headsIndex ? $"The entry knows of the heads in entry {place.HeadsIndex}, where those in entry {_headsIndex} are the last."
            : null;
    }

    private string? State(HeadsRoot stated)
    {
        var isFirst = _headsIndex < 0;
        var covers = stated.Size <= Size && stated.Size > _headsIndex;
        var follows = isFirst || LogEnd.Same(_predecessor, stated.Predecessor);
        (_headsIndex, _predecessor) = (Size, isFirst ? stated.Predecessor : _predecessor);
        if (!covers || !follows)
        {
            _unchecked = null;
            return covers ? "The log says that it follows another log than before." : "The entry states heads of entries that were not there, or states old ones again.";
        }

        // What lies before what it covers is not gone back to any more.
        _changes.RemoveRange(0, _changes.FindIndex(change => change.Index >= stated.Size) is >= 0 and var keep ? keep : _changes.Count);
        _unchecked = (Size, stated);
        if (_hashed + _heads.Count > RecordsHashedMax)
        {
            return null;
        }

        var problem = CheckLast()?.Problem;
        _unchecked = null;
        return problem;
    }

    private byte[] RootAt(long size, out long count)
    {
        var heads = new Dictionary<BlindName, Head>(_heads);
        for (var i = _changes.Count - 1; i >= 0 && _changes[i].Index >= size; i--)
        {
            if (_changes[i].Before.Sequence == 0)
            {
                heads.Remove(_changes[i].Name);
            }
            else
            {
                heads[_changes[i].Name] = _changes[i].Before;
            }
        }

        var tree = new HeadsTree();
        foreach (var (name, head) in heads.OrderBy(head => head.Key))
        {
            tree.Add(new HeadRecord(name, head));
        }

        _hashed += count = tree.Count;
        return tree.Root();
    }
}
