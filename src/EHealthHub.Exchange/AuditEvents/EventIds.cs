using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>What an event's id stands for.</summary>
/// <param name="Log">First bytes of a hash of the log's origin (<see cref="EventIds.LogOf"/>).</param>
/// <param name="Index">The entry.</param>
/// <param name="Ordinal">Which of the entry's patients; 0 also where there is none.</param>
internal readonly record struct EventPlace(ulong Log, long Index, int Ordinal);

/// <summary>
/// Ids of events: the same event has the same id at every gateway of the hub and at every time, and nobody without the key learns from one where in which log it stands, or can make up another. A synthetic-IV construction over HMAC-SHA-256:
/// the first 12 bytes are a tag over the place, the other 18 the place under a key stream of the tag; 60 hex digits.
/// </summary>
internal sealed class EventIds : IDisposable
{
    private const int TagSize = 12;
    private const int PlaceSize = sizeof(ulong) + sizeof(long) + sizeof(ushort);
    private const int Size = TagSize + PlaceSize;

    private readonly Prf _tag;
    private readonly Prf _stream;

    /// <summary>Under keys derived from <paramref name="key"/>.</summary>
    public EventIds(DataKey key)
    {
        _tag = new Prf(key, "audit event id tag");
        _stream = new Prf(key, "audit event id stream");
    }

    /// <summary>What stands for a log in a place.</summary>
    public static ulong LogOf(string origin) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>The id of a place.</summary>
    public string Write(EventPlace place)
    {
        Span<byte> id = stackalloc byte[Size];
        var plain = id[TagSize..];
        BinaryPrimitives.WriteUInt64BigEndian(plain, place.Log);
        BinaryPrimitives.WriteInt64BigEndian(plain[sizeof(ulong)..], place.Index);
        BinaryPrimitives.WriteUInt16BigEndian(plain[(sizeof(ulong) + sizeof(long))..], checked((ushort)place.Ordinal));
        Tag(plain, id);
        Mask(id);
        return Convert.ToHexStringLower(id);
    }

    /// <summary>The place of an id; false for a text that is none of the hub's ids.</summary>
    public bool TryRead(string text, out EventPlace place)
    {
        place = default;
        Span<byte> id = stackalloc byte[Size];
        if (text.Length != 2 * Size || text.AsSpan().ContainsAnyInRange('A', 'Z') || Convert.FromHexString(text, id, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        Mask(id);
        Span<byte> expected = stackalloc byte[Prf.FullTag];
        _tag.Tag(expected, id[TagSize..]);
        if (!CryptographicOperations.FixedTimeEquals(expected[..TagSize], id[..TagSize]))
        {
            return false;
        }

        var plain = id[TagSize..];
        place = new EventPlace(BinaryPrimitives.ReadUInt64BigEndian(plain), BinaryPrimitives.ReadInt64BigEndian(plain[sizeof(ulong)..]), BinaryPrimitives.ReadUInt16BigEndian(plain[(sizeof(ulong) + sizeof(long))..]));
        return place.Index >= 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tag.Dispose();
        _stream.Dispose();
    }

    private void Tag(ReadOnlySpan<byte> plain, Span<byte> id)
    {
        Span<byte> tag = stackalloc byte[Prf.FullTag];
        _tag.Tag(tag, plain);
        tag[..TagSize].CopyTo(id);
    }

    /// <summary>Its own inverse.</summary>
    private void Mask(Span<byte> id)
    {
        Span<byte> stream = stackalloc byte[Prf.FullTag];
        _stream.Tag(stream, id[..TagSize]);
        for (var i = TagSize; i < Size; i++)
        {
            id[i] ^= stream[i - TagSize];
        }
    }
}
