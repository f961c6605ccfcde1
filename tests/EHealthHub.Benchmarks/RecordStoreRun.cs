using System.Diagnostics;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
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
        Steps(corpus);
        Write(corpus, parts, writer, reader);
        SqliteDatabaseSize(database, corpus.JsonBytes);
        Read(corpus, parts, reader);
        Search(corpus, parts, reader);
    }

    /// <summary>Where the time of sealing goes.</summary>
    private static void Steps(RecordStoreCorpus corpus)
    {
        using var sealer = new RecordSealer();
        using var compression = new Compression();
        using var key = DataKey.Create(1);
        using var tokens = new CompartmentTokens(key);
        var entries = corpus.Asks.SelectMany(a => a.Entries.Select(e => (Ask: a, Entry: e))).ToList();
        var json = entries.Select(e => ResourceWriter.Stamp(e.Entry.Resource!, e.Entry.Id, 1, e.Ask.Time, e.Ask.References)).ToList();
        var facts = entries.Select(e => SearchFacts.Extract(e.Entry.Resource!, e.Entry.Id, 1, e.Ask.Time, "hospital-ankara", e.Entry.CompartmentName, e.Ask.References)).ToList();
        var packed = facts.Select(f => Opener.Encode(f, [])).ToList();
        Time("stamp", i => ResourceWriter.Stamp(entries[i].Entry.Resource!, entries[i].Entry.Id, 1, entries[i].Ask.Time, entries[i].Ask.References));
        Time("extract", i => SearchFacts.Extract(entries[i].Entry.Resource!, entries[i].Entry.Id, 1, entries[i].Ask.Time, "hospital-ankara", entries[i].Entry.CompartmentName, entries[i].Ask.References));
        Time("encode facts", i => Opener.Encode(facts[i], []));
        Time("decode facts", i => Opener.Decode(packed[i]));
        Time("tokens", i => TokenSets.Of(tokens, facts[i], false));
        Time("compress body", i => Pack(compression, json[i], Dictionaries.Bodies));
        Time("compress facts", i => Pack(compression, packed[i], Dictionaries.Facts));
        Time("seal 512 bytes", i => Sealer.Seal(key, json[0].AsSpan(0, 512), json[0].AsSpan(0, 160)));
        Console.WriteLine($"  body {json.Average(j => j.Length):n0} bytes, facts {packed.Average(p => p.Length):n0} bytes on average");

        void Time(string name, Action<int> step)
        {
            for (var i = 0; i < Math.Min(4_000, entries.Count); i++)
            {
                step(i);
            }

            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < entries.Count; i++)
            {
                step(i);
            }

            Console.WriteLine($"  {name}: {Stopwatch.GetElapsedTime(start).TotalMicroseconds / entries.Count:n1} us");
        }

        static void Pack(Compression compression, byte[] content, byte dictionary) => System.Buffers.ArrayPool<byte>.Shared.Return(compression.Pack(content, dictionary).Rented);
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
            using var prepared = parts.Preparation.Prepare(reader, corpus.Asks[i], new LogPosition("o", i, default), anew: false);
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
        var coded = new SearchQuery { Type = "Observation", PatientId = patient.Key, Criteria = [new SearchCriterion("code", null, [CodeOf(corpus, patient.Key)])], Used = [] };
        foreach (var (name, query) in new[] { ("scan", scan), ("code", coded) })
        {
            var times = new List<double>();
            SearchPage? page = null;
            for (var i = 0; i < 60; i++)
            {
                var start = Stopwatch.GetTimestamp();
                reader.BeginSnapshot();
                page = parts.SearchRun(reader, new SearchBudget(), RecordView.Everything).Execute(new SearchAsk(query, CompartmentKind.Patient, patient.Key, 0, false), default);
                reader.EndSnapshot();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            if (page!.Total is null or 0)
            {
                throw new InvalidOperationException($"The search by {name} measures nothing: it found {page.Total}.");
            }

            times = [.. times.Skip(10).Order()];
            Console.WriteLine($"search by {name} among {patient.Count()} observations: total {page!.Total}, p50 {times[times.Count / 2]:n2} ms, max {times[^1]:n2} ms");
        }
    }

    /// <summary>The code that the most observations of a patient have.</summary>
    private static SearchValue CodeOf(RecordStoreCorpus corpus, string patient) => corpus.Asks
        .SelectMany(a => a.Entries.Select(e => (Ask: a, Entry: e)))
        .Where(e => e.Entry.Type == "Observation" && e.Entry.CompartmentName == patient)
        .SelectMany(e => SearchFacts.Extract(e.Entry.Resource!, e.Entry.Id, 1, e.Ask.Time, "hospital-ankara", patient, e.Ask.References).Of("code"))
        .GroupBy(f => new SearchValue(FactKind.Token, "eq", f.System, f.Text))
        .MaxBy(g => g.Count())!.Key;

    /// <summary>Where the bytes go: contents, sealing and padding, columns, and pages by table and index.</summary>
    private static void SqliteDatabaseSize(string database, long json)
    {
        var resources = 0L;
        using (var connection = SqliteDatabase.OpenReader(Path.Combine(database, SqliteDatabase.RecordsFile), 1_024))
        {
            SqliteDatabase.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            resources = SqliteDatabase.Number(connection, "SELECT count(*) FROM version");
            foreach (var column in new[] { "body", "facts", "hash" })
            {
                Tell($"column version.{column}", SqliteDatabase.Number(connection, $"SELECT sum(length({column})) FROM version"));
            }

            Tell("column token.slots", SqliteDatabase.Number(connection, "SELECT sum(length(slots)) FROM token"));
            Tell("column commit_log.hashes", SqliteDatabase.Number(connection, "SELECT sum(length(hashes)) FROM commit_log"));
            Console.WriteLine($"  rows: token {SqliteDatabase.Number(connection, "SELECT count(*) FROM token")}, national_token {SqliteDatabase.Number(connection, "SELECT count(*) FROM national_token")}");
            Tell("pages, all", SqliteDatabase.Number(connection, "PRAGMA page_count") * SqliteDatabase.Number(connection, "PRAGMA page_size"));
            if (Environment.GetEnvironmentVariable("EHEALTHHUB_KEEP_COPY") is { Length: > 0 } copy)
            {
                File.Copy(Path.Combine(database, SqliteDatabase.RecordsFile), copy, overwrite: true); // for tools that know dbstat: the shipped SQLite has no such table
            }
        }

        Tell("keys.db", new FileInfo(Path.Combine(database, SqliteDatabase.KeysFile)).Length);
        Tell("disk", new FileInfo(Path.Combine(database, SqliteDatabase.RecordsFile)).Length + new FileInfo(Path.Combine(database, SqliteDatabase.KeysFile)).Length);

        void Tell(string what, long bytes) => Console.WriteLine($"  {what}: {bytes:n0} bytes, {bytes / (double)resources:n1} a resource, {bytes / (double)json:n3} of JSON");
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
