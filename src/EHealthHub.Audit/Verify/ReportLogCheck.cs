using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;

namespace EHealthHub.Audit.Verify;

/// <summary>Checks one log of a patient's report. What depends on something that was found wrong is not reported again.</summary>
internal sealed class ReportLogCheck(ReportFile report, ReportLog log, ReportCheckOptions options, List<LogProblem> problems)
{
    private readonly byte[] _prefix = LeafLayout.AssociatedPrefix(log.Origin);
    private readonly List<ReportedEntry> _entries = [];
    private AuditEntry? _heads;
    private bool _isChain;
    private long _completeTo;

    public ReportLog Log => log;

    /// <summary>The checkpoint, when it is the log's and signed.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    /// <summary>What the entry of the heads states, when it is what it seems.</summary>
    public HeadsRoot? Stated => _heads?.Heads;

    /// <summary>The entries that are what they seem.</summary>
    public IReadOnlyList<ReportedEntry> Entries => _entries;

    public ReportedLog Finding => new(log.Origin, Checkpoint?.Size ?? 0, _completeTo, _heads?.Time, _entries.Count);

    public void Run()
    {
        Checkpoint = ReadCheckpoint();
        if (Checkpoint is null)
        {
            return;
        }

        if (log.Heads is { } heads)
        {
            CheckHeads(heads, Checkpoint);
        }

        var isSound = true;
        foreach (var leaf in log.Leaves)
        {
            isSound &= CheckLeaf(leaf, Checkpoint);
        }

        _isChain = isSound && CheckChain();
    }

    /// <summary>
    /// The chain ends where the heads say: those that the log states, which may not be old, since an old root may hide what came after it; or, for a log that has ended, those that the log which follows it states, to the last entry.
    /// </summary>
    public void CheckEnd(LogEnd? end)
    {
        if (Checkpoint is not { Size: > 0 } checkpoint)
        {
            return;
        }

        if (end is not null)
        {
            CheckRecord(new HeadsRoot(end.Size, end.Patients, end.HeadsRoot, null));
        }
        else if (_heads is { Heads: { } stated } heads)
        {
            CheckRecord(stated);
            if (report.Made - heads.Time > options.HeadsAgeMax)
            {
                Problem(log.Heads!.Index, $"The heads are old: they were written down at {heads.Time:O}, and the report was made at {report.Made:O}. What was logged in between may be hidden.");
            }
        }
        else if (log.Heads is null)
        {
            Problem(-1, "The log's heads are not in the report: nothing shows whether an entry is missing.");
        }
    }

    /// <summary>Whether the entry of a receipt is in the report as the receipt says.</summary>
    public bool Holds(ReceiptText receipt)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        foreach (var leaf in log.Leaves)
        {
            if (leaf.Index == receipt.Index)
            {
                MerkleHash.Leaf(leaf.Leaf, hash);
                return hash.SequenceEqual(receipt.LeafHash);
            }
        }

