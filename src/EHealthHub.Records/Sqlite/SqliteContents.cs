using System.Collections.Concurrent;
using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Sqlite;

/// <summary>Takes a sealed chunk where it lies in the database's memory.</summary>
internal delegate T ChunkTaker<out T>(ReadOnlySpan<byte> chunk);

/// <summary>
/// <c>contents.db</c>: one connection that writes, in turns of one chunk, and a few that read. A chunk is written without a sync to disk; <see cref="AddLast"/> syncs, and with it everything before. After a fault the writing
/// connection is given up and the next turn opens another. Thread-safe; opens nothing that is sealed.
/// </summary>
internal sealed class SqliteContents : IDisposable
{
    private const int PageBytes = 32_768; // a chunk is a chain of nine pages instead of thirty-three
    private const int CacheKiB = 4_096;
    private const int ReadersMax = 8;
    private const int ChunksPerDelete = 32;

    private readonly string _path;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _places = new(ReadersMax, ReadersMax);
    private readonly ConcurrentStack<Reader> _readers = new();
    private Writer? _writer;

    public SqliteContents(string folder)
    {
        _path = Path.Combine(folder, SqliteDatabase.ContentsFile);
        _writer = new Writer(_path);
    }

    /// <summary>Lets the file grow no further, as a full disk would, until a fault has the connection opened anew.</summary>
    public void LimitPages(int pages) => SqliteDatabase.Number(_writer!.Connection, $"PRAGMA max_page_count={pages}");

    /// <summary>Notes that chunks of a content will come, so that a sweep finds them should nothing name them in the end.</summary>
    public ValueTask Begin(UInt128 compartment, UInt128 content, CancellationToken cancellationToken) =>
        Write(w => w.AddUpload.Bind(1, content).Bind(2, compartment).Run(), durable: false, cancellationToken);

    public ValueTask Add(UInt128 compartment, UInt128 content, int number, ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken) =>
        Write(w => w.AddChunk.Bind(1, compartment).Bind(2, content).Bind(3, (long)number).Bind(4, chunk.Span).Run(), durable: false, cancellationToken);

    /// <summary>The last chunk; when this returns all of them survive a power cut.</summary>
    public ValueTask AddLast(UInt128 compartment, UInt128 content, int number, ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken) =>
        Write(w => w.AddChunk.Bind(1, compartment).Bind(2, content).Bind(3, (long)number).Bind(4, chunk.Span).Run(), durable: true, cancellationToken);

    /// <summary>A version names the content: no sweep need look at it again.</summary>
    public ValueTask Settle(UInt128 content, CancellationToken cancellationToken) => Write(w => w.RemoveUpload.Bind(1, content).Run(), durable: false, cancellationToken);

    /// <summary>Takes away all chunks of a content, a few in a turn so that uploads go on, and then its upload's row.</summary>
    public async ValueTask Remove(UInt128 compartment, UInt128 content, CancellationToken cancellationToken)
    {
        bool more;
        do
        {
            more = false;
            await Write(
                w =>
                {
                    w.RemoveChunks.Bind(1, compartment).Bind(2, content).Bind(3, (long)ChunksPerDelete).Run();
                    more = w.Changes > 0;
                    if (!more)
                    {
                        w.RemoveUpload.Bind(1, content).Run();
                    }
                },
                durable: false,
                cancellationToken).ConfigureAwait(false);
        }
        while (more);
    }

