using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Reports;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;

namespace EHealthHub.Audit.Tests.Reports;

/// <summary>Logs with several patients, reports of them, and what an attacker who has the log's keys would do.</summary>
internal sealed class Hospital : IDisposable
{
    public const string Next = "ehealthhub/06/node-1/0a1b2c3d/2027H1";

    public const string Ayse = "0193b2a4-0000-7000-8000-00000000000a";
    public const string Bora = "0193b2a4-0000-7000-8000-00000000000b";
    public const string Nobody = "0193b2a4-0000-7000-8000-0000000000ff";

    private readonly TestSigner _nextSigner = new(Next);
    private readonly TestEntryKey _nextKey = new();

    public TestLog Test { get; } = new();

    public Dictionary<string, byte[]> Keys { get; private set; } = [];

    public static AuditEntry Visit(params string[] patients) => TestLog.Entry("") with { Patients = [.. patients], Time = TimeProvider.System.GetUtcNow() };

    public AuditLog Open()
    {
        Keys[TestLog.Origin] = Test.Signer.PublicKey;
        return Test.Open();
    }

    /// <summary>Ends the log, and opens the next.</summary>
    public async Task<AuditLog> OpenNext()
    {
        Keys[Next] = _nextSigner.PublicKey;
        var before = LogFolder.LastBefore(Test.Folder, Next, _ => true);
        var end = before is null ? null : await AuditLog.End(Test.Options, Test.EntryKey, Test.Signer, TimeProvider.System, default);
        return AuditLog.Open(Test.Options with { Origin = Next, Predecessor = end }, _nextKey, _nextSigner, TimeProvider.System);
    }

    public IEntryKey KeyOf(string origin) => origin == Next ? _nextKey : Test.EntryKey;

    public PatientTrail Trail(AuditLog? live = null) => new(Test.Folder, KeyOf, live);

    /// <summary>A report from the files alone, as it stands.</summary>
    public async Task<JsonObject> Report(string patient, AuditLog? live = null)
    {
        using var stream = new MemoryStream();
        await PatientReport.Write(Trail(live), patient, stream, TimeProvider.System, default);
        return (JsonObject)JsonNode.Parse(stream.ToArray())!;
    }

    public ReportFinding Check(JsonObject report, params string[] receipts) =>
        ReportVerifier.Check(System.Text.Encoding.UTF8.GetBytes(report.ToJsonString()), new ReportCheckOptions { PublicKeys = Keys, Receipts = receipts });

    public static JsonArray Leaves(JsonObject report, int log = 0) => (JsonArray)report["logs"]![log]!["leaves"]!;

    /// <summary>Writes leaves with made-up places into a log that is closed, as somebody could who has its keys.</summary>
    public void Forge(params (string Patient, long Sequence, long Previous)[] leaves)
    {
        var files = new DiskFiles(Test.LogFolderPath);
        var found = Recovery.Run(files, TestLog.Origin, new VerifierKey(TestLog.Origin, Test.Signer.PublicKey));
        var headsIndex = new HeadsRecovery(files, TestLog.Origin, found.Tail, Test.EntryKey).Run().Table.HeadsIndex;
        var sealer = new LeafSealer(Test.EntryKey, TestLog.Origin, new HeadTable(HeadsFile.Empty, [], 0, -1));
        using var journal = new JournalWriter(files, TestLog.Origin, found.Segments, found.Tail.End, found.Chain, JournalWriter.SegmentBytesMax, 0);
        journal.Start();
        foreach (var (patient, sequence, previous) in leaves)
        {
            var draft = sealer.Seal(Visit(patient))[0];
            draft.Place(0, new Head(sequence - 1, previous), headsIndex);
            draft.Finish();
            journal.Append([draft]);
        }
    }

    public void Dispose()
    {
        _nextSigner.Dispose();
        Test.Dispose();
    }
}
