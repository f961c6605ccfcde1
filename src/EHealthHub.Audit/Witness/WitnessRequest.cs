using System.Text;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Witness;

/// <summary>The body of an add-checkpoint request (C2SP tlog-witness): the size that the witness saw last, the proof that the log has only grown since, and the checkpoint.</summary>
internal sealed record WitnessRequest(long OldSize, IReadOnlyList<byte[]> Proof, string Text, Checkpoint Checkpoint)
{
    /// <summary>Most lines of proof.</summary>
    public const int ProofMax = 63;

    /// <summary>Longest body in bytes.</summary>
    public const int LengthMax = 64 * 1024;

    public static string Format(long oldSize, IEnumerable<byte[]> proof, string checkpoint)
    {
        var text = new StringBuilder().Append("old ").Append(oldSize).Append('\n');
        foreach (var hash in proof)
        {
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return text.Append('\n').Append(checkpoint).ToString();
    }

    /// <summary>Null for a body that is none.</summary>
    public static WitnessRequest? Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > LengthMax || StrictText.FromUtf8(body) is not { } text || text.IndexOf("\n\n", StringComparison.Ordinal) is not (>= 0 and var split)
            || Checkpoint.Parse(text[(split + 2)..]) is not { } checkpoint)
        {
            return null;
        }

        var lines = text[..split].Split('\n');
        if (lines.Length - 1 > ProofMax || !lines[0].StartsWith("old ", StringComparison.Ordinal) || !StrictText.TryDecimal(lines[0].AsSpan(4), out var oldSize))
        {
            return null;
        }

        var proof = new List<byte[]>(lines.Length - 1);
        foreach (var line in lines.AsSpan(1))
        {
            if (StrictText.FromBase64(line) is not { Length: MerkleHash.Size } hash)
            {
                return null;
            }

            proof.Add(hash);
        }

        return new WitnessRequest(oldSize, proof, text[(split + 2)..], checkpoint);
    }
}
