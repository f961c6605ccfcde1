using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Verify;

/// <summary>
/// A database file opened so that nothing beside it changes: as immutable where it is at rest; through its own log where a hub is running; and where a crash left a log behind, as a copy in a temporary folder of this process
/// (the copy holds what the file holds, sealed).
/// </summary>
internal sealed class VerifiedDatabase : IDisposable
{
    private readonly string? _copy;

    private VerifiedDatabase(SqliteConnection connection, string? copy)
    {
        Connection = connection;
        _copy = copy;
    }

    public SqliteConnection Connection { get; }

    public static VerifiedDatabase Open(string path, bool running)
    {
        if (!File.Exists(path))
        {
            throw new RecordsUnavailableException($"{Path.GetFileName(path)} is not there.");
        }

        var log = new FileInfo(path + "-wal");
        if (running)
        {
            return new VerifiedDatabase(Connect(path, immutable: false), null);
        }

        if (!log.Exists || log.Length == 0)
        {
            return new VerifiedDatabase(Connect(path, immutable: true), null);
        }

        var copy = Directory.CreateTempSubdirectory("ehealthhub-verify-").FullName;
        try
        {
            var file = Path.Combine(copy, Path.GetFileName(path));
            File.Copy(path, file);
            File.Copy(log.FullName, file + "-wal");
            return new VerifiedDatabase(Connect(file, immutable: false), copy);
        }
        catch
        {
            Directory.Delete(copy, recursive: true);
            throw;
        }
    }

    public SqliteStatement Prepare(string sql) => new(Connection.Handle!, sql);

    /// <summary>SQLite's own check of pages, trees and indexes, and the tables against those of this build.</summary>
    public void CheckStructure(string file, string script, int application, Findings findings)
    {
        using (var check = Prepare("PRAGMA integrity_check(100)"))
        {
            while (check.Step())
            {
                var line = check.Text(0);
                if (line != "ok")
                {
                    findings.Add(file, $"SQLite: {line}");
                }
            }
        }

        using var fresh = new SqliteConnection("Data Source=:memory:");
        fresh.Open();
        SqliteDatabase.Run(fresh, script);
        CheckTypes(fresh, file, findings);
        if (!Schema(Connection).SequenceEqual(Schema(fresh), StringComparer.Ordinal))
        {
            findings.Add(file, "The tables and indexes are not those that the hub makes.");
        }

        if (SqliteDatabase.Number(Connection, "PRAGMA user_version") != SqliteSchema.Version || SqliteDatabase.Number(Connection, "PRAGMA application_id") != application)
        {
            findings.Add(file, "The file is not marked as the hub marks it.");
        }
    }

    /// <summary>SQLite keeps a type with each value, beside that of the column: a text where the hub writes bytes was written by somebody else.</summary>
    private void CheckTypes(SqliteConnection fresh, string file, Findings findings)
    {
        using var columns = fresh.CreateCommand();
        columns.CommandText = "SELECT t.name, c.name, lower(c.type) FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type='table' ORDER BY t.name, c.cid";
        using var reader = columns.ExecuteReader();
        var conditions = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        while (reader.Read())
        {
            conditions.TryAdd(reader.GetString(0), []);
            conditions[reader.GetString(0)].Add($"typeof(\"{reader.GetString(1)}\") NOT IN ('{reader.GetString(2)}','null')");
        }

        foreach (var (table, parts) in conditions)
        {
            using var rows = Prepare($"SELECT count(*) FROM \"{table}\" WHERE {string.Join(" OR ", parts)}");
            if (rows.Step() && rows.Long(0) > 0)
            {
                findings.Add(table, $"{rows.Long(0)} rows hold a value of another type than their column ({file}).");
            }
        }
    }

    public void Dispose()
    {
        Connection.Dispose();
        if (_copy is not null)
        {
            Directory.Delete(_copy, recursive: true);
        }
    }

    private static SqliteConnection Connect(string path, bool immutable)
    {
        var source = immutable ? "file:" + Uri.EscapeDataString(Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1" : path;
        var mode = immutable ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        SqliteDatabase.Run(connection, "PRAGMA query_only=ON");
        SqliteDatabase.Run(connection, "PRAGMA temp_store=MEMORY");
        SqliteDatabase.Run(connection, "PRAGMA cell_size_check=ON");
        SqliteDatabase.Run(connection, "PRAGMA cache_size=-65536");
        return connection;
    }

    private static List<string> Schema(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql,'') FROM sqlite_schema ORDER BY 1";
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
