using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>
/// Opens every record of a hub that is stopped, of a copy, or of one that runs, and makes everything again that can be made again: hashes, chains, manifests, facts from bodies, tokens from facts, commits against the audit log.
/// Needs the vault; writes nothing, and what it opens stays in memory.
/// </summary>
public static class RecordsVerifier
{
    /// <summary>
    /// Verifies <c>folder/db</c>. <paramref name="outcomes"/>: all write outcomes of all of the hub's logs, or null to leave the log out. <paramref name="progress"/> counts versions.
    /// Throws <see cref="RecordsUnavailableException"/> when there is nothing to verify; whatever is wrong with what is there is a problem in the report.
    /// </summary>
    public static RecordsReport Verify(
        string folder, HubIdentity hub, IKeyVault vault, IEnumerable<CommitOutcome>? outcomes, IProgress<long>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        Verify(folder, Path.Combine(folder, "db"), hub, vault, outcomes, progress, time, cancellationToken);

    /// <summary>As above, where the table of keys lies in <paramref name="keysFolder"/>, apart from the records, as in a backup.</summary>
    public static RecordsReport Verify(
        string folder, string keysFolder, HubIdentity hub, IKeyVault vault, IEnumerable<CommitOutcome>? outcomes, IProgress<long>? progress, TimeProvider? time, CancellationToken cancellationToken)
    {
        var database = Path.Combine(folder, "db");
        var running = IsRunning(database);
        var findings = new Findings();
        using var seal = new CommitSeal(vault);
        using var results = new RequestResults(vault, hub);
        VerifiedDatabase? records = null;
        VerifiedDatabase? keys = null;
        VerifiedDatabase? contents = null;
        try
        {
            // What the log tells of is read first: what it tells of then must be in the database, while the reverse may still be on its way.
            var told = new List<CommitOutcome>(outcomes ?? []);
            findings.Guard(SqliteDatabase.KeysFile, () => keys = VerifiedDatabase.Open(Path.Combine(keysFolder, SqliteDatabase.KeysFile), running));
            findings.Guard(SqliteDatabase.RecordsFile, () => records = VerifiedDatabase.Open(Path.Combine(database, SqliteDatabase.RecordsFile), running));
            if (File.Exists(Path.Combine(database, SqliteDatabase.ContentsFile)))
            {
                findings.Guard(SqliteDatabase.ContentsFile, () => contents = VerifiedDatabase.Open(Path.Combine(database, SqliteDatabase.ContentsFile), running));
            }

            if (records is null || keys is null)
            {
                return new RecordsReport(0, 0, 0, 0, findings.All);
            }

            findings.Guard(SqliteDatabase.KeysFile, () => keys.CheckStructure(SqliteDatabase.KeysFile, SqliteSchema.Shipped("keys"), SqliteSchema.KeysApplication, findings));
            findings.Guard(SqliteDatabase.RecordsFile, () => records.CheckStructure(SqliteDatabase.RecordsFile, SqliteSchema.Shipped("records"), SqliteSchema.RecordsApplication, findings));
            findings.Guard(SqliteDatabase.ContentsFile, () => contents?.CheckStructure(SqliteDatabase.ContentsFile, SqliteSchema.Shipped("contents"), SqliteSchema.ContentsApplication, findings));
            RecordsReport? report = null;
            findings.Guard(SqliteDatabase.RecordsFile, () =>
            {
                SqliteDatabase.Run(records.Connection, "BEGIN");
                report = Check(records, keys, contents, running, hub, vault, seal, results, outcomes is null ? null : told, findings, progress, time ?? TimeProvider.System, cancellationToken);
            });
            return report ?? new RecordsReport(0, 0, 0, 0, findings.All);
        }
        finally
        {
            records?.Dispose();
            keys?.Dispose();
            contents?.Dispose();
        }
    }

    private static RecordsReport Check(
        VerifiedDatabase records, VerifiedDatabase keys, VerifiedDatabase? contents, bool running, HubIdentity hub, IKeyVault vault, CommitSeal seal, RequestResults results, List<CommitOutcome>? told, Findings findings, IProgress<long>? progress, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var national = new NationalTokens(vault);
        using var parties = new Parties(hub, national, vault);
        using var cache = new DataKeyCache(new DataKeyCacheOptions { KeysMax = 1_000 }, time);
        using var table = new SqliteKeys(keys.Connection);
        using var ring = new KeyRing(hub, vault, table, cache);
        using var sealer = new RecordSealer();
        var compartments = new Compartments(hub, national, ring);
        var commits = new CommitChecks(records, seal, results, findings);
        commits.Listen(told ?? []);
        findings.Guard("commit_log", () => commits.Check(told is not null, cancellationToken));
        findings.Guard("wrapped_key", () => CheckKeys(keys, ring, findings));
        var names = new Dictionary<int, string>();
        findings.Guard("party", () => ReadParties(records, parties, findings, names));
        using var generationSeal = new GenerationSeal(vault, hub);
        var generations = VerifiedGenerations.Read(records, generationSeal, hub, findings);
        using var cases = new CaseSeal(vault, hub);
        var erased = new ErasedChecks(records, keys, cases, commits, findings);
        findings.Guard("patient_case", erased.Check);
        using var index = new IndexChecks(records, national, compartments, ring, generations, erased, findings);
        using var beside = new ContentChecks(records, contents, hub, ring, findings);
        var resources = new ResourceChecks(generations, national, sealer, new Opener(hub, national, ring, sealer), beside, findings);
        using var checks = new CompartmentChecks(records, compartments, ring, resources, commits, index, beside, erased, findings, names);
        findings.Guard("compartment", () => checks.CheckAll(progress, cancellationToken));
        findings.Guard(SqliteDatabase.RecordsFile, () => index.CheckOrphans(records, checks.Versions + checks.Shredded));
        findings.Guard(SqliteDatabase.ContentsFile, () => beside.CheckOrphans(running));
        commits.Finish();
        progress?.Report(checks.Versions);
        return new RecordsReport(checks.Compartments, checks.Versions, commits.Commits, commits.OpenCommits, findings.All) { Shredded = checks.Shredded };
    }

    private static void CheckKeys(VerifiedDatabase keys, KeyRing ring, Findings findings)
    {
        using var rows = keys.Prepare("SELECT handle, epoch, kek, wrapped FROM wrapped_key");
        while (rows.Step())
        {
            using var key = ring.Unwrap(rows.Sixteen(0), new WrappedKey(rows.Int(1), rows.Int(2), rows.Blob(3).ToArray()));
            if (key is null)
            {
                findings.Add("wrapped_key", "A key does not unwrap: it was changed, or belongs to another compartment, epoch or hub.");
            }
        }
    }

    private static void ReadParties(VerifiedDatabase records, Parties parties, Findings findings, Dictionary<int, string> names)
    {
        using var rows = records.Prepare("SELECT ref, handle, name FROM party");
        while (rows.Step())
        {
            if (parties.Open(rows.Sixteen(1), rows.Blob(2)) is { } name)
            {
                names[rows.Int(0)] = name;
            }
            else
            {
                findings.Add("party", FormattableString.Invariant($"The name of submitter {rows.Int(0)} is not what the hub wrote."));
            }
        }
    }

    /// <summary>A running hub holds its lock; a stopped one, or a copy, does not.</summary>
    private static bool IsRunning(string database)
    {
        var path = Path.Combine(database, "lock");
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
