using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>A checkpoint that is durable.</summary>
internal sealed record Published(long Size, byte[] Root, string Text);

/// <summary>
/// The integrating thread: takes durable entries into the tree, writes the tiles and bundles that they fill, signs checkpoints, retires the journal. Nobody's response waits for it.
/// A round that fails is repeated with the same files; since every file but the checkpoint is never other than what it was the first time, that is harmless.
/// </summary>
internal sealed class Integrator : IDisposable
{
    private readonly AuditLogOptions _options;
    private readonly DurableFiles _durable;
    private readonly JournalWriter _journal;
    private readonly LeafTail _tail;
    private readonly TileTree _tree;
    private readonly ICheckpointSigner _signer;
    private readonly VerifierKey _key;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly AutoResetEvent _work = new(false);
    private readonly AutoResetEvent _tick = new(false);
    private readonly ITimer _timer;
    private int _signalled;
    private volatile bool _stop;

    // Owned by the thread: files to write, partial folders to delete once they are written, the partial tiles on the disk.
    private readonly List<(string Path, ReadOnlyMemory<byte> Content)> _pending = [];
    private readonly List<string> _obsolete = [];
    private readonly Dictionary<int, TilePath> _partials = [];
    private long _uncoveredSince;

    // Published by the thread, read by all.
    private volatile Published _published;
    private volatile Fault? _fault;
    private long _failingSince;

    public Integrator(
        AuditLogOptions options, ILogFiles files, JournalWriter journal, LeafTail tail, TileTree tree, Published published, ICheckpointSigner signer, VerifierKey key, TimeProvider time)
    {
        (_options, _durable, _journal, _tail, _tree, _published, _signer, _key, _time) = (options, new DurableFiles(files), journal, tail, tree, published, signer, key, time);
        _timer = time.CreateTimer(_ => _tick.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { IsBackground = true, Name = "audit integrate" };
    }

    /// <summary>The last durable checkpoint.</summary>
    public Published Published => _published;

    /// <summary>Why rounds fail, when they have failed for longer than the options allow; else null.</summary>
    public Fault? LastingFault => _fault is { } fault && _time.GetElapsedTime(Interlocked.Read(ref _failingSince)) >= _options.UncoveredMax ? fault : null;

    public void Start()
    {
        _thread.Start();
        if (_tail.End > _published.Size)
        {
            Signal();
        }
    }

    /// <summary>There are new entries.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _work.Set();
        }
    }

    /// <summary>One last round, with a checkpoint; returns when it is over.</summary>
    public void StopAndJoin()
    {
        _stop = true;
        _work.Set();
        _tick.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        // Waits for a callback that runs already: it would signal what is disposed below.
        _timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _work.Dispose();
        _tick.Dispose();
    }

    /// <summary>The first checkpoint of a new log: the empty tree. A crash before it leaves a log that recovery takes for new.</summary>
    public void SignEmpty() => SignCheckpoint();

    private void Run()
    {
        bool last;
        do
        {
            _work.WaitOne();
            Volatile.Write(ref _signalled, 0);
            if (!_stop)
            {
                // Half of the time that is allowed: the other half is for the work.
                _timer.Change(_options.IntegrateEvery / 2, Timeout.InfiniteTimeSpan);
                _tick.WaitOne();
            }

            last = _stop;
            Round(last);
            if (_tail.End > _published.Size || _fault is not null)
            {
                Signal();
            }
        }
        while (!last);
    }

    private void Round(bool last)
    {
        try
        {
            Integrate();
            if (_tree.Size > _published.Size && (last || CheckpointIsDue()))
            {
                SignCheckpoint();
            }

            _journal.Retire(_published.Size);
            _fault = null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it is (the disk, the signer's token): the entries are safe in the journal, the round is repeated, and if it goes on failing the log refuses entries.
            if (_fault is null)
            {
                Interlocked.Exchange(ref _failingSince, _time.GetTimestamp());
            }

            _fault = new Fault("The audit log cannot be integrated or signed.", exception);
        }
    }

    private void Integrate()
    {
        var (start, leaves) = _tail.From(TilePath.FullTiles(0, _tree.Size) * TilePath.Full);
        if (start + leaves.Length > _tree.Size && _tree.Size == _published.Size)
        {
            _uncoveredSince = _time.GetTimestamp();
        }

        while (_tree.Size < start + leaves.Length)
        {
            _tree.Add(leaves[_tree.Size - start].Hash, (path, tile) =>
            {
                if (path.Level == 0)
                {
                    var bundle = path with { Level = TilePath.Entries };
                    var first = (int)((path.Index * TilePath.Full) - start);
                    Pend(bundle, Bundle(leaves.AsSpan(first, TilePath.Full)));
                }

                Pend(path, tile);
            });
        }

        WritePending();
        foreach (var folder in _obsolete)
        {
            _durable.DeleteFolder(folder);
        }

        _obsolete.Clear();
        _tail.DropBefore(TilePath.FullTiles(0, _tree.Size) * TilePath.Full);
    }

    private bool CheckpointIsDue() => _time.GetElapsedTime(_uncoveredSince) >= _options.CheckpointEvery - (2 * _options.IntegrateEvery);

    /// <summary>
    /// The partial tiles first, then the checkpoint that needs them. A crash in between leaves partial tiles of a size that was never signed; they are true, and go when their tile is full.
    /// </summary>
    private void SignCheckpoint()
    {
        foreach (var (path, hashes) in _tree.Partials())
        {
            if (_partials.GetValueOrDefault(path.Level) == path)
            {
                continue;
            }

            Pend(path, hashes);
            if (path.Level == 0)
            {
                var (_, leaves) = _tail.From(path.Index * TilePath.Full);
                Pend(path with { Level = TilePath.Entries }, Bundle(leaves.AsSpan(0, path.Width)));
            }
        }

        WritePending();
        foreach (var (path, _) in _tree.Partials())
        {
            _partials[path.Level] = path;
        }

        var root = _tree.Root();
        var text = Sign(Checkpoint.Body(_options.Origin, _tree.Size, root));
        _durable.Replace(LogFolder.Checkpoint, Encoding.UTF8.GetBytes(text));
        _published = new Published(_tree.Size, root, text);
    }

    private string Sign(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var signature = _signer.Sign(bytes);
        return _key.Verify(bytes, signature)
            ? SignedNote.Format(body, _key, signature)
            : throw new InvalidDataException("The signer's signature does not verify with the signer's public key.");
    }

    private void Pend(TilePath path, ReadOnlyMemory<byte> content)
    {
        _pending.Add((path.ToString(), content));
        if (path.Width == TilePath.Full)
        {
            _obsolete.Add(path.PartialFolder);
        }
    }

    private void WritePending()
    {
        if (_pending.Count > 0)
        {
            _durable.ReplaceAll(_pending);
            _pending.Clear();
        }
    }

    private static byte[] Bundle(ReadOnlySpan<Leaf> leaves)
    {
        var length = 0;
        foreach (var leaf in leaves)
        {
            length += EntryBundle.PrefixSize + leaf.Bytes.Length;
        }

        var bundle = new byte[length];
        var at = 0;
        foreach (var leaf in leaves)
        {
            at += EntryBundle.Write(bundle.AsSpan(at), leaf.Bytes);
        }

        return bundle;
    }
}
