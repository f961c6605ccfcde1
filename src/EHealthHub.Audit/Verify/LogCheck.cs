using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>Checks one log. The order matters on a log that grows meanwhile: the journal's files are opened, then the checkpoint is read, then everything that it covers.</summary>
internal sealed class LogCheck
{
    private readonly string _origin;
    private readonly byte[]? _publicKey;
    private readonly IEntryKey? _entryKey;
    private readonly IReadOnlyList<string> _kept;
    private readonly FolderReader _reader;
    private readonly ProblemList _problems;
    private readonly CheckedFiles _files;

    public LogCheck(string folder, string origin, byte[]? publicKey, IReadOnlyList<string> kept, IEntryKey? entryKey)
    {
        (_origin, _publicKey, _kept, _entryKey) = (origin, publicKey, kept, entryKey);
        _reader = new FolderReader(folder);
        _problems = new ProblemList(Path.GetFileName(_reader.Root));
        _files = new CheckedFiles(_reader, _problems);
    }

    public LogReport Run(Action<int> progress, CancellationToken cancellationToken)
    {
        if (_publicKey is not { Length: 32 })
        {
            _problems.Add("", -1, "There is no public key for this log.");
            return Report(0, 0, "");
        }

        var key = new VerifierKey(_origin, _publicKey);
        using var journal = JournalCheck.Open(_reader, _problems);

        // Before the checkpoint, which is never smaller than what witnesses have been shown.
        var witnessed = _files.Read(LogFolder.Witnessed, SignedNote.LengthMax);
        if (ReadCheckpoint(key) is not { } checkpoint)
        {
            return Report(0, 0, "");
        }

        var tree = new CheckedTree(checkpoint.Size, _files);
        var isWhole = new BundleCheck(_files, _problems, tree, checkpoint.Root).Run(progress, cancellationToken);
        LevelCheck.Run(_files, _problems, tree);
        CheckRoot(checkpoint, tree, isWhole);
        journal.Check(tree, _origin, cancellationToken);
        foreach (var kept in _kept)
        {
            CheckKept(LogFolder.Checkpoint, kept, key, checkpoint, tree, isWhole);
        }

        if (witnessed is not null)
        {
            CheckKept(LogFolder.Witnessed, StrictText.FromUtf8(witnessed) ?? "", key, checkpoint, tree, isWhole);
        }

        new HeadsCheck(_reader, _origin, _problems, tree.KnownSize, journal.HasGrown).Run(cancellationToken);
        new FolderSweep(_files, _problems, tree, key).Run(journal.HasGrown, cancellationToken);
        if (_entryKey is not null)
        {
            ChainCheck.Run(_reader.Root, _entryKey, _problems, cancellationToken);
        }

        return Report(checkpoint.Size, tree.KnownSize, Convert.ToHexStringLower(checkpoint.Root.Span));
    }

    private LogReport Report(long checkpointSize, long durableSize, string root) => new(_origin, checkpointSize, durableSize, root, _problems.ToImmutable());

    private Checkpoint? ReadCheckpoint(VerifierKey key)
    {
        if (_files.Read(LogFolder.Checkpoint, SignedNote.LengthMax) is not { } bytes)
        {
            _problems.Add(LogFolder.Checkpoint, -1, "The checkpoint is missing.");
            return null;
        }

        var checkpoint = StrictText.FromUtf8(bytes) is { } text ? Checkpoint.Parse(text) : null;
        var problem = checkpoint is null ? "The file is not a checkpoint."
            : checkpoint.Origin != _origin ? "The checkpoint is of another log."
            : !checkpoint.Note.IsSignedBy(key) ? "The checkpoint is not signed by the log's key."
            : null;
        if (problem is null)
        {
            return checkpoint;
        }

        _problems.Add(LogFolder.Checkpoint, -1, problem);
        return null;
    }

    private void CheckRoot(Checkpoint checkpoint, CheckedTree tree, bool isWhole)
    {
        if (!isWhole)
        {
            _problems.Add(LogFolder.Checkpoint, -1, "The root cannot be recomputed, because files are missing or damaged.");
        }
        else if (RootOf(checkpoint.Size, tree) is not { } root || !checkpoint.Root.Span.SequenceEqual(root))
        {
            _problems.Add(LogFolder.Checkpoint, -1, "The files do not have the root that the checkpoint signs.");
        }
    }

    /// <summary>The log has to be the one that was seen before, grown: not shorter, and with the same beginning.</summary>
    private void CheckKept(string file, string text, VerifierKey key, Checkpoint checkpoint, CheckedTree tree, bool isWhole)
    {
        if (Checkpoint.Parse(text) is not { } kept || !kept.Note.IsSignedBy(key))
        {
            _problems.Add(file, -1, "A checkpoint that was kept is not signed by the log's key.");
        }
        else if (kept.Size > checkpoint.Size)
        {
            _problems.Add(file, checkpoint.Size, $"The log was rolled back: it has a checkpoint of {checkpoint.Size} entries, and one of {kept.Size} was seen before.");
        }
        else if (isWhole && (RootOf(kept.Size, tree) is not { } root || !kept.Root.Span.SequenceEqual(root)))
        {
            _problems.Add(file, -1, $"The log was forked: its first {kept.Size} entries are not those of the checkpoint that was seen before.");
        }
    }

    private static byte[]? RootOf(long size, CheckedTree tree)
    {
        try
        {
            return MerkleProof.Root(size, tree);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
