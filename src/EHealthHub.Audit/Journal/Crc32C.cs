using System.Buffers.Binary;
using System.Numerics;

namespace EHealthHub.Audit.Journal;

/// <summary>CRC-32C (Castagnoli), reflected, initial value and final XOR all ones. Finds accidents in headers; what must withstand intent is hashed.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
