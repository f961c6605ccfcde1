using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EHealthHub.Records.Sqlite;

/// <summary>
/// The one connection that writes. Used by the writer thread alone. A group is one transaction; a request in it is one savepoint, so that one that fails takes nobody with it.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _undo;

    public SqliteWriter(string folder, int cacheKiB)
    {
        _connection = SqliteDatabase.OpenWriter(Path.Combine(folder, SqliteDatabase.RecordsFile), SqliteSchema.Shipped("records"), SqliteSchema.RecordsApplication, cacheKiB);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT request");
        _release = Prepare("RELEASE request");
        _undo = Prepare("ROLLBACK TO request");
        Rows = new SqliteRows(Prepare);
    }

    /// <summary>The statements that change rows.</summary>
    public SqliteRows Rows { get; }

    public void LimitPages(int pages) => SqliteDatabase.Number(_connection, $"PRAGMA max_page_count={pages}");

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Undoes the group; some errors have undone it already.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            _rollback.Run();
        }
    }

    /// <summary>True while the group's transaction stands: a full disk or a broken one ends it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle!) == 0;

    public void BeginRequest() => _savepoint.Run();

    public void KeepRequest() => _release.Run();

    public void UndoRequest()
    {
        _undo.Run();
        _release.Run();
    }

    public void Dispose()
    {
        _statements.ForEach(s => s.Dispose());
        _connection.Dispose();
    }

    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }
}
