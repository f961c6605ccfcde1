using System.Security.Cryptography;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;
using EHealthHub.Records.Verify;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Tests.Verify;

/// <summary>A small hub with everything in it that can be tampered with, and the hands of somebody who can write to its database.</summary>
internal static class SqliteTamper
{
    public static async Task Fill(StoreFixture hub)
    {
        await hub.Commit(Make.Ask(
            Make.Create(Make.Patient("1"), "p1", "p1"),
            Make.Create(Make.Observation("p1", "718-7", "2026-01-04"), "o1", "p1"),
            Make.Create(Make.Observation("p1", "4548-4", "2026-02-04"), "o2", "p1"),
            Make.Create(Make.Encounter("p1", "in-progress"), "e1", "p1")).With("key-1", "result"u8.ToArray()));
        await hub.Commit(Make.Ask("hospital-izmir", Make.Create(Make.Patient("2"), "p2", "p2"), Make.Create(Make.Observation("p2"), "o3", "p2")));
        await hub.Commit(Make.Ask(Make.Create(Make.Organization("Ankara Şehir Hastanesi", "100"), "org1", CompartmentKind.Directory, "")));
        await hub.Commit(Make.Ask(Make.Create(Make.Group("p1", "p2"), "g1", CompartmentKind.Institution, "hospital-ankara") with { LinkedPatients = ["p1", "p2"] }));
        await hub.Commit(Make.Ask(Make.Update(await hub.Locate("Observation", "o1"), Make.Observation("p1", "718-7", "2026-01-04", "14.0"))));
        await hub.Commit(Make.Ask(Make.Delete(await hub.Locate("Observation", "o2"))));
        await hub.CloseStore();
    }

    public static RecordsReport Verify(StoreFixture hub, string? folder = null) =>
        RecordsVerifier.Verify(folder ?? hub.Folder, StoreFixture.Hub, hub.Vault, hub.Outcomes().Select(o => new CommitOutcome(StoreFixture.Origin, o.IntentIndex, o.CommitSequence, o.Hashes)));

    public static int Sql(string folder, string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "db", file), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public static long Number(string folder, string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "db", file), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    public static string CopyDatabase(StoreFixture hub)
    {
        var copy = Path.Combine(hub.Folder, "copy-" + Path.GetRandomFileName());
        Directory.CreateDirectory(Path.Combine(copy, "db"));
        foreach (var file in Directory.GetFiles(Path.Combine(hub.Folder, "db")).Where(f => Path.GetExtension(f) is ".db" or ".db-wal"))
        {
            File.Copy(file, Path.Combine(copy, "db", Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>All that a file says to whoever queries it, in one hash; null when it cannot be read.</summary>
    public static string? Meaning(string folder, string file)
    {
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = "file:" + Path.Combine(folder, "db", file) + "?immutable=1", Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var table in Names(connection))
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT * FROM \"{table}\"";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    for (var i = 0; i < reader.FieldCount; i++)
                    {
                        var value = reader.GetValue(i) is byte[] blob ? Convert.ToHexString(blob) : reader.GetValue(i).ToString();
                        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{table}.{reader.GetName(i)}={value};"));
                    }
                }
            }

            return Convert.ToHexString(hash.GetHashAndReset());
        }
        catch (Exception exception) when (exception is SqliteException or ArgumentOutOfRangeException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static List<string> Names(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