    /// <summary>Takes away all chunks and uploads of a compartment, overwritten in the file, and folds the log in; false where somebody reads an older state.</summary>
    public async ValueTask<bool> Erase(UInt128 compartment, CancellationToken cancellationToken)
    {
        await Write(w => w.Erase(compartment), durable: true, cancellationToken).ConfigureAwait(false);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return SqliteDatabase.FoldLog(_path, SqliteSchema.Shipped("contents"), SqliteSchema.ContentsApplication);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Uploads that were begun and neither settled nor removed.</summary>
    public async ValueTask<List<(UInt128 Content, UInt128 Compartment)>> Uploads(CancellationToken cancellationToken)
    {
        using var lease = await Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.Uploads();
    }

    /// <summary>Lends a sealed chunk to <paramref name="take"/>; default where it is not there. Holds no snapshot between two chunks: chunks never change.</summary>
    public async ValueTask<(bool Found, T? Value)> Read<T>(UInt128 compartment, UInt128 content, int number, ChunkTaker<T> take, CancellationToken cancellationToken)
    {
        using var lease = await Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.Read(compartment, content, number, take);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        while (_readers.TryPop(out var reader))
        {
            reader.Dispose();
        }

        _turn.Dispose();
        _places.Dispose();
    }

    private async ValueTask Write(Action<Writer> change, bool durable, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (_writer ??= new Writer(_path)).Run(change, durable);
        }
        catch
        {
            // Nobody knows what the connection holds after a fault: what is in the file is what counts.
            _writer?.Dispose();
            _writer = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<Lease> Rent(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Lease(this, _readers.TryPop(out var reader) ? reader : new Reader(_path));
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private readonly struct Lease(SqliteContents owner, Reader reader) : IDisposable
    {
        public Reader Reader { get; } = reader;

        public void Dispose()
        {
            owner._readers.Push(Reader);
            owner._places.Release();
        }
    }

    private sealed class Writer : IDisposable
    {
        private readonly List<SqliteStatement> _statements = [];
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _commit;

        public Writer(string path)
        {
            Connection = SqliteDatabase.OpenWriter(path, SqliteSchema.Shipped("contents"), SqliteSchema.ContentsApplication, CacheKiB, PageBytes);
            SqliteDatabase.Run(Connection, "PRAGMA synchronous=NORMAL");
            SqliteDatabase.Run(Connection, "PRAGMA wal_autocheckpoint=512"); // 16 MB of log before it is folded in
            _begin = Prepare("BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            AddUpload = Prepare("INSERT INTO upload (content, compartment) VALUES (?1,?2)");
            RemoveUpload = Prepare("DELETE FROM upload WHERE content=?1");
            AddChunk = Prepare("INSERT INTO chunk (compartment, content, number, sealed) VALUES (?1,?2,?3,?4)");
            RemoveChunks = Prepare("DELETE FROM chunk WHERE rowid IN (SELECT rowid FROM chunk WHERE compartment=?1 AND content=?2 LIMIT ?3)");
        }

        public SqliteConnection Connection { get; }

        public SqliteStatement AddUpload { get; }

        public SqliteStatement RemoveUpload { get; }

        public SqliteStatement AddChunk { get; }

        public SqliteStatement RemoveChunks { get; }

        /// <summary>Rows that the last statement changed.</summary>
        public int Changes => SQLitePCL.raw.sqlite3_changes(Connection.Handle!);

        public void Erase(UInt128 compartment)
        {
            foreach (var table in (string[])["chunk", "upload"])
            {
                using var remove = new SqliteStatement(Connection.Handle!, $"DELETE FROM {table} WHERE compartment=?1");
                remove.Bind(1, compartment).Run();
            }
        }

        public void Run(Action<Writer> change, bool durable)
        {
            if (durable)
            {
                // The sync is of the whole write-ahead log, and so of every chunk before.
                SqliteDatabase.Run(Connection, "PRAGMA synchronous=FULL");
            }

            _begin.Run();
            change(this);
            _commit.Run();
            if (durable)
            {
                SqliteDatabase.Run(Connection, "PRAGMA synchronous=NORMAL");
            }
        }

        public void Dispose()
        {
            _statements.ForEach(s => s.Dispose());
            Connection.Dispose();
        }

        private SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(Connection.Handle!, sql);
            _statements.Add(statement);
            return statement;
        }
    }

    private sealed class Reader : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteStatement _chunk;
        private readonly SqliteStatement _uploads;

        public Reader(string path)
        {
            _connection = SqliteDatabase.OpenReader(path, 512);
            _chunk = new SqliteStatement(_connection.Handle!, "SELECT sealed FROM chunk WHERE compartment=?1 AND content=?2 AND number=?3");
            _uploads = new SqliteStatement(_connection.Handle!, "SELECT content, compartment FROM upload");
        }

        public (bool Found, T? Value) Read<T>(UInt128 compartment, UInt128 content, int number, ChunkTaker<T> take)
        {
            try
            {
                return _chunk.Bind(1, compartment).Bind(2, content).Bind(3, (long)number).Step() ? (true, take(_chunk.Blob(0))) : (false, default);
            }
            finally
            {
                _chunk.Reset();
            }
        }

        public List<(UInt128 Content, UInt128 Compartment)> Uploads()
        {
            var rows = new List<(UInt128, UInt128)>();
            while (_uploads.Step())
            {
                rows.Add((_uploads.Sixteen(0), _uploads.Sixteen(1)));
            }

            return rows;
        }

        public void Dispose()
        {
            _chunk.Dispose();
            _uploads.Dispose();
            _connection.Dispose();
        }
    }
}
