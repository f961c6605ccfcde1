using System.Collections.Concurrent;
using System.Diagnostics;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Benchmarks;

/// <summary>A store in a folder of its own, without network, validation and audit, filled with generated patients.</summary>
internal sealed class BenchStore : IDisposable
{
    private const int Producers = 2;
    private const int RequestsInGroup = 8;
    private const int PatientsAhead = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("ehealthhub-bench-").FullName;
    private readonly IKeyVault _vault;
    private readonly SqliteWriter _writer;
    private int _patients;
    private long _commits;

    public BenchStore()
    {
        var hub = new HubIdentity(Guid.Parse("6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e"), "node-1", "06", "https://localhost:8443");
        _vault = DevelopmentVault.Open(Path.Combine(_folder, "keys"), hub.Id, create: true);
        Database = Directory.CreateDirectory(Path.Combine(_folder, "db")).FullName;
        Parts = new StoreParts(Database, hub, _vault, new RecordStoreOptions(), TimeProvider.System);
        _writer = new SqliteWriter(Database, 65_536);
    }

    public string Database { get; }

    public StoreParts Parts { get; }

    /// <summary>Type, id and patient of every resource in a patient's compartment.</summary>
    public List<(string Type, string Id, string Patient)> Resources { get; } = [];

    public SqliteReader Reader() => new(Database, 8_192);

    /// <summary>Adds patients of their own until so many resources are there. Two threads make and seal, this one writes.</summary>
    public void GrowTo(int resources, PatientGenerator generator)
    {
        using var sealedOnes = new BlockingCollection<(RecordStoreCorpus Corpus, List<PreparedCommit> Commits)>(PatientsAhead);
        using var enough = new CancellationTokenSource();
        var producers = Enumerable.Range(0, Producers).Select(_ => Task.Factory.StartNew(() => Produce(generator, sealedOnes, enough.Token), TaskCreationOptions.LongRunning)).ToArray();
        var begin = Stopwatch.GetTimestamp();
        var told = begin;
        while (Resources.Count < resources)
        {
            var (corpus, commits) = sealedOnes.Take();
            Write(corpus, commits);
            if (Stopwatch.GetElapsedTime(told) > TimeSpan.FromSeconds(5))
            {
                told = Stopwatch.GetTimestamp();
                Console.WriteLine($"  {Resources.Count:n0} of {resources:n0} resources, {_patients:n0} patients, {Stopwatch.GetElapsedTime(begin).TotalSeconds:n0} s");
            }
        }

        enough.Cancel();
        while (!Task.WaitAll(producers, 10))
        {
            while (sealedOnes.TryTake(out var unused))
            {
                unused.Commits.ForEach(c => c.Dispose());
            }
        }

        while (sealedOnes.TryTake(out var unused))
        {
            unused.Commits.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Adds one corpus.</summary>
    public void Add(RecordStoreCorpus corpus)
    {
        using var reader = Reader();
        Write(corpus, Seal(corpus, reader));
    }

    public void Dispose()
    {
        _writer.Dispose();
        Parts.Dispose();
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Produce(PatientGenerator generator, BlockingCollection<(RecordStoreCorpus, List<PreparedCommit>)> sealedOnes, CancellationToken enough)
    {
        using var reader = Reader();
        while (!enough.IsCancellationRequested)
        {
            var corpus = RecordStoreCorpus.OfOnePatient(generator, Interlocked.Increment(ref _patients), 1);
            sealedOnes.Add((corpus, Seal(corpus, reader)), CancellationToken.None);
        }
    }

    private List<PreparedCommit> Seal(RecordStoreCorpus corpus, SqliteReader reader) =>
        [.. corpus.Asks.Select(ask => Parts.Preparation.Prepare(reader, ask, new LogPosition("o", Interlocked.Increment(ref _commits), default), anew: false))];

    private void Write(RecordStoreCorpus corpus, List<PreparedCommit> commits)
    {
        foreach (var group in commits.Chunk(RequestsInGroup))
        {
            _writer.Begin();
            foreach (var commit in group)
            {
                _writer.BeginRequest();
                var result = new SqliteCommit(_writer.Rows, Parts.CommitSeal).Apply(commit);
                _writer.KeepRequest();
                if (result.Status != CommitStatus.Committed)
                {
                    throw new InvalidOperationException($"A commit ended as {result.Status}.");
                }
            }

            _writer.Commit();
            Array.ForEach(group, c => c.Dispose());
        }

        Resources.AddRange(corpus.Resources.Where(r => r.Patient == corpus.Resources[0].Patient && !CompartmentRule.IsDirectory(r.Type)));
    }
}
