using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Sqlite;

/// <summary>A wrapped data key, as it lies in <c>keys.db</c>.</summary>
/// <param name="Epoch">Generation of the compartment's key, from 1.</param>
/// <param name="Kek">Generation of the province's key-encryption key.</param>
/// <param name="Wrapped">The wrapped bytes.</param>
internal sealed record WrappedKey(int Epoch, int Kek, byte[] Wrapped);

/// <summary>The table of wrapped keys, in a file of its own. One connection behind a lock: a key is read once and then cached. Thread-safe.</summary>
internal sealed class SqliteKeys : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _add;

    /// <summary>The keys of a store that runs.</summary>
    public SqliteKeys(string folder)
        : this(SqliteDatabase.OpenWriter(Path.Combine(folder, SqliteDatabase.KeysFile), SqliteSchema.Shipped("keys"), SqliteSchema.KeysApplication, cacheKiB: 8_192))
    {
    }

    /// <summary>Over a connection that is taken over; where it only reads, keys can be found and none added.</summary>
    public SqliteKeys(SqliteConnection connection)
    {
        _connection = connection;
        var handle = _connection.Handle!;
        _find = new SqliteStatement(handle, "SELECT epoch, kek, wrapped FROM wrapped_key WHERE handle=?1 AND (?2=0 OR epoch=?2) ORDER BY epoch DESC LIMIT 1");
        _add = new SqliteStatement(handle, "INSERT INTO wrapped_key (handle, epoch, kek, wrapped) VALUES (?1,?2,?3,?4) ON CONFLICT DO NOTHING");
    }

    /// <summary>The key of an epoch, or of the newest for 0; null when there is none.</summary>
    public WrappedKey? Find(UInt128 compartment, int epoch)
    {
        lock (_lock)
        {
            if (!_find.Bind(1, compartment).Bind(2, epoch).Step())
            {
                return null;
            }

            var key = new WrappedKey(_find.Int(0), _find.Int(1), _find.Blob(2).ToArray());
            _find.Reset();
            return key;
        }
    }

    /// <summary>Makes a new key durable and gives it back, or the one that another thread had made durable first.</summary>
    public WrappedKey Add(UInt128 compartment, WrappedKey key)
    {
        lock (_lock)
        {
            _add.Bind(1, compartment).Bind(2, key.Epoch).Bind(3, key.Kek).Bind(4, key.Wrapped).Run();
            return Find(compartment, key.Epoch) ?? throw new RecordsUnavailableException("A key that was just written is not there.");
        }
    }

    /// <summary>
    /// Destroys all keys of a compartment and notes that, in one transaction: overwritten in the file, and the write-ahead log cut. Done again it destroys nothing: whatever bears the handle since then is another's, made when the patient came back.
    /// False where another process reads the file: the keys are gone, but the log still holds them.
    /// </summary>
    public bool Destroy(ErasedKey erased)
    {
        lock (_lock)
        {
            SqliteDatabase.Run(_connection, "BEGIN IMMEDIATE");
            try
            {
                using var note = new SqliteStatement(_connection.Handle!, "INSERT INTO erased_key (handle, first, mac) VALUES (?1,?2,?3) ON CONFLICT DO NOTHING");
                note.Bind(1, erased.Handle).Bind(2, erased.First).Bind(3, erased.Mac).Run();
                if (SqliteDatabase.Number(_connection, "SELECT changes()") == 1)
                {
                    using var remove = new SqliteStatement(_connection.Handle!, "DELETE FROM wrapped_key WHERE handle=?1");
                    remove.Bind(1, erased.Handle).Run();
                }

                SqliteDatabase.Run(_connection, "COMMIT");
            }
            catch
            {
                SqliteDatabase.Run(_connection, "ROLLBACK");
                throw;
            }

            return SqliteDatabase.Number(_connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
    }

    /// <summary>What was erased, ever.</summary>
    public List<ErasedKey> Erased()
    {
        lock (_lock)
        {
            using var rows = new SqliteStatement(_connection.Handle!, ErasedKey.Select);
            return ErasedKey.Read(rows);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _find.Dispose();
            _add.Dispose();
            _connection.Dispose();
        }
    }
}
