using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;

namespace EHealthHub.Audit.Log;

/// <summary>
/// The head of every patient's chain of leaves: the heads file, and in memory what has changed since. The committing thread places leaves; the keeper freezes the changes, writes them into the next file, and has it adopted; anybody looks up.
/// </summary>
internal sealed class HeadTable
{
    private readonly Lock _gate = new();

    // Written by the committing thread alone, under the lock; it reads them without.
    private readonly Dictionary<BlindName, Head> _group = [];
    private volatile Dictionary<BlindName, Head> _changes;
    private volatile Dictionary<BlindName, Head>? _frozen;
    private volatile HeadsFile _file;
    private long _groupHeadsIndex;
    private long _headsIndex;
    private long _size;

    // As of the freezing.
    private long _frozenSize;
    private long _frozenHeadsIndex;

    public HeadTable(HeadsFile file, Dictionary<BlindName, Head> changes, long size, long headsIndex) =>
        (_file, _changes, _size, _headsIndex, _groupHeadsIndex) = (file, changes, size, headsIndex, headsIndex);

    /// <summary>The heads file in force. Files that were replaced are left to the collector, as somebody may be looking up in one.</summary>
    public HeadsFile File => _file;

    /// <summary>Index of the last entry of kind Heads, or -1.</summary>
    public long HeadsIndex => Interlocked.Read(ref _headsIndex);

    /// <summary>Heads held in memory.</summary>
    public int ChangesCount => _changes.Count + (_frozen?.Count ?? 0);

    /// <summary>Durable entries.</summary>
    public long Size => Interlocked.Read(ref _size);

    /// <summary>Gives a leaf of the group that is being committed its index, and seals it.</summary>
    public void Place(DraftLeaf leaf, long index)
    {
        var patients = leaf.Patients;
        for (var i = 0; i < patients.Length; i++)
        {
            var before = Before(patients[i]);
            leaf.Place(i, before, _groupHeadsIndex);
            _group[patients[i].Name] = new Head(before.Sequence + 1, index);
        }

        if (leaf.IsHeads)
        {
            _groupHeadsIndex = index;
        }

        leaf.Finish();
    }

    /// <summary>The group is durable, and the log has so many entries now.</summary>
    public void Commit(long size)
    {
        lock (_gate)
        {
            foreach (var (name, head) in _group)
            {
                _changes[name] = head;
            }

            Interlocked.Exchange(ref _headsIndex, _groupHeadsIndex);
            Interlocked.Exchange(ref _size, size);
        }

        _group.Clear();
    }

    /// <summary>The group is not in the log: its places are given again.</summary>
    public void Abandon()
    {
        _group.Clear();
        _groupHeadsIndex = HeadsIndex;
    }

    /// <summary>A patient's head, with all that is durable; null for one without leaves.</summary>
    public Head? Find(BlindName name)
    {
        lock (_gate)
        {
            if (_changes.TryGetValue(name, out var head) || _frozen?.TryGetValue(name, out head) == true)
            {
                return head;
            }
        }

        return _file.Find(name);
    }

    /// <summary>What is to be written into the next file: the changes, the entries that they cover, and the last entry of kind Heads among these. The same again until it has been adopted.</summary>
    public (Dictionary<BlindName, Head> Changes, long Size, long HeadsIndex) Freeze()
    {
        lock (_gate)
        {
            if (_frozen is null)
            {
                (_frozenSize, _frozenHeadsIndex) = (_size, _headsIndex);
                _frozen = _changes;
                _changes = [];
            }

            return (_frozen, _frozenSize, _frozenHeadsIndex);
        }
    }

    /// <summary>Takes the file that holds what was frozen.</summary>
    public void Adopt(HeadsFile file)
    {
        lock (_gate)
        {
            // In this order: whoever no longer finds a head among the frozen ones finds it in the file.
            _file = file;
            _frozen = null;
        }
    }

    private Head Before(DraftPatient patient)
    {
        if (_group.TryGetValue(patient.Name, out var head) || _changes.TryGetValue(patient.Name, out head) || _frozen?.TryGetValue(patient.Name, out head) == true)
        {
            return head;
        }

        var file = _file;
        return (ReferenceEquals(file, patient.File) ? patient.Found : file.Find(patient.Name)) ?? new Head(0, -1);
    }
}
