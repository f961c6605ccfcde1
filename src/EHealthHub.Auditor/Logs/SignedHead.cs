using EHealthHub.Audit.Proofs;

namespace EHealthHub.Auditor.Logs;

/// <summary>A checkpoint whose signature was verified, and its text as signed.</summary>
internal sealed record SignedHead(string Text, Checkpoint Head)
{
    /// <summary>Number of entries under it.</summary>
    public long Size => Head.Size;

    /// <summary>Root, lower-case hex.</summary>
    public string Root => Convert.ToHexStringLower(Head.Root.Span);

    /// <summary>Reads a checkpoint of a log; null when it is none, another log's, or not signed by the key.</summary>
    public static SignedHead? Parse(string text, VerifierKey key) =>
        Checkpoint.Parse(text) is { } head && head.Origin == key.Name && head.Note.IsSignedBy(key) ? new SignedHead(text, head) : null;
}
