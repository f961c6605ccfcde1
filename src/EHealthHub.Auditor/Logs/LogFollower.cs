using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Logs;

/// <summary>Where a log stands, for people. Problem is empty when it is whole so far.</summary>
internal sealed record LogState(string Origin, long Verified, SignedHead? Signed, SignedHead? Kept, string Problem);

/// <summary>An entry's place in the log, proven: the C2SP tlog-proof as text, and what checking it came to.</summary>
internal sealed record EntryProof(string LeafHash, string Text, ProofFinding Finding);

/// <summary>
/// Follows one log: reads what a new checkpoint adds, recomputes the tree from the leaves, and shows the entries only when the root is the signed one. A tree recomputed from all its leaves needs no consistency proof: what was shown
/// once is part of every later root, or the log is not whole. One thread advances; any may read.
/// </summary>
internal sealed class LogFollower(string folder, string origin, LogIndex index, KeyRingFile keys, KeptCheckpoints kept)
{
    private TreeEdge _edge = new();
    private volatile LogReader? _reader;
    private volatile LogState _state = new(origin, 0, null, null, "");

    /// <summary>The log.</summary>
    public string Origin => origin;

    /// <summary>The state now.</summary>
    public LogState State => _state;

    /// <summary>Looks for a new checkpoint and takes in what it covers. What is wrong stands in the state; nothing is thrown for it, and the next call tries again. Returns true when entries were added.</summary>
    public bool Advance(CancellationToken cancellationToken)
    {
        try
        {
            return TryAdvance(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            index.Forget();
            _state = _state with { Problem = e.Message };
            return false;
        }
    }

    /// <summary>A verified entry, sealed. Only for an index below <see cref="LogState.Verified"/>.</summary>
    public byte[] Leaf(long entry) => _reader!.Leaves(entry, entry + 1).Single().Leaf.ToArray();

    /// <summary>Opens a leaf of this log; null when the key does not open it.</summary>
    public AuditEntry? Open(byte[] leaf)
    {
        if (keys.For(origin) is not { } ring)
        {
            return null;
        }

        using var key = new RingKey(ring.SealingKey(origin)!);
        return EntryEnvelope.Open(key, origin, leaf);
    }

    /// <summary>Proves that the leaf stands at its index, and checks the proof as somebody outside would: with the public key alone.</summary>
    public EntryProof Prove(long entry, byte[] leaf)
    {
        var hash = new byte[MerkleHash.Size];
        MerkleHash.Leaf(leaf, hash);
        var text = _reader!.Proof(entry) ?? throw new InvalidDataException("No checkpoint covers the entry.");
        var finding = ProofVerifier.Check(text, new LogPosition(origin, entry, hash).ToString(), keys.For(origin)!.CheckpointKeys[origin]);
        return new EntryProof(Convert.ToHexStringLower(hash), text, finding);
    }

    private bool TryAdvance(CancellationToken cancellationToken)
    {
        if (keys.For(origin) is not { } ring)
        {
            throw new InvalidDataException("The auditors' key file has no keys for this log.");
        }

        var key = new VerifierKey(origin, ring.CheckpointKeys[origin]);
        var state = _state.Kept is null ? _state with { Kept = kept.Read(origin, key) } : _state;
        var reader = Refreshed();
        var signed = SignedHead.Parse(reader.Checkpoint, key) ?? throw new InvalidDataException("The checkpoint is not signed by the log's key.");
        var before = Math.Max(_edge.Size, state.Kept?.Size ?? 0);
        if (signed.Size < before)
        {
            throw new InvalidDataException($"The log was put back: its checkpoint covers {signed.Size} entries; {before} were covered before.");
        }

        using var sealing = new RingKey(ring.SealingKey(origin)!);
        return TakeIn(reader, signed, state, sealing, cancellationToken);
    }

    private LogReader Refreshed()
    {
        if (_reader is { } reader)
        {
            reader.Refresh();
            return reader;
        }

        return _reader = LogReader.Open(Path.Combine(folder, LogFolder.NameOf(origin)));
    }

    private bool TakeIn(LogReader reader, SignedHead signed, LogState state, RingKey sealing, CancellationToken cancellationToken)
    {
        var edge = _edge.Copy();
        CheckAgainst(state.Kept, edge);
        _state = state with { Signed = signed };
        foreach (var (_, leaf) in reader.Leaves(edge.Size, signed.Size))
        {
            cancellationToken.ThrowIfCancellationRequested();
            edge.Add(leaf.Span);
            index.Add(EntryEnvelope.Open(sealing, origin, leaf.Span) ?? throw new InvalidDataException($"Entry {edge.Size - 1} cannot be opened with the log's key."));
            CheckAgainst(state.Kept, edge);
        }

        if (!edge.Root().AsSpan().SequenceEqual(signed.Head.Root.Span))
        {
            throw new InvalidDataException($"The entries do not give the root that was signed for {signed.Size} of them.");
        }

        var added = edge.Size > _edge.Size;
        if (added || state.Kept is null)
        {
            kept.Keep(signed);
        }

        // The state first: whoever sees a row finds that it is covered.
        _edge = edge;
        _state = new LogState(origin, edge.Size, signed, signed, "");
        index.Publish();
        return added;
    }

    private static void CheckAgainst(SignedHead? kept, TreeEdge edge)
    {
        if (kept is not null && kept.Size == edge.Size && !edge.Root().AsSpan().SequenceEqual(kept.Head.Root.Span))
        {
            throw new InvalidDataException($"The first {kept.Size} entries are not those that were verified before.");
        }
    }
}
