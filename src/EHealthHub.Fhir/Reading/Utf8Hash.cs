using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace EHealthHub.Fhir.Reading;

/// <summary>
/// A fast hash of short UTF-8 texts, keyed for this process: a caller chooses member names but cannot choose collisions.
/// Not for anything that is stored or sent.
/// </summary>
internal static class Utf8Hash
{
    private static readonly ulong FirstKey = RandomOdd();
    private static readonly ulong SecondKey = RandomOdd();
    private static readonly ulong ThirdKey = RandomOdd();

    public static uint Of(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        ulong head;
        ulong tail;
        ulong middle = 0;
        if (length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(text);
            tail = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
            for (var at = 8; at < length - 8; at += 8)
            {
                middle = BitOperations.RotateLeft((middle ^ BinaryPrimitives.ReadUInt64LittleEndian(text[at..])) * ThirdKey, 29);
            }
        }
        else if (length >= 4)
        {
            head = BinaryPrimitives.ReadUInt32LittleEndian(text);
            tail = BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
        }
        else
        {
            head = length == 0 ? 0UL : text[0] | ((ulong)text[length / 2] << 8) | ((ulong)text[length - 1] << 16);
            tail = 0;
        }

        var mixed = (head * FirstKey) ^ BitOperations.RotateLeft((tail + (ulong)length) * SecondKey, 32) ^ middle;
        mixed = (mixed ^ (mixed >> 29)) * ThirdKey;
        return (uint)(mixed >> 32);
    }

    private static ulong RandomOdd()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }
}
