using System.Globalization;
using EHealthHub.Operator.Checking;
using EHealthHub.Records.Verify;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Operator.Demonstration;

/// <summary>The store is whole and agrees with the log, and a changed byte shows.</summary>
internal sealed class StoreSteps(DemoStage stage)
{
    private const int CandidatesMax = 200;

    // A longer value may be split over pages of the file, where it cannot be found by its bytes.
    private const int BodyBytesMax = 1_000;

    /// <summary>While the hub runs.</summary>
    public Task<StepOutcome> Verifies(CancellationToken cancel)
    {
        var since = stage.Time.GetTimestamp();
        var report = Verify(stage.Hub.Layout.Root, cancel);
        return Task.FromResult(report.Whole
            ? StepOutcome.Holds(
                string.Create(CultureInfo.InvariantCulture, $"every record was opened and the log replayed against the store: {report.Versions} versions, {report.Commits} commits, in {stage.Time.GetElapsedTime(since).TotalMilliseconds:0} ms"),
                "no record was changed, swapped, dropped or rolled back, and each write is in the log")
            : StepOutcome.Broken($"The store is not whole: {report.Problems[0]}"));
    }

    /// <summary>One byte of one sealed body of a copy.</summary>
    public Task<StepOutcome> ShowsAChangedByte(CancellationToken cancel)
    {
        var copy = Path.Combine(stage.Trial, "store");
        var databases = Path.Combine(copy, "db");
        Directory.CreateDirectory(databases);

        // The keys last: a key without a record yet is no fault, a record without its key is.
        Copy("records.db", databases);
        Copy("keys.db", databases);
        if (Change(Path.Combine(databases, "records.db")) is not { } changed)
        {
            return Task.FromResult(StepOutcome.Broken("No sealed body was found in the copied database."));
        }

        var report = Verify(copy, cancel);
        return Task.FromResult(report.Problems.FirstOrDefault(p => (p.CompartmentKey, p.Slot, p.Version) == changed) is { } found
            ? StepOutcome.Holds($"one byte of a sealed record was changed in a copy of the database; the verifier: \"{found}\"", "a database administrator cannot change a record unnoticed")
            : StepOutcome.Broken($"One byte of slot {changed.Slot} was changed and the verifier did not say so ({report.Problems.Length} other problems)."));
    }

    private RecordsReport Verify(string folder, CancellationToken cancel) =>
        RecordsVerifier.Verify(folder, stage.Hub.Identity, stage.Hub.Vault, LogReplay.Outcomes(stage.Hub.Layout, stage.Hub.Vault), progress: null, stage.Time, cancel);

    /// <summary>A consistent copy while the hub writes on.</summary>
    private void Copy(string file, string to)
    {
        using var source = Connect(Path.Combine(stage.Hub.Layout.Databases, file), SqliteOpenMode.ReadOnly);
        using var target = Connect(Path.Combine(to, file), SqliteOpenMode.ReadWriteCreate);
        source.BackupDatabase(target);
    }

    /// <summary>Flips a bit in the middle of a body, in the file itself; which row it was, or null.</summary>
    private static (long CompartmentKey, long Slot, int Version)? Change(string path)
    {
        var rows = new List<((long, long, int) Place, byte[] Body)>();
        using (var connection = Connect(path, SqliteOpenMode.ReadOnly))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT compartment_key, slot, version, body FROM version WHERE length(body) BETWEEN 64 AND $most LIMIT $rows";
            command.Parameters.AddWithValue("$most", BodyBytesMax);
            command.Parameters.AddWithValue("$rows", CandidatesMax);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)), (byte[])reader.GetValue(3)));
            }
        }

        var file = File.ReadAllBytes(path);
        foreach (var (place, body) in rows)
        {
            var at = file.AsSpan().IndexOf(body);
            if (at >= 0)
            {
                file[at + (body.Length / 2)] ^= 1;
                File.WriteAllBytes(path, file);
                return place;
            }
        }

        return null;
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        // Without a pool, so that the file is let go when the connection is closed.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
