using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// Continuations of a search or history: sealed, since the place where a page ends may be a name or a date, and bound to the caller and the criteria, so that a page cannot be asked for by another (R4 3.1.0.14).
/// </summary>
public sealed class CursorCodec(DataKey key)
{
    /// <summary>Longest place, in bytes.</summary>
    public const int PlaceMax = 3_072;

    private const int TextMax = (PlaceMax + Sealer.Overhead) * 4 / 3 + 4;

    /// <summary>The cursor of a position.</summary>
    public string Write(Caller caller, string what, IReadOnlyList<KeyValuePair<string, string>> used, long position)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(place, position);
        return Write(caller, what, used, place);
    }

    /// <summary>The position of a cursor; null for one that was not made for this caller and these criteria.</summary>
    public long? Read(Caller caller, string what, IReadOnlyList<KeyValuePair<string, string>> used, string cursor) =>
        ReadPlace(caller, what, used, cursor) is { Length: sizeof(long) } place ? BinaryPrimitives.ReadInt64BigEndian(place) : null;

    /// <summary>The cursor of a place of at most <see cref="PlaceMax"/> bytes; <paramref name="what"/> names the interaction or the type.</summary>
    public string Write(Caller caller, string what, IReadOnlyList<KeyValuePair<string, string>> used, ReadOnlySpan<byte> place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place.Length, PlaceMax, nameof(place));
        return Base64Url.EncodeToString(Sealer.Seal(key, place, Binding(caller, what, used)));
    }

    /// <summary>The place of a cursor; null for one that was not made for this caller and these criteria.</summary>
    public byte[]? ReadPlace(Caller caller, string what, IReadOnlyList<KeyValuePair<string, string>> used, string cursor)
    {
        if (cursor.Length > TextMax)
        {
            return null;
        }

        // TryDecodeFromChars throws for characters outside the alphabet; DecodeFromChars says so.
        var bytes = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        if (Base64Url.DecodeFromChars(cursor, bytes, out _, out var written) != OperationStatus.Done || written < Sealer.Overhead)
        {
            return null;
        }

        var place = new byte[written - Sealer.Overhead];
        return Sealer.TryOpen(key, bytes.AsSpan(0, written), Binding(caller, what, used), place) ? place : null;
    }

    /// <summary>Hash over parts that each bear their length, so that no two different asks are bound alike.</summary>
    private static byte[] Binding(Caller caller, string what, IReadOnlyList<KeyValuePair<string, string>> used)
    {
        var text = new StringBuilder("cursor/2");
        foreach (var part in (IEnumerable<string>)[caller.Institution ?? "", caller.Person ?? "", caller.Purpose, what, .. used.SelectMany(u => new[] { u.Key, u.Value })])
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