        return false;
    }

    private Checkpoint? ReadCheckpoint()
    {
        if (!VerifierKey.IsName(log.Origin) || options.PublicKeys.GetValueOrDefault(log.Origin) is not { Length: 32 } key)
        {
            return Problem(-1, "There is no public key for this log.");
        }

        var verifier = new VerifierKey(log.Origin, key);
        if (Proofs.Checkpoint.Parse(log.Checkpoint) is not { } checkpoint || checkpoint.Origin != log.Origin || !checkpoint.Note.IsSignedBy(verifier))
        {
            return Problem(-1, "The checkpoint is not one of this log, signed by its key.");
        }

        foreach (var text in options.KeptCheckpoints)
        {
            if (Proofs.Checkpoint.Parse(text) is not { } kept || kept.Origin != log.Origin || !kept.Note.IsSignedBy(verifier))
            {
                continue;
            }

            if (kept.Size > checkpoint.Size)
            {
                return Problem(checkpoint.Size, $"The report is of a log of {checkpoint.Size} entries, and a checkpoint of {kept.Size} was seen before.");
            }

            if (kept.Size == checkpoint.Size && !kept.Root.Span.SequenceEqual(checkpoint.Root.Span))
            {
                return Problem(-1, "The report is of another log than the one of which a checkpoint was seen before.");
            }
        }

        return checkpoint;
    }

    private void CheckHeads(ReportLeaf heads, Checkpoint checkpoint)
    {
        if (!Stands(heads, checkpoint))
        {
            Problem(heads.Index, "The entry with the heads does not stand at its index in the log.");
        }
        else if (OpenAccount(heads) is not { Kind: EntryKind.Heads, Heads: { } stated } entry || stated.Size > heads.Index)
        {
            Problem(heads.Index, "The entry is not one that states heads.");
        }
        else
        {
            _heads = entry;
        }
    }

    private bool CheckLeaf(ReportPatientLeaf leaf, Checkpoint checkpoint)
    {
        if (!Stands(leaf, checkpoint))
        {
            Problem(leaf.Index, "The entry does not stand at its index in the log.");
            return false;
        }

        if (OpenAccount(leaf) is not { } account)
        {
            Problem(leaf.Index, "The entry's account is not opened by what the report discloses.");
            return false;
        }

        if (OpenPatient(leaf) is not var (place, id))
        {
            Problem(leaf.Index, "The patient's part of the entry is not opened by what the report discloses.");
            return false;
        }

        if (id != report.Patient || place.Name != log.Name)
        {
            Problem(leaf.Index, "The entry is another patient's.");
            return false;
        }

        if (log.Heads is { } heads && place.HeadsIndex > heads.Index)
        {
            Problem(leaf.Index, $"The entry knows of newer heads, in entry {place.HeadsIndex}, than those of the report.");
        }

        _entries.Add(new ReportedEntry(log.Origin, leaf.Index, place.Sequence, account with { Patients = [id], Places = [place] }));
        return true;
    }

    /// <summary>The newest first, each naming the next, down to the first.</summary>
    private bool CheckChain()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var (entry, place) = (_entries[i], _entries[i].Account.Places[0]);
            var (due, dueIndex) = i + 1 < _entries.Count ? (_entries[i + 1].Sequence + 1, _entries[i + 1].Index) : (1, -1);
            if (place.Sequence > due)
            {
                Problem(entry.Index, $"The patient's entry before this one is missing: this is number {place.Sequence}, and it follows entry {place.Previous}.");
                return false;
            }

            if (place.Sequence != due || place.Previous != dueIndex || place.Previous >= entry.Index)
            {
                Problem(entry.Index, $"The patient's entries do not follow each other: this is number {place.Sequence} and follows entry {place.Previous}, where number {due} was due.");
                return false;
            }
        }

        return true;
    }

    /// <summary>What comes after what the heads cover is shown, and not yet proven to be all.</summary>
    private void CheckRecord(HeadsRoot stated)
    {
        if (!_isChain)
        {
            return;
        }

        _completeTo = stated.Size;
        if (!TryHead(stated, out var head))
        {
            Problem(-1, "What the report shows of the heads does not stand in the root that the log states.");
            return;
        }

        var last = _entries.Find(entry => entry.Index < stated.Size);
        var shown = last is null ? new Head(0, -1) : new Head(last.Sequence, last.Index);
        if (shown != head)
        {
            Problem(head.Last, $"The patient's last entry before entry {stated.Size} is missing: the heads say that it is number {head.Sequence}, and the report has {shown.Sequence}.");
        }
    }

    /// <summary>The patient's head, or that there is none: between two neighbours, before the first, or behind the last.</summary>
    private bool TryHead(HeadsRoot stated, out Head head)
    {
        head = new Head(0, -1);
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        foreach (var record in log.Records)
        {
            MerkleHash.Leaf(record.Record, hash);
            if (!MerkleProof.CheckInclusion(record.Position, stated.Count, hash, record.Proof, stated.Root.Span))
            {
                return false;
            }
        }

        var records = log.Records.Select(record => (record.Position, Read: HeadRecord.Read(record.Record))).ToList();
        switch (records)
        {
            case [var own] when own.Read.Name == log.Name:
                head = own.Read.Head;
                return true;
            case [var before, var after]:
                return after.Position == before.Position + 1 && before.Read.Name < log.Name && log.Name < after.Read.Name;
            case [var only]:
                return (only.Position == 0 && log.Name < only.Read.Name) || (only.Position == stated.Count - 1 && only.Read.Name < log.Name);
            default:
                return records.Count == 0 && stated.Count == 0 && stated.Root.Span.SequenceEqual(MerkleHash.EmptyRoot());
        }
    }

    private static bool Stands(ReportLeaf leaf, Checkpoint checkpoint)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        MerkleHash.Leaf(leaf.Leaf, hash);
        return MerkleProof.CheckInclusion(leaf.Index, checkpoint.Size, hash, leaf.Proof, checkpoint.Root.Span);
    }

    private AuditEntry? OpenAccount(ReportLeaf leaf)
    {
        Span<byte> buffer = stackalloc byte[EntryCodec.AccountMax];
        return LeafLayout.TryRead(leaf.Leaf, out var layout) && layout.AccountPart.Length - PartCipher.Overhead <= buffer.Length
            && EntryEnvelope.OpenPart(leaf.Account, _prefix, leaf.Leaf, LeafLayout.Account, layout.AccountPart, buffer, out var plain) ? EntryCodec.DecodeAccount(plain) : null;
    }

    private (PatientPlace Place, string Id)? OpenPatient(ReportPatientLeaf leaf)
    {
        if (!LeafLayout.TryRead(leaf.Leaf, out var layout) || leaf.Part < 0 || leaf.Part >= layout.Count)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[PatientPart.LengthMax];
        var parts = layout.Patients;
        var part = default(ReadOnlySpan<byte>);
        for (var i = 0; i <= leaf.Part; i++)
        {
            parts.TryNext(out part);
        }

        return part.Length - PartCipher.Overhead <= buffer.Length
            && EntryEnvelope.OpenPart(leaf.Patient, _prefix, leaf.Leaf, LeafLayout.FirstPatient + leaf.Part, part, buffer, out var plain)
            && PatientPart.TryRead(plain, out var place, out var id) ? (place, id) : null;
    }

    private Checkpoint? Problem(long index, string problem)
    {
        problems.Add(new LogProblem(log.Origin, index, problem));
        return null;
    }
}
