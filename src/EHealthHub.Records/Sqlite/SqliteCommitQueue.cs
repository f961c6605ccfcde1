using System.Collections.Concurrent;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sqlite;

/// <summary>
/// The one thread that writes: takes what waits, commits it as one group with one sync to disk, and only then lets the callers go on. A crash before the sync leaves nothing of the group, and nobody was told otherwise.
/// </summary>
internal sealed class SqliteCommitQueue : IDisposable
{
    private const int WaitingMax = 4_096;
    private const int GroupMax = 256;
    private const long GroupBytesMax = 32L * 1024 * 1024;

    private readonly string _folder;
    private readonly int _cacheKiB;
    private readonly CommitSeal _seal;
    private readonly BlockingCollection<WriterJob> _waiting = new(WaitingMax);
    private readonly Thread _thread;
    private SqliteWriter? _writer;

    public SqliteCommitQueue(string folder, int cacheKiB, CommitSeal seal)
    {
        _folder = folder;
        _cacheKiB = cacheKiB;
        _seal = seal;
        _writer = new SqliteWriter(folder, cacheKiB);
        _thread = new Thread(Work) { IsBackground = true, Name = "records writer" };
        _thread.Start();
    }

    /// <summary>Lets the database grow to so many pages and no further, as a full disk would; while nothing is being written. A connection that is opened anew after a failure knows no such bound.</summary>
    internal void LimitPages(int pages) => _writer?.LimitPages(pages);

    /// <summary>Waits its turn and is written. Once accepted it runs to its end, whatever the caller's patience.</summary>
    public Task<CommitResult> Enqueue(PreparedCommit commit)
    {
        Add(commit);
        return commit.Done.Task;
    }

    /// <summary>As for a commit.</summary>
    public Task Enqueue(GenerationJob job)
    {
        Add(job);
        return job.Done;
    }

    /// <summary>As for a commit; the job tells of its end by itself.</summary>
    public void Enqueue(WriterJob job) => Add(job);

    private void Add(WriterJob job)
    {
        if (_waiting.IsAddingCompleted || !_waiting.TryAdd(job))
        {
            throw new RecordsUnavailableException("Too many writes are waiting, or the store is closing.");
        }
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
        _writer?.Dispose();
    }

    private void Work()
    {
        var group = new List<WriterJob>(GroupMax);
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            group.Add(first);
            for (var bytes = first.Bytes; group.Count < GroupMax && bytes < GroupBytesMax && _waiting.TryTake(out var next); bytes += next.Bytes)
            {
                group.Add(next);
            }

            WriteGroup(group);
            group.Clear();
        }
    }

    private void WriteGroup(List<WriterJob> group)
    {
        var faults = new Exception?[group.Count];
        try
        {
            var writer = _writer ??= new SqliteWriter(_folder, _cacheKiB);
            writer.Begin();
            for (var i = 0; i < group.Count; i++)
            {
                WriteOne(writer, group[i], ref faults[i]);
            }

            writer.Commit();
        }
        catch (Exception exception)
        {
            // The group as a whole. After a failed sync nobody knows what the disk holds: the connection is given up, and the next one reads what is there.
            _writer?.Dispose();
            _writer = null;
            var fault = exception as RecordsUnavailableException ?? new RecordsUnavailableException("The writer failed.", exception);
            group.ForEach(j => j.Fail(fault));
            return;
        }

        Finish(group, faults);
    }

    private static void Finish(List<WriterJob> group, Exception?[] faults)
    {
        for (var i = 0; i < group.Count; i++)
        {
            if (faults[i] is { } fault)
            {
                group[i].Fail(fault);
            }
            else
            {
                group[i].Finish();
            }
        }
    }

    private void WriteOne(SqliteWriter writer, WriterJob job, ref Exception? fault)
    {
        writer.BeginRequest();
        try
        {
            if (job.Apply(writer.Rows, _seal))
            {
                writer.KeepRequest();
            }
            else
            {
                writer.UndoRequest();
            }
        }
        catch (Exception exception) when (writer.InTransaction)
        {
            // Only this request: a bug in it, or a row that was tampered with. Its neighbours go on.
            fault = exception;
            writer.UndoRequest();
        }
    }
}
