using System.Collections.Concurrent;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sqlite;

/// <summary>A bounded pool of reading connections. Thread-safe.</summary>
internal sealed class SqliteReaders(string folder, int readersMax, int cacheKiB) : IDisposable
{
    private readonly ConcurrentStack<SqliteReader> _free = new();
    private readonly SemaphoreSlim _slots = new(readersMax, readersMax);
    private volatile bool _disposed;

    /// <summary>Waits for a free connection; dispose the lease to give it back.</summary>
    public async ValueTask<ReaderLease> Rent(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new ReaderLease(this, _free.TryPop(out var reader) ? reader : new SqliteReader(folder, cacheKiB));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Waits until nobody reads, and keeps it so until the lease is disposed; null where somebody still reads after <paramref name="patience"/>.</summary>
    public async ValueTask<IDisposable?> RentAll(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var taken = 0;
        try
        {
            for (; taken < readersMax; taken++)
            {
                await _slots.WaitAsync(limit.Token).ConfigureAwait(false);
            }

            return new AllLease(_slots, readersMax);
        }
        catch (OperationCanceledException)
        {
            if (taken > 0)
            {
                _slots.Release(taken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryPop(out var reader))
        {
            reader.Dispose();
        }
    }

    private void Return(SqliteReader reader)
    {
        if (_disposed)
        {
            reader.Dispose();
        }
        else
        {
            _free.Push(reader);
        }

        _slots.Release();
    }

    private sealed class AllLease(SemaphoreSlim slots, int count) : IDisposable
    {
        public void Dispose() => slots.Release(count);
    }

    /// <summary>A connection on loan.</summary>
    internal readonly struct ReaderLease(SqliteReaders owner, SqliteReader reader) : IDisposable
    {
        public SqliteReader Reader { get; } = reader;

        public void Dispose() => owner.Return(Reader);
    }
}
