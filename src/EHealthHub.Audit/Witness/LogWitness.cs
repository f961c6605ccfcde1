using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Witness;

/// <summary>What a witness answers.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The cosignature's line, the size that is on record, or why not.</param>
public sealed record WitnessAnswer(int Status, string ContentType, string Body);

/// <summary>
/// A witness (C2SP tlog-witness, add-checkpoint): cosigns a checkpoint only when the log has done nothing but grow since the last one that it cosigned, and keeps that durably before it signs, so that no crash makes it sign two histories.
/// A checkpoint of another history that the log's key signed is kept as evidence. Thread-safe; one process for each folder.
/// </summary>
public sealed class LogWitness : IDisposable
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string SizeText = "text/x.tlog.size";
    private const string EvidenceFolder = "evidence";

    private readonly DiskFiles _files;
    private readonly DurableFiles _durable;
    private readonly IDisposable _lock;
    private readonly Func<string, byte[]?> _logKeys;
    private readonly ICheckpointSigner _signer;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    /// <summary>
    /// Keeps what it saw in <paramref name="folder"/>. <paramref name="logKeys"/> gives the 32-byte Ed25519 key of a log, or null for a log that it does not know. The key of <paramref name="signer"/> signs nothing but cosignatures. Throws
    /// <see cref="IOException"/> for a folder that another process holds.
    /// </summary>
    public LogWitness(string folder, Func<string, byte[]?> logKeys, ICheckpointSigner signer, TimeProvider time)
    {
        (_logKeys, _signer, _time) = (logKeys, signer, time);
        Key = new CosignerKey(signer.Name, signer.PublicKey);
        _files = new DiskFiles(folder);
        _lock = _files.Lock(LogFolder.Lock);
        _durable = new DurableFiles(_files);
        _durable.DeleteNew();
    }

    /// <summary>The key of its cosignatures.</summary>
    public CosignerKey Key { get; }

    /// <summary>Longest body that <see cref="AddCheckpoint"/> reads, in bytes.</summary>
    public static int BodyMax => WitnessRequest.LengthMax;

    /// <summary>The last checkpoint of a log that it cosigned, as text; null when it has seen none.</summary>
    public string? Seen(string origin)
    {
        lock (_gate)
        {
            return Read(origin);
        }
    }

    /// <summary>Answers a request. Throws <see cref="IOException"/> when what it saw cannot be kept: then nothing is signed.</summary>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> body)
    {
        if (WitnessRequest.Parse(body) is not { } request)
        {
            return Refuse(400, "The request is not one of add-checkpoint.");
        }

        if (!LogFolder.IsOrigin(request.Checkpoint.Origin) || _logKeys(request.Checkpoint.Origin) is not { } key)
        {
            return Refuse(404, "The log is not known here.");
        }

        if (!request.Checkpoint.Note.IsSignedBy(new VerifierKey(request.Checkpoint.Origin, key)))
        {
            return Refuse(403, "The checkpoint is not signed by the log's key.");
        }

        if (request.OldSize > request.Checkpoint.Size)
        {
            return Refuse(400, "The old size is beyond the checkpoint's.");
        }

        lock (_gate)
        {
            return Decide(request);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private WitnessAnswer Decide(WitnessRequest request)
    {
        var checkpoint = request.Checkpoint;
        var seen = Read(checkpoint.Origin) is { } text ? Checkpoint.Parse(text) ?? throw new InvalidDataException($"{checkpoint.Origin}: what the witness saw last is damaged.") : null;
        var (size, root) = seen is null ? (0, MerkleHash.EmptyRoot()) : (seen.Size, seen.Root);
        if (request.OldSize != size)
        {
            if (size == checkpoint.Size && !checkpoint.Root.Span.SequenceEqual(root.Span))
            {
                Accuse(request);
            }

            return new WitnessAnswer(409, SizeText, $"{size}\n");
        }

        if (!MerkleProof.CheckConsistency(size, root.Span, checkpoint.Size, checkpoint.Root.Span, request.Proof))
        {
            Accuse(request);
            return size == checkpoint.Size && request.Proof.Count == 0 ? new WitnessAnswer(409, SizeText, $"{size}\n") : Refuse(422, "The log is not the one that was seen before, grown.");
        }

        // First on the disk, then signed: a crash in between leaves a checkpoint that is true, and that nobody has a cosignature of.
        _durable.Replace(NameOf(checkpoint.Origin), Encoding.UTF8.GetBytes(request.Text));
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        return new WitnessAnswer(200, PlainText, Key.Line(seconds, _signer.Sign(CosignerKey.Message(seconds, checkpoint.Note.Text))));
    }

    /// <summary>Keeps the first checkpoint of another history: with the one that was seen, both signed by the log's key, it shows anybody what the log did. A proof that was only made wrongly leaves one that convicts nobody.</summary>
    private void Accuse(WitnessRequest request)
    {
        var path = $"{EvidenceFolder}/{NameOf(request.Checkpoint.Origin)}";
        if (_files.Read(path, SignedNote.LengthMax) is null)
        {
            _durable.Replace(path, Encoding.UTF8.GetBytes(request.Text));
        }
    }

    private string? Read(string origin) => _files.Read(NameOf(origin), SignedNote.LengthMax) is { } bytes
        ? StrictText.FromUtf8(bytes) ?? throw new InvalidDataException($"{origin}: what the witness saw last is damaged.")
        : null;

    private static string NameOf(string origin) => LogFolder.NameOf(origin) + ".checkpoint";

    private static WitnessAnswer Refuse(int status, string why) => new(status, PlainText, why + "\n");
}
