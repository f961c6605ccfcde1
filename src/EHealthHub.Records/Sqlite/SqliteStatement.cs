using System.Buffers.Binary;
using EHealthHub.Records.Store;
using SQLitePCL;

namespace EHealthHub.Records.Sqlite;

/// <summary>
/// A prepared statement on the hot path, one level below ADO.NET: no boxing, no name look-up per parameter, blobs as spans of SQLite's own memory. Parameters and columns are counted from 1 and 0, as SQLite does.
/// Belongs to one connection and is used by one thread at a time.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteFault.Check(database, raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        SqliteFault.Check(_database, raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, scoped ReadOnlySpan<byte> value)
    {
        SqliteFault.Check(_database, value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0) : raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Bind(parameter, bytes);
    }

    public SqliteStatement BindNull(int parameter)
    {
        SqliteFault.Check(_database, raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>True with a row; false at the end, and then the statement is reset already.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        _ = raw.sqlite3_reset(_statement); // repeats the code of the step
        SqliteFault.Check(_database, code);
        return false;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        if (Step())
        {
            Reset();
            throw new InvalidOperationException("A statement that should give no rows gave one.");
        }
    }

    /// <summary>Ends a look at rows before the last one; a statement left open would hold its snapshot.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public UInt128 Sixteen(int column)
    {
        var bytes = Blob(column);
        return bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw new RecordsTamperedException("A handle does not have its 16 bytes");
    }

    public void Dispose() => _statement.Dispose();
}

/// <summary>What SQLite says when it cannot, as the store's own exception. Its messages name tables and files, never values.</summary>
internal static class SqliteFault
{
    public static void Check(sqlite3 database, int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            throw From(code, raw.sqlite3_extended_errcode(database), raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }

    public static RecordsUnavailableException From(int code, int extendedCode, string message) => (code & 0xff) switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new RecordsTamperedException($"The database file is damaged: {message}"),
        raw.SQLITE_FULL => new RecordsUnavailableException("The disk of the database is full."),
        _ => new RecordsUnavailableException($"The database refused (SQLite {code}/{extendedCode}): {message}"),
    };
}
