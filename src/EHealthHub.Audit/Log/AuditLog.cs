using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// The writer: one per process and log. Entries that wait are written and fsynced together, then their receipts are released. Thread-safe.
/// Append and Record throw <see cref="AuditUnavailableException"/> when the entry could not be made durable, or when nobody knows whether it was.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    private readonly IDisposable _lock;
    private readonly ILogFiles _files;
    private readonly IEntryKey _key;
    private readonly byte[] _prefix;
    private readonly LeafSealer _sealer;
    private readonly HeadTable _heads;
    private readonly HeadsKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly WaitingQueue _queue;
    private readonly LeafTail _tail;
    private readonly JournalWriter _journal;
    private readonly Integrator _integrator;
    private readonly Committer _committer;
    private int _disposed;

    private AuditLog(AuditLogOptions options, ILogFiles files, IDisposable held, Found found, VerifierKey key, IEntryKey entryKey, ICheckpointSigner signer, TimeProvider time)
    {
        (Origin, _files, _lock, _key, _time, _tail) = (options.Origin, files, held, entryKey, time, found.Tail);
        _prefix = LeafLayout.AssociatedPrefix(options.Origin);
        var foundHeads = new HeadsRecovery(files, options.Origin, found.Tail, entryKey).Run();
        _heads = foundHeads.Table;
        _sealer = new LeafSealer(entryKey, options.Origin, _heads);
        _queue = new WaitingQueue(options.WaitingMax);
        _journal = new JournalWriter(files, options.Origin, found.Segments, found.Tail.End, found.Chain, options.SegmentBytesMax, options.RoomBytes);
        _integrator = new Integrator(options, files, _journal, _tail, found.Tree, found.Published ?? new Published(-1, [], ""), signer, key, time);
        _committer = new Committer(options, files, _queue, _journal, _tail, _heads, _integrator, time);
        _keeper = new HeadsKeeper(options, files, foundHeads, Predecessor(options, files, found), _queue, _sealer, time);
        if (found.Published is null)
        {
            // A new log: a crash before the checkpoint of the empty tree is durable leaves a log that is still new.
            new DurableFiles(files).Replace(LogFolder.Key, Encoding.UTF8.GetBytes($"{key}\n"));
            if (options.Predecessor is { } end)
            {
                new DurableFiles(files).Replace(LogFolder.Predecessor, PredecessorFile.Write(end));
            }

            _journal.Start();
            _integrator.SignEmpty();
        }

        _integrator.Start();
        _committer.Start();
        _keeper.Start();
    }

    /// <summary>The log's origin.</summary>
    public string Origin { get; }

    /// <summary>Number of durable entries.</summary>
    public long Size => _tail.End;

    /// <summary>The last signed checkpoint, as text: what witnesses and auditors keep.</summary>
    public string Checkpoint => _integrator.Published.Text;

    /// <summary>Number of entries that it covers.</summary>
    public long CheckpointSize => _integrator.Published.Size;

    /// <summary>Why the patients' heads could not be written down the last time; null when they could. Entries are taken all the same, until too many heads are held.</summary>
    public string? HeadsProblem => _keeper.Problem;

    /// <summary>Why entries are refused at present; null when the log takes them. For health checks: it looks for the cause to be gone by itself.</summary>
    public string? Fault => _committer.Fault?.Reason;

    /// <summary>
    /// Opens or creates the log, recovers from a crash (a torn tail that was never acknowledged is dropped), and starts the writer. Throws <see cref="IOException"/> for a folder that another process holds,
    /// <see cref="InvalidDataException"/> for a log that is damaged.
    /// </summary>
    public static AuditLog Open(AuditLogOptions options, IEntryKey key, ICheckpointSigner signer, TimeProvider time)
    {
        options.Validate();
        return Open(options, new DiskFiles(Path.Combine(options.Folder, LogFolder.NameOf(options.Origin))), key, signer, time);
    }

    /// <summary>On the given files.</summary>
    internal static AuditLog Open(AuditLogOptions options, ILogFiles files, IEntryKey entryKey, ICheckpointSigner signer, TimeProvider time)
    {
        options.Validate();
        if (signer.Name != options.Origin)
        {
            throw new ArgumentException("The signer's name is not the log's origin.", nameof(signer));
        }

        var key = new VerifierKey(options.Origin, signer.PublicKey);
        var held = files.Lock(LogFolder.Lock);
        try
        {
            return new AuditLog(options, files, held, Recovery.Run(files, options.Origin, key), key, entryKey, signer, time);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends a granted access; the receipt is bound to <paramref name="askHash"/> (32 bytes). Cancelling ends the wait; an entry that was queued by then is in the log all the same. <paramref name="isBrief"/>: what follows is done within
    /// some tens of microseconds, so that others may wait behind it.
    /// </summary>
    public ValueTask<AuditReceipt> Append(AuditEntry entry, ReadOnlyMemory<byte> askHash, CancellationToken cancellationToken, bool isBrief = false)
    {
        if (askHash.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException("The hash of what was asked has 32 bytes.", nameof(askHash));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new WaitingAccess(Seal(entry), askHash, isBrief, _time);
        return _queue.TryAdd(waiting) is { } reason
            ? ValueTask.FromException<AuditReceipt>(new AuditUnavailableException(reason))
            : new ValueTask<AuditReceipt>(waiting.Receipt.WaitAsync(cancellationToken));
    }

    /// <summary>Records anything that gives no right: a refusal, an outcome, an administrative act. Cancelling ends the wait; an entry that was queued by then is in the log all the same.</summary>
    public ValueTask<LogPosition> Record(AuditEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new WaitingRecord(Seal(entry));
        return _queue.TryAdd(waiting) is { } reason
            ? ValueTask.FromException<LogPosition>(new AuditUnavailableException(reason))
            : new ValueTask<LogPosition>(waiting.Position.WaitAsync(cancellationToken));
    }

    /// <summary>
    /// Writes the heads of all patients down, with everything that is durable now, and logs their root; returns the index of that entry. The log does it by itself every so often; before a log is closed for good it is done once more.
    /// </summary>
    public Task<long> WriteHeads(CancellationToken cancellationToken) => _keeper.Ask(isStated: true).WaitAsync(cancellationToken);

    /// <summary>
    /// Opens a log that gets no more entries, signs what a crash has left unsigned, writes the heads down as of its end, and tells how it ended: what the log that follows it states. It gets no entry by this, so that a log that was
    /// restored from a copy, and may have gone on elsewhere, can be ended too. Throws as <see cref="Open(AuditLogOptions, IEntryKey, ICheckpointSigner, TimeProvider)"/> does, and <see cref="AuditUnavailableException"/>.
    /// </summary>
    public static async Task<LogEnd> End(AuditLogOptions options, IEntryKey key, ICheckpointSigner signer, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var log = Open(options with { StatesHeads = false }, key, signer, time);
        await log._keeper.Ask(isStated: false).WaitAsync(cancellationToken).ConfigureAwait(false);
        while (log._integrator.Published.Size < log.Size)
        {
            if (log.Fault is { } fault)
            {
                throw new AuditUnavailableException(fault);
            }

            await Task.Delay(options.IntegrateEvery, time, cancellationToken).ConfigureAwait(false);
        }

        var (published, heads) = (log._integrator.Published, log._heads.File.Header);
        return new LogEnd(log.Origin, published.Size, published.Root, heads.Count, heads.Root);
    }

    /// <summary>Index of the last entry that states heads, or -1.</summary>
    public long HeadsIndex => _heads.HeadsIndex;

    /// <summary>How many entries of the patient the log has, and the index of the last of them; null when it has none.</summary>
    internal Head? HeadOf(string patient) => _heads.Find(PatientPart.NameOf(_key, PatientPart.Fit(patient)));

    /// <summary>The C2SP tlog-proof of an entry, as text, when a checkpoint covers it; null when none does yet or the index is beyond the log.</summary>
    public string? Proof(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var published = _integrator.Published;
        if (index >= published.Size)
        {
            return null;
        }

        var tree = new TileHashes(published.Size, tile => TileReading.Hashes(tile, _files.Read));
        return LogProof.Format(index, MerkleProof.Inclusion(index, published.Size, tree), published.Text);
    }

    /// <summary>Opens entries from <paramref name="index"/> on, in order, up to the durable size at the time of the call. An entry that cannot be opened throws <see cref="InvalidDataException"/>.</summary>
    public IEnumerable<(long Index, AuditEntry Entry)> ReadFrom(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);

        // What the tail does not hold at this moment is in full bundles, and stays there.
        var (start, tail) = _tail.From(index);
        return Read(index, start, tail);
    }

    /// <summary>Stops taking entries, writes what waits, takes it into the tree and signs a last checkpoint. If that fails, the entries are in the journal, and the next start does it.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        return new ValueTask(Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>What the log keeps of the one before it.</summary>
    private static LogEnd? Predecessor(AuditLogOptions options, ILogFiles files, Found found) =>
        found.Published is null ? options.Predecessor
        : files.Read(LogFolder.Predecessor, PredecessorFile.LengthMax) is not { } bytes ? null
        : PredecessorFile.Read(bytes) ?? throw new InvalidDataException($"{options.Origin}: {LogFolder.Predecessor} is damaged.");

    private void Stop()
    {
        // First, for it has the committing thread work for it.
        _keeper.StopAndJoin();
        _queue.Close();
        _committer.Join();
        _integrator.StopAndJoin();
        _integrator.Dispose();
        _keeper.Dispose();
        _journal.Dispose();
        _lock.Dispose();
    }

    private IEnumerable<(long Index, AuditEntry Entry)> Read(long index, long start, Leaf[] tail)
    {
        while (index < start)
        {
            var bundle = new TilePath(TilePath.Entries, index / TilePath.Full, TilePath.Full);
            var entries = TileReading.Entries(bundle, _files.Read) ?? throw new InvalidDataException($"{bundle} is missing or damaged.");
            for (var i = (int)(index % TilePath.Full); i < entries.Length && index < start; i++, index++)
            {
                yield return (index, OpenLeaf(index, entries[i]));
            }
        }

        foreach (var leaf in tail)
        {
            yield return (index, OpenLeaf(index, leaf.Bytes));
            index++;
        }
    }

    private AuditEntry OpenLeaf(long index, byte[] leaf) =>
        EntryEnvelope.Open(_key, _prefix, leaf) ?? throw new InvalidDataException($"{Origin}: entry {index} cannot be opened.");

    private DraftLeaf[] Seal(AuditEntry entry) =>
        entry.Kind == EntryKind.Heads ? throw new ArgumentException("Only the log itself writes its heads down.", nameof(entry)) : _sealer.Seal(entry);
}
