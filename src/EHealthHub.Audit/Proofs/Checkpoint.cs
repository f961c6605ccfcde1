namespace EHealthHub.Audit.Proofs;

/// <summary>A log's tree head: origin, size, root (C2SP tlog-checkpoint). Says nothing until its note's signature has been verified.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Number of leaves.</param>
/// <param name="Root">Root hash, 32 bytes.</param>
/// <param name="Note">The signed note that holds it.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root, SignedNote Note)
{
    /// <summary>Reads a checkpoint with its signatures; null when it is none. Extension lines are allowed and carry nothing for us.</summary>
    public static Checkpoint? Parse(string text)
    {
        if (SignedNote.Parse(text) is not { } note)
        {
            return null;
        }

        var lines = note.Text[..^1].Split('\n');
        return lines.Length >= 3 && Array.TrueForAll(lines, line => line.Length > 0)
            && StrictText.TryDecimal(lines[1], out var size) && StrictText.FromBase64(lines[2]) is { Length: MerkleHash.Size } root
            ? new Checkpoint(lines[0], size, root, note)
            : null;
    }

    /// <summary>The text that the log signs.</summary>
    internal static string Body(string origin, long size, ReadOnlySpan<byte> root) => $"{origin}\n{size}\n{Convert.ToBase64String(root)}\n";
}
