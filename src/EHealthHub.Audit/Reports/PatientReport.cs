using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Reports;

/// <summary>
/// A patient's report as a file (FORMAT.md, "Patient's report"): every leaf that names the patient, with what opens the patient's own part and the account in it and nothing else, where it stands in the tree, and what shows that none is
/// missing. <c>Verify/ReportVerifier</c> checks it with the logs' public keys alone.
/// </summary>
public static class PatientReport
{
    /// <summary>First line of what the file is.</summary>
    public const string Format = "EHealthHub patient report v1";

    /// <summary>Most entries of a report.</summary>
    public const int EntriesMax = 100_000;

    private static readonly JsonWriterOptions s_json = new() { Indented = false };

    /// <summary>
    /// Writes the report. Each log is reported as far as its checkpoint covers it; a log whose heads have never been written down and that this process writes does so first. Throws <see cref="InvalidDataException"/> for a log that is
    /// damaged or has more entries of the patient than a report holds.
    /// </summary>
    public static async Task Write(PatientTrail trail, string patient, Stream destination, TimeProvider time, CancellationToken cancellationToken)
    {
        await CoverLive(trail, cancellationToken).ConfigureAwait(false);
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer, s_json);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("patient", PatientPart.Fit(patient));
        json.WriteString("made", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        json.WriteStartArray("logs");
        var logs = trail.Logs().ToList();
        var ends = logs.Select(log => new FolderReader(log.Folder).Read(LogFolder.Predecessor, PredecessorFile.LengthMax)).OfType<byte[]>().Select(bytes => PredecessorFile.Read(bytes)).OfType<LogEnd>().ToList();
        foreach (var (folder, key) in logs)
        {
            await WriteLog(json, buffer, destination, trail, folder, key, ends, patient, cancellationToken).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await Flush(json, buffer, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A young log has no heads yet: then they are few, and writing them down is quick.</summary>
    private static async Task CoverLive(PatientTrail trail, CancellationToken cancellationToken)
    {
        if (trail.Live is { } live && live.HeadsIndex < 0)
        {
            var index = await live.WriteHeads(cancellationToken).ConfigureAwait(false);
            while (live.CheckpointSize <= index && live.Fault is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteLog(
        Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, Stream destination, PatientTrail trail, string folder, IEntryKey key, List<LogEnd> ends, string patient, CancellationToken cancellationToken)
    {
        var reader = LogReader.Open(folder);
        var walk = new ChainWalk(reader, key, patient);
        var last = trail.HeadIn(folder, reader, key, walk.Name, patient, cancellationToken);
        var headsReader = new HeadsReader(folder, reader, key);
        var heads = headsReader.Newest(cancellationToken);
        var proofs = reader.Prover();
        json.WriteStartObject();
        json.WriteString("origin", reader.Origin);
        json.WriteString("checkpoint", proofs.Checkpoint);
        json.WriteBase64String("name", Bytes(walk.Name));
        if (ends.Find(end => end.Origin == reader.Origin) is { } ended)
        {
            // The log that follows states the heads.
            WriteRecords(json, headsReader.AtEnd(ended) ?? throw new InvalidDataException($"{reader.Origin}: the heads as of its end are missing."), walk.Name);
        }
        else if (heads is not null)
        {
            json.WriteStartObject("heads");
            WriteLeaf(json, key, heads.Index, heads.Leaf, proofs);
            json.WriteEndObject();
            WriteRecords(json, heads.File, walk.Name);
        }

        json.WriteStartArray("leaves");
        var count = 0;
        for (walk.Begin(last); walk.Current is { } entry; walk.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Index >= proofs.Size)
            {
                continue;
            }

            if (++count > EntriesMax)
            {
                throw new InvalidDataException($"{reader.Origin}: the patient has more than {EntriesMax} entries.");
            }

            json.WriteStartObject();
            WriteLeaf(json, key, entry.Index, walk.Leaf.Span, proofs);
            json.WriteNumber("part", walk.Number);
            WriteSecret(json, "patient", key, walk.Leaf.Span, LeafLayout.FirstPatient + walk.Number);
            json.WriteEndObject();
            await Flush(json, buffer, destination, cancellationToken).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await Flush(json, buffer, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The patient's record, or the two between which it would stand, with their paths to the root of the heads.</summary>
    private static void WriteRecords(Utf8JsonWriter json, HeadsFile file, BlindName name)
    {
        json.WriteStartArray("records");
        var position = file.PositionOf(name);
        var isThere = position < file.Header.Count && file.At(position).Name == name;
        for (var at = isThere ? position : Math.Max(0, position - 1); at < file.Header.Count && at <= position; at++)
        {
            var bytes = new byte[HeadRecord.Size];
            file.At(at).Write(bytes);
            json.WriteStartObject();
            json.WriteNumber("position", at);
            json.WriteBase64String("record", bytes);
            WriteProof(json, MerkleProof.Inclusion(at, file.Header.Count, file));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLeaf(Utf8JsonWriter json, IEntryKey key, long index, ReadOnlySpan<byte> leaf, LogProofs proofs)
    {
        json.WriteNumber("index", index);
        json.WriteBase64String("leaf", leaf);
        WriteSecret(json, "account", key, leaf, LeafLayout.Account);
        WriteProof(json, proofs.Inclusion(index));
    }

    private static void WriteSecret(Utf8JsonWriter json, string name, IEntryKey key, ReadOnlySpan<byte> leaf, int number)
    {
        Span<byte> secret = stackalloc byte[PartCipher.SecretSize];
        EntryEnvelope.SecretOf(key, leaf, number, secret);
        json.WriteBase64String(name, secret);
    }

    private static void WriteProof(Utf8JsonWriter json, List<byte[]> proof)
    {
        json.WriteStartArray("proof");
        foreach (var hash in proof)
        {
            json.WriteBase64StringValue(hash);
        }

        json.WriteEndArray();
    }

    private static byte[] Bytes(BlindName name)
    {
        var bytes = new byte[BlindName.Size];
        name.Write(bytes);
        return bytes;
    }

    private static async Task Flush(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, Stream destination, CancellationToken cancellationToken)
    {
        json.Flush();
        await destination.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        buffer.ResetWrittenCount();
    }
}
