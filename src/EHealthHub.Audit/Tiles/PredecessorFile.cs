using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>The file in which a log keeps how the log before it ended: origin, size, root, patients and root of the heads, a line each. It is written when the log begins; the log's entries of kind Heads repeat it.</summary>
internal static class PredecessorFile
{
    public const int LengthMax = 1_024;

    public static byte[] Write(LogEnd end) =>
        Encoding.UTF8.GetBytes($"{end.Origin}\n{end.Size}\n{Convert.ToBase64String(end.Root.Span)}\n{end.Patients}\n{Convert.ToBase64String(end.HeadsRoot.Span)}\n");

    /// <summary>Null for anything but what <see cref="Write"/> writes.</summary>
    public static LogEnd? Read(ReadOnlySpan<byte> bytes) =>
        StrictText.FromUtf8(bytes)?.Split('\n') is [var origin, var size, var root, var patients, var heads, ""] && LogFolder.IsOrigin(origin)
        && StrictText.TryDecimal(size, out var entries) && StrictText.TryDecimal(patients, out var count)
        && StrictText.FromBase64(root) is { Length: MerkleHash.Size } rootHash && StrictText.FromBase64(heads) is { Length: MerkleHash.Size } headsRoot
            ? new LogEnd(origin, entries, rootHash, count, headsRoot)
            : null;
}
