using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace EHealthHub.Audit.Proofs;

/// <summary>A witness's Ed25519 key: verifies cosignatures of checkpoints (C2SP tlog-cosignature, "Ed25519 signed message").</summary>
public sealed class CosignerKey
{
    private const byte CosignatureType = 0x04;
    private const int KeySize = 32;
    private const int SignatureSize = 8 + 64;

    private readonly byte[] _bytes;
    private readonly PublicKey? _key;

    /// <summary>From a name without spaces and plus signs, and the 32 bytes of RFC 8032.</summary>
    public CosignerKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!VerifierKey.IsName(name) || publicKey.Length != KeySize)
        {
            throw new ArgumentException("A witness has a name without spaces and '+', and a key of 32 bytes.", nameof(name));
        }

        (Name, _bytes) = (name, publicKey.ToArray());
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out _key);
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', CosignatureType, .. publicKey]));
    }

    /// <summary>Name in cosignature lines.</summary>
    public string Name { get; }

    /// <summary>First four bytes of SHA-256(name || newline || 0x04 || key).</summary>
    public uint Id { get; }

    /// <summary>Reads <c>name+id-hex+base64(0x04 || key)</c>; null for anything else.</summary>
    public static CosignerKey? Parse(string text) =>
        text.Split('+', 3) is [var name, var id, var key] && VerifierKey.IsName(name) && StrictText.FromBase64(key) is [CosignatureType, .. var bytes] && bytes.Length == KeySize
        && new CosignerKey(name, bytes) is var cosigner && id == cosigner.Id.ToString("x8", CultureInfo.InvariantCulture) ? cosigner : null;

    /// <summary>When this witness says that it saw the checkpoint; null when none of the note's lines is a cosignature of it that verifies.</summary>
    public DateTimeOffset? TimeOf(Checkpoint checkpoint)
    {
        foreach (var line in checkpoint.Note.Signatures)
        {
            if (line.Name != Name || line.KeyId != Id || line.Bytes.Length != SignatureSize || _key is null)
            {
                continue;
            }

            var seconds = BinaryPrimitives.ReadInt64BigEndian(line.Bytes.Span);
            if (seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && SignatureAlgorithm.Ed25519.Verify(_key, Message(seconds, checkpoint.Note.Text), line.Bytes.Span[8..]))
            {
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([CosignatureType, .. _bytes])}";

    /// <summary>What a witness signs.</summary>
    internal static byte[] Message(long seconds, string text) => Encoding.UTF8.GetBytes($"cosignature/v1\ntime {seconds}\n{text}");

    /// <summary>The cosignature's line, with its newline.</summary>
    internal string Line(long seconds, ReadOnlySpan<byte> signature)
    {
        var bytes = new byte[4 + SignatureSize];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Id);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(4), seconds);
        signature.CopyTo(bytes.AsSpan(12));
        return $"\u2014 {Name} {Convert.ToBase64String(bytes)}\n";
    }
}
