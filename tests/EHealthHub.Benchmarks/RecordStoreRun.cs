using System.Diagnostics;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Development;
using EHealthHub.Records;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Benchmarks;

/// <summary>
/// What one core does for the store, without network, validation and audit: sealing and writing in commits of fifty, reading, searching a compartment, and the bytes on disk. Run with <c>records FOLDER</c>, a folder of Synthea bundles.
/// </summary>
internal static class RecordStoreRun
{
    public static int Execute(string data)
    {
        var folder = Directory.CreateTempSubdirectory("ehealthhub-bench-").FullName;
        try
        {
            var corpus = RecordStoreCorpus.Load(data, filesMax: 40);
            Console.WriteLine($"{corpus.Resources.Count} resources in {corpus.Asks.Count} commits, {corpus.JsonBytes:n0} bytes of JSON");
            Run(folder, corpus);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(string folder, RecordStoreCorpus corpus)
    {
        var hub = new HubIdentity(Guid.Parse("6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e"), "node-1", "06", "https://localhost:8443");
        using var vault = DevelopmentVault.Open(Path.Combine(folder, "keys"), hub.Id, create: true);
        var database = Path.Combine(folder, "db");
        Directory.CreateDirectory(database);
        using var parts = new StoreParts(database, hub, vault, new RecordStoreOptions(), TimeProvider.System);
        using var writer = new SqliteWriter(database, 65_536);
        using var reader = new SqliteReader(database, 8_192);
        Write(corpus, parts, writer, reader);
        SqliteDatabaseSize(database, corpus.JsonBytes);
        Read(corpus, parts, reader);
        Search(corpus, parts, reader);
    }

    private static void Write(RecordStoreCorpus corpus, StoreParts parts, SqliteWriter writer, SqliteReader reader)
    {
        var (prepare, apply) = (TimeSpan.Zero, TimeSpan.Zero);
        var written = 0;
        for (var i = 0; i < corpus.Asks.Count; i++)
        {
            if (i == corpus.Asks.Count / 10)
            {
                (prepare, apply, written) = (TimeSpan.Zero, TimeSpan.Zero, 0); // the first tenth warms up
            }

            var start = Cpu();
            using var prepared = parts.Preparation.Prepare(reader, corpus.Asks[i], new LogPosition("o", i, default));
            var sealedAt = Cpu();
            writer.Begin();
            writer.BeginRequest();
            var result = new SqliteCommit(writer.Rows, parts.CommitSeal).Apply(prepared);
            writer.KeepRequest();
            writer.Commit();
            var done = Cpu();
            if (result.Status != CommitStatus.Committed)
            {
                throw new InvalidOperationException($"Commit {i} ended as {result.Status}.");
            }

            prepare += sealedAt - start;
            apply += done - sealedAt;
            written += prepared.Entries.Count;
        }

        Console.WriteLine($"write: {prepare.TotalMicroseconds / written:n1} us seal + {apply.TotalMicroseconds / written:n1} us database CPU per resource");
    }

    private static void Read(RecordStoreCorpus corpus, StoreParts parts, SqliteReader reader)
    {
        var step = 7_919; // a prime: visits all over the place
        var count = Math.Min(20_000, corpus.Resources.Count);
        for (var round = 0; round < 2; round++)
        {
            var start = Cpu();
            for (var i = 0; i < count; i++)
            {
                var (type, id, _) = corpus.Resources[(int)((long)i * step % corpus.Resources.Count)];
                var row = reader.HeadsByToken(parts.National.Resource(type, id))[0];
                var location = Locations.From(parts.Compartments.Get(reader, row.Key), row, parts.Parties.Name(reader, row.Submitter), type, id);
                _ = parts.Open(location);
            }

            Console.WriteLine($"read: {(Cpu() - start).TotalMicroseconds / count:n1} us CPU");
        }
    }

    private static void Search(RecordStoreCorpus corpus, StoreParts parts, SqliteReader reader)
    {
        var patient = corpus.Resources.Where(r => r.Type == "Observation").GroupBy(r => r.Patient).MinBy(g => Math.Abs(g.Count() - 1_000))!;
        var scan = new SearchQuery { Type = "Observation", PatientId = patient.Key, Criteria = [new SearchCriterion("status", null, [new SearchValue(FactKind.Token, "eq", null, "final")])], Used = [] };
        var coded = new SearchQuery { Type = "Observation", PatientId = patient.Key, Criteria = [new SearchCriterion("code", null, [new SearchValue(FactKind.Token, "eq", "http://loinc.org", "8302-2")])], Used = [] };
        foreach (var (name, query) in new[] { ("scan", scan), ("code", coded) })
        {
            var times = new List<double>();
            SearchPage? page = null;
            for (var i = 0; i < 60; i++)
            {
                var start = Stopwatch.GetTimestamp();
                reader.BeginSnapshot();
                page = parts.SearchRun(reader).Execute(new SearchAsk(query, CompartmentKind.Patient, patient.Key, 0, false), default);
                reader.EndSnapshot();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            times = [.. times.Skip(10).Order()];
            Console.WriteLine($"search by {name} among {patient.Count()} observations: total {page!.Total}, p50 {times[times.Count / 2]:n2} ms, max {times[^1]:n2} ms");
        }
    }

    private static void SqliteDatabaseSize(string database, long json)
    {
        using (var connection = SqliteDatabase.OpenReader(Path.Combine(database, SqliteDatabase.RecordsFile), 1_024))
        {
            SqliteDatabase.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            foreach (var table in new[] { "body", "facts" })
            {
                Console.WriteLine($"  {table}: {SqliteDatabase.Number(connection, $"SELECT sum(length({table})) FROM version") / (double)json:n3} of JSON");
            }

            Console.WriteLine($"  token rows {SqliteDatabase.Number(connection, "SELECT count(*) FROM token")} with {SqliteDatabase.Number(connection, "SELECT sum(length(slots)) FROM token")} bytes of slots, national {SqliteDatabase.Number(connection, "SELECT count(*) FROM national_token")}");
        }

        var bytes = new FileInfo(Path.Combine(database, SqliteDatabase.RecordsFile)).Length + new FileInfo(Path.Combine(database, SqliteDatabase.KeysFile)).Length;
        Console.WriteLine($"disk: {bytes:n0} bytes, {bytes / (double)json:n3} of JSON");
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
