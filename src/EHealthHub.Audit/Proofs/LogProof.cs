using System.Text;

namespace EHealthHub.Audit.Proofs;

/// <summary>Proof that an entry stands in a log, as text (C2SP tlog-proof v1).</summary>
/// <param name="Index">Index of the entry.</param>
/// <param name="Hashes">Inclusion proof, from the leaf up.</param>
/// <param name="Checkpoint">The checkpoint that covers it.</param>
internal sealed record LogProof(long Index, IReadOnlyList<byte[]> Hashes, Checkpoint Checkpoint)
{
    private const string FirstLine = "c2sp.org/tlog-proof@v1";

    /// <summary>Writes the text.</summary>
    public static string Format(long index, IEnumerable<byte[]> hashes, string checkpoint)
    {
        var text = new StringBuilder().Append(FirstLine).Append("\nindex ").Append(index).Append('\n');
        foreach (var hash in hashes)
        {
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return text.Append('\n').Append(checkpoint).ToString();
    }

    /// <summary>Reads the text; null when it is no proof. An extra line is allowed and passed over: nothing authenticates it.</summary>
    public static LogProof? Parse(string text)
    {
        var split = text.Length <= SignedNote.LengthMax ? text.IndexOf("\n\n", StringComparison.Ordinal) : -1;
        if (split < 0 || Proofs.Checkpoint.Parse(text[(split + 2)..]) is not { } checkpoint)
        {
            return null;
        }

        var lines = text[..split].Split('\n');
        var next = 1;
        if (lines.Length > 1 && lines[1].StartsWith("extra ", StringComparison.Ordinal))
        {
            if (StrictText.FromBase64(lines[1].AsSpan(6)) is null)
            {
                return null;
            }

            next = 2;
        }

        if (lines[0] != FirstLine || lines.Length <= next || lines.Length - next - 1 > MerkleProof.LengthMax
            || !lines[next].StartsWith("index ", StringComparison.Ordinal) || !StrictText.TryDecimal(lines[next].AsSpan(6), out var index))
        {
            return null;
        }

        var hashes = new List<byte[]>();
        foreach (var line in lines.AsSpan(next + 1))
        {
            if (StrictText.FromBase64(line) is not { Length: MerkleHash.Size } hash)
            {
                return null;
            }

            hashes.Add(hash);
        }

        return new LogProof(index, hashes, checkpoint);
    }
}
