using System.Buffers.Binary;
using System.Text;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Sealing;

/// <summary>Seals short names (a compartment's, a submitter's): length, UTF-8, zeros up to a step of 64 bytes; bound to what is named by its handle.</summary>
internal static class NameSealer
{
    /// <summary>Longest name in UTF-8 bytes.</summary>
    public const int BytesMax = 256;

    private const int Step = 64;

    public static byte[] Seal(DataKey key, Guid hub, ReadOnlySpan<byte> what, UInt128 handle, string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, BytesMax, nameof(name));
        var padded = new byte[(2 + bytes.Length + Step - 1) / Step * Step];
        BinaryPrimitives.WriteUInt16BigEndian(padded, (ushort)bytes.Length);
        bytes.CopyTo(padded, 2);
        return Sealer.Seal(key, padded, Associated(hub, what, handle));
    }

    /// <summary>Opens; null for anything that was not sealed so.</summary>
    public static string? Open(DataKey key, Guid hub, ReadOnlySpan<byte> what, UInt128 handle, ReadOnlySpan<byte> envelope)
    {
        var length = envelope.Length - Sealer.Overhead;
        if (length is < 2 or > (BytesMax + (2 * Step)))
        {
            return null;
        }

        var padded = new byte[length];
        if (!Sealer.TryOpen(key, envelope, Associated(hub, what, handle), padded))
        {
            return null;
        }

        var size = BinaryPrimitives.ReadUInt16BigEndian(padded);
        return size <= length - 2 ? Encoding.UTF8.GetString(padded, 2, size) : null;
    }

    private static byte[] Associated(Guid hub, ReadOnlySpan<byte> what, UInt128 handle)
    {
        var associated = new byte[16 + 16 + what.Length];
        hub.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(associated.AsSpan(16), handle);
        what.CopyTo(associated.AsSpan(32));
        return associated;
    }
}
