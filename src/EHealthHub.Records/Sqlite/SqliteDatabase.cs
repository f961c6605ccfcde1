using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Sqlite;

/// <summary>Opens the three files of the embedded store, with what durability and secrecy ask of SQLite, and gives a new file its tables.</summary>
internal static class SqliteDatabase
{
    public const string RecordsFile = "records.db";
    public const string KeysFile = "keys.db";
    public const string ContentsFile = "contents.db";

    /// <summary>A connection to write with: creates the file and its tables where they are missing.</summary>
    public static SqliteConnection OpenWriter(string path, string script, int application, int cacheKiB, int pageBytes = 8_192)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Run(connection, $"PRAGMA page_size={pageBytes}"); // of a new file: three versions of usual size fit a page of 4 KiB badly
            Run(connection, "PRAGMA journal_mode=WAL");
            Configure(connection, cacheKiB);
            Prepare(connection, script, application);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection to read with; the file exists.</summary>
    public static SqliteConnection OpenReader(string path, int cacheKiB)
    {
        var connection = Open(path, SqliteOpenMode.ReadWrite); // a reader in WAL mode writes the shared index beside the file
        try
        {
            Configure(connection, cacheKiB);
            Run(connection, "PRAGMA query_only=ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection to fill a new file with a copy: no journal, for a copy that breaks off is thrown away whole.</summary>
    public static SqliteConnection OpenCopy(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Run(connection, "PRAGMA journal_mode=OFF");
            Run(connection, "PRAGMA synchronous=OFF");
            Run(connection, "PRAGMA temp_store=MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Folds the write-ahead log into the file and cuts it to nothing, so that what was deleted lives on in neither; false while another connection reads an older state.</summary>
    public static bool FoldLog(string path, string script, int application)
    {
        using var connection = OpenWriter(path, script, application, cacheKiB: 1_024);
        return Number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.From(exception.SqliteErrorCode, exception.SqliteExtendedErrorCode, exception.Message);
        }
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (long)(command.ExecuteScalar() ?? 0L);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.From(exception.SqliteErrorCode, exception.SqliteExtendedErrorCode, exception.Message);
        }
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteFault.From(exception.SqliteErrorCode, exception.SqliteExtendedErrorCode, exception.Message);
        }
    }

    private static void Configure(SqliteConnection connection, int cacheKiB)
    {
        Run(connection, "PRAGMA synchronous=FULL"); // an acknowledged commit survives the power cut
        Run(connection, "PRAGMA secure_delete=ON"); // what is deleted is overwritten, not only unlinked
        Run(connection, "PRAGMA temp_store=MEMORY"); // no temporary file beside the database
        Run(connection, "PRAGMA busy_timeout=10000");
        Run(connection, "PRAGMA trusted_schema=OFF");
        Run(connection, "PRAGMA cell_size_check=ON");
        Run(connection, "PRAGMA wal_autocheckpoint=2000"); // pages: 16 MB of log before it is folded in
        Run(connection, "PRAGMA journal_size_limit=33554432");
        Run(connection, $"PRAGMA cache_size=-{cacheKiB}");
    }

    private static void Prepare(SqliteConnection connection, string script, int application)
    {
        if (Number(connection, "PRAGMA user_version") == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Run(connection, $"BEGIN IMMEDIATE; {script} PRAGMA application_id={application}; PRAGMA user_version={SqliteSchema.Version}; COMMIT;");
        }

        var (found, foundApplication) = (Number(connection, "PRAGMA user_version"), Number(connection, "PRAGMA application_id"));
        if (found != SqliteSchema.Version || foundApplication != application)
        {
            throw new RecordsUnavailableException($"The database {Path.GetFileName(connection.DataSource)} is of version {found} (application {foundApplication:x}); this build knows {SqliteSchema.Version} ({application:x}).");
        }
    }
}
