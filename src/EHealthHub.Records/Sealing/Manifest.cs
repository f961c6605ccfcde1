using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// What a compartment holds, in 32 bytes: the sum modulo 2^256 of a keyed hash of every version, renewed in constant time by each write, with a counter and a MAC. A row that is taken away, put back or rolled back no longer adds up.
/// The key is derived from the compartment's data key. Not for two threads at once.
/// </summary>
internal sealed class Manifest : IDisposable
{
    private const int Size = 32;

    private readonly Prf _prf;

    public Manifest(DataKey key)
    {
        _prf = new Prf(key, "compartment manifest 1", pooledMax: 1);
    }

    /// <summary>Adds a version to the sum.</summary>
    public void Add(Span<byte> contents, int slot, int version, ReadOnlySpan<byte> envelopeHash)
    {
        Span<byte> place = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(place, slot);
        BinaryPrimitives.WriteInt32BigEndian(place[4..], version);
        Span<byte> item = stackalloc byte[Size];
        _prf.Tag(item, "version"u8, place, envelopeHash);
        var carry = 0;
        for (var i = Size - 1; i >= 0; i--)
        {
            var sum = contents[i] + item[i] + carry;
            contents[i] = (byte)sum;
            carry = sum >> 8;
        }
    }

    /// <summary>The MAC over everything in the compartment's row.</summary>
    public byte[] Mac(CompartmentRow row)
    {
        Span<byte> fields = stackalloc byte[8 + 8 + 16 + 4 + 4 + 8];
        BinaryPrimitives.WriteInt64BigEndian(fields, row.Key);
        BinaryPrimitives.WriteInt64BigEndian(fields[8..], row.Number);
        BinaryPrimitives.WriteUInt128BigEndian(fields[16..], row.Handle);
        BinaryPrimitives.WriteInt32BigEndian(fields[32..], row.Kind);
        BinaryPrimitives.WriteInt32BigEndian(fields[36..], row.NextSlot);
        BinaryPrimitives.WriteInt64BigEndian(fields[40..], row.Counter);
        var mac = new byte[Size];
        _prf.Tag(mac, "row"u8, fields, row.Name, row.Contents);
        return mac;
    }

    /// <summary>True when the row is as the hub last wrote it.</summary>
    public bool Holds(CompartmentRow row) => row.Contents.Length == Size && CryptographicOperations.FixedTimeEquals(Mac(row), row.Mac);

    public void Dispose() => _prf.Dispose();
}
