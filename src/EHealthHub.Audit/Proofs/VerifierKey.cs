using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace EHealthHub.Audit.Proofs;

/// <summary>An Ed25519 key that verifies signed notes: name and 32 bytes (C2SP signed-note, "Verifier keys").</summary>
public sealed class VerifierKey
{
    /// <summary>Signature type of plain Ed25519 over the note's text.</summary>
    internal const byte Ed25519Type = 0x01;

    private readonly byte[] _bytes;
    private readonly NSec.Cryptography.PublicKey? _key;

    /// <summary>From a name without spaces and plus signs, and the 32 bytes of RFC 8032.</summary>
    public VerifierKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
        {
            throw new ArgumentException("A key name is not empty and has neither spaces nor '+'.", nameof(name));
        }

        if (publicKey.Length != 32)
        {
            throw new ArgumentException("An Ed25519 public key has 32 bytes.", nameof(publicKey));
        }

        Name = name;
        _bytes = publicKey.ToArray();

        // Bytes that are no point on the curve verify nothing, which is what the caller will be told then.
        NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out _key);
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey]));
    }

    /// <summary>Name in signature lines: the log's origin.</summary>
    public string Name { get; }

    /// <summary>First four bytes of SHA-256(name || newline || 0x01 || key).</summary>
    public uint Id { get; }

    /// <summary>The 32 bytes of the key.</summary>
    public byte[] PublicKey => (byte[])_bytes.Clone();

    /// <summary>Reads <c>name+id-hex+base64(0x01 || key)</c>; null for anything else.</summary>
    public static VerifierKey? Parse(string text) =>
        text.Split('+', 3) is [var name, var id, var key] && IsName(name) && StrictText.FromBase64(key) is [Ed25519Type, .. var bytes] && bytes.Length == 32
        && new VerifierKey(name, bytes) is var verifier && id == verifier.Id.ToString("x8", System.Globalization.CultureInfo.InvariantCulture) ? verifier : null;

    /// <summary>Whether the 64-byte signature over the text is this key's.</summary>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        _key is not null && signature.Length == 64 && SignatureAlgorithm.Ed25519.Verify(_key, text, signature);

    /// <summary><c>name+id-hex+base64(type || key)</c>.</summary>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519Type, .. _bytes])}";

    /// <summary>Whether a text can be a key's name.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');
}
