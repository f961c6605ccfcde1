using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;

namespace EHealthHub.Audit.Verify;

/// <summary>A leaf in a report, with what discloses it and its path to the root.</summary>
internal record ReportLeaf(long Index, byte[] Leaf, byte[] Account, List<byte[]> Proof);

/// <summary>A leaf that names the patient.</summary>
internal sealed record ReportPatientLeaf(long Index, byte[] Leaf, byte[] Account, List<byte[]> Proof, int Part, byte[] Patient) : ReportLeaf(Index, Leaf, Account, Proof);

/// <summary>A record of the heads, with its path to their root.</summary>
internal sealed record ReportRecord(long Position, byte[] Record, List<byte[]> Proof);

/// <summary>One log in a report.</summary>
internal sealed record ReportLog(string Origin, string Checkpoint, BlindName Name, ReportLeaf? Heads, IReadOnlyList<ReportRecord> Records, IReadOnlyList<ReportPatientLeaf> Leaves);

/// <summary>A patient's report as it was handed in: read, and not judged.</summary>
internal sealed record ReportFile(string Patient, DateTimeOffset Made, IReadOnlyList<ReportLog> Logs)
{
    /// <summary>Longest report that is read, in bytes.</summary>
    public const int LengthMax = 512 * 1024 * 1024;

    private const string Format = "EHealthHub patient report v1";
    private const int DepthMax = 8;

    /// <summary>Reads a report; null for a file that is none.</summary>
    public static ReportFile? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DepthMax });
            var root = document.RootElement;
            return root.GetProperty("format").GetString() == Format
                ? new ReportFile(Text(root, "patient"), root.GetProperty("made").GetDateTimeOffset(), [.. root.GetProperty("logs").EnumerateArray().Select(Log)])
                : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // What the framework says of a text that is no report.
            return null;
        }
    }

    private static ReportLog Log(JsonElement log) => new(
        Text(log, "origin"),
        Text(log, "checkpoint"),
        BlindName.Read(Bytes(log, "name", BlindName.Size)),
        log.TryGetProperty("heads", out var heads) ? new ReportLeaf(heads.GetProperty("index").GetInt64(), Leaf(heads), Secret(heads, "account"), Proof(heads)) : null,
        log.TryGetProperty("records", out var records) ? [.. records.EnumerateArray().Select(Record)] : [],
        [.. log.GetProperty("leaves").EnumerateArray().Select(PatientLeaf)]);

    private static ReportRecord Record(JsonElement record) => new(record.GetProperty("position").GetInt64(), Bytes(record, "record", HeadRecord.Size), Proof(record));

    private static ReportPatientLeaf PatientLeaf(JsonElement leaf) =>
        new(leaf.GetProperty("index").GetInt64(), Leaf(leaf), Secret(leaf, "account"), Proof(leaf), leaf.GetProperty("part").GetInt32(), Secret(leaf, "patient"));

    private static byte[] Leaf(JsonElement element) => element.GetProperty("leaf").GetBytesFromBase64();

    private static byte[] Secret(JsonElement element, string name) => Bytes(element, name, PartCipher.SecretSize);

    private static List<byte[]> Proof(JsonElement element) => [.. element.GetProperty("proof").EnumerateArray().Take(MerkleProof.LengthMax + 1).Select(hash => hash.GetBytesFromBase64())];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException();

    private static byte[] Bytes(JsonElement element, string name, int length) =>
        element.GetProperty(name).GetBytesFromBase64() is { } bytes && bytes.Length == length ? bytes : throw new FormatException();
}
