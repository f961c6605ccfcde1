using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>Continuations of a search: opaque, authenticated with HMAC-SHA-256, and bound to the caller and the criteria, so that a page cannot be asked for by another (R4 3.1.0.14).</summary>
public sealed class CursorCodec(DataKey key)
{
    private const int TagSize = 16;

    /// <summary>The cursor of a position.</summary>
    public string Write(Caller caller, string type, IReadOnlyList<KeyValuePair<string, string>> used, long position)
    {
        Span<byte> cursor = stackalloc byte[sizeof(long) + TagSize];
        BinaryPrimitives.WriteInt64BigEndian(cursor, position);
        Tag(caller, type, used, position, cursor[sizeof(long)..]);
        return Base64Url.EncodeToString(cursor);
    }

    /// <summary>The position of a cursor; null for one that was not made for this caller and these criteria.</summary>
    public long? Read(Caller caller, string type, IReadOnlyList<KeyValuePair<string, string>> used, string cursor)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + TagSize];
        // TryDecodeFromChars throws for characters outside the alphabet; DecodeFromChars says so.
        if (cursor.Length > 64 || Base64Url.DecodeFromChars(cursor, bytes, out _, out var written) != OperationStatus.Done || written != bytes.Length)
        {
            return null;
        }

        var position = BinaryPrimitives.ReadInt64BigEndian(bytes);
        Span<byte> expected = stackalloc byte[TagSize];
        Tag(caller, type, used, position, expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[sizeof(long)..]) ? position : null;
    }

    private void Tag(Caller caller, string type, IReadOnlyList<KeyValuePair<string, string>> used, long position, Span<byte> tag)
    {
        // Every part is length-prefixed, so that no two different cursors are authenticated over the same text.
        var text = new StringBuilder();
        foreach (var part in (IEnumerable<string>)[caller.Institution ?? "", caller.Person ?? "", caller.Purpose, type, .. used.SelectMany(u => new[] { u.Key, u.Value })])
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        text.Append('@').Append(position);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes(text.ToString()), full);
        full[..TagSize].CopyTo(tag);
    }
}
