using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EHealthHub.Records.Sqlite;

/// <summary>
/// What was used once and what was taken back, for all gateways of a hub: <c>tokens.db</c>, a file of its own, so that its small commits never wait for those of records. It holds SHA-256 values and times, nothing that says whose.
/// An insert is the decision: of two gateways that see the same identifier at the same moment, one gets it. Thread-safe.
/// </summary>
public sealed class TokenLedger : IDisposable
{
    /// <summary>Identifiers remembered at the same time; beyond it everything is refused, since forgetting would let a replay pass.</summary>
    public const int EntriesMax = 2_000_000;

    private const string File = "tokens.db";
    private const int Application = 0x45484874; // "EHHt"
    private const long SweepEverySeconds = 30;

    private const string Script = """
        CREATE TABLE used (id BLOB NOT NULL PRIMARY KEY CHECK (length(id)=32), until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX used_until ON used (until);
        CREATE TABLE revoked (mark INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL CHECK (length(id)=32), until INTEGER NOT NULL);
        """;

    private readonly Lock _turn = new();
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _use;
    private readonly SqliteStatement _revoke;
    private readonly SqliteStatement _since;
    private long _sweepAt;
    private long _count;

    private TokenLedger(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        var handle = connection.Handle!;
        _use = new SqliteStatement(handle, "INSERT INTO used (id, until) VALUES (?1,?2) ON CONFLICT (id) DO UPDATE SET until=excluded.until WHERE until<=?3");
        _revoke = new SqliteStatement(handle, "INSERT INTO revoked (id, until) VALUES (?1,?2)");
        _since = new SqliteStatement(handle, "SELECT mark, id, until FROM revoked WHERE mark>?1 ORDER BY mark");
    }

    /// <summary>Opens or makes the file in the folder of databases. Throws <see cref="RecordsUnavailableException"/> where that cannot be.</summary>
    public static TokenLedger Open(string databases, TimeProvider time) =>
        new(SqliteDatabase.OpenWriter(Path.Combine(databases, File), Script, Application, cacheKiB: 2_048), time);

    /// <summary>True, durably, the first time an identifier of 32 bytes is seen before its time is over; false when it was seen before, or there is no room.</summary>
    public bool TryUse(ReadOnlySpan<byte> id, DateTimeOffset until)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        lock (_turn)
        {
            Sweep(now);
            if (_count >= EntriesMax)
            {
                return false;
            }

            _use.Bind(1, id).Bind(2, Ceiling(until)).Bind(3, now).Run();
            if (raw.sqlite3_changes(_connection.Handle!) == 0)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Writes down that an identifier of 32 bytes is out; false when there is no room.</summary>
    public bool TryRevoke(ReadOnlySpan<byte> id, DateTimeOffset until)
    {
        lock (_turn)
        {
            Sweep(_time.GetUtcNow().ToUnixTimeSeconds());
            if (_count >= EntriesMax)
            {
                return false;
            }

            _revoke.Bind(1, id).Bind(2, Ceiling(until)).Run();
            _count++;
            return true;
        }
    }

    /// <summary>What was taken back, by whichever gateway, after a mark (0 for all), and the new mark.</summary>
    public IReadOnlyList<(byte[] Id, DateTimeOffset Until)> RevokedSince(ref long mark)
    {
        var found = new List<(byte[], DateTimeOffset)>();
        lock (_turn)
        {
            _since.Bind(1, mark);
            while (_since.Step())
            {
                mark = _since.Long(0);
                found.Add((_since.Blob(1).ToArray(), DateTimeOffset.FromUnixTimeSeconds(_since.Long(2))));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _use.Dispose();
            _revoke.Dispose();
            _since.Dispose();
            _connection.Dispose();
        }
    }

    private static long Ceiling(DateTimeOffset time) => time.AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds();

    /// <summary>Drops what is over and counts again, so that the bound is one on all gateways together.</summary>
    private void Sweep(long now)
    {
        if (now < _sweepAt)
        {
            return;
        }

        _sweepAt = now + SweepEverySeconds;
        SqliteDatabase.Run(_connection, FormattableString.Invariant($"DELETE FROM used WHERE until<={now}"));
        SqliteDatabase.Run(_connection, FormattableString.Invariant($"DELETE FROM revoked WHERE until<={now}"));
        _count = SqliteDatabase.Number(_connection, "SELECT (SELECT count(*) FROM used)+(SELECT count(*) FROM revoked)");
    }
}
