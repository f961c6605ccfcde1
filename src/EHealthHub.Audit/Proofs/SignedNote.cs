using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Audit.Proofs;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="KeyId">Its id.</param>
/// <param name="Bytes">The signature.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes);

/// <summary>A text with signature lines (C2SP signed-note). Parsed strictly: a note has one spelling.</summary>
public sealed class SignedNote
{
    /// <summary>Longest note that is read, in characters.</summary>
    public const int LengthMax = 128 * 1024;

    /// <summary>Most signature lines that are read.</summary>
    public const int SignaturesMax = 64;

    private const string Dash = "\u2014 ";

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed, with its last newline.</summary>
    public string Text { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Reads a note; null when it is none.</summary>
    public static SignedNote? Parse(string note)
    {
        var split = note.Length <= LengthMax ? note.LastIndexOf("\n\n", StringComparison.Ordinal) : -1;
        if (split < 0 || split + 2 == note.Length || !note.EndsWith('\n') || note.Any(c => c < ' ' && c != '\n'))
        {
            return null;
        }

        var lines = note[(split + 2)..^1].Split('\n');
        if (lines.Length > SignaturesMax)
        {
            return null;
        }

        var signatures = new List<NoteSignature>(lines.Length);
        foreach (var line in lines)
        {
            if (SignatureOf(line) is not { } signature)
            {
                return null;
            }

            signatures.Add(signature);
        }

        return new SignedNote(note[..(split + 1)], signatures);
    }

    /// <summary>Whether the key signed. A line that bears the key's name and id and does not verify spoils the whole note; unknown lines are passed over.</summary>
    public bool IsSignedBy(VerifierKey key)
    {
        var text = Encoding.UTF8.GetBytes(Text);
        var lines = Signatures.Where(line => line.Name == key.Name && line.KeyId == key.Id).ToList();
        return lines.Count > 0 && lines.TrueForAll(line => key.Verify(text, line.Bytes.Span));
    }

    /// <summary>The note with one signature line.</summary>
    internal static string Format(string text, VerifierKey key, ReadOnlySpan<byte> signature)
    {
        var bytes = new byte[4 + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, key.Id);
        signature.CopyTo(bytes.AsSpan(4));
        return $"{text}\n{Dash}{key.Name} {Convert.ToBase64String(bytes)}\n";
    }

    private static NoteSignature? SignatureOf(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal))
        {
            return null;
        }

        var parts = line[Dash.Length..].Split(' ');
        return parts.Length == 2 && VerifierKey.IsName(parts[0]) && StrictText.FromBase64(parts[1]) is { Length: > 4 } bytes
            ? new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4))
            : null;
    }
}
