using System.Buffers.Binary;

namespace EHealthHub.Audit.Entries;

/// <summary>
/// A patient's name in one log: 16 bytes of a keyed hash of the logical id. Tells nothing without the audit key, and is another one under the key of another period. Ordered as its bytes.
/// </summary>
/// <param name="Value">The bytes as a big-endian number.</param>
public readonly record struct BlindName(UInt128 Value) : IComparable<BlindName>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 16;

    /// <summary>From its 16 bytes.</summary>
    public static BlindName Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the 16 bytes.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);

    /// <inheritdoc/>
    public int CompareTo(BlindName other) => Value.CompareTo(other.Value);

    /// <summary>Lower-case hex.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(BlindName left, BlindName right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="right"/> comes first.</summary>
    public static bool operator >(BlindName left, BlindName right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> does not come second.</summary>
    public static bool operator <=(BlindName left, BlindName right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="right"/> does not come second.</summary>
    public static bool operator >=(BlindName left, BlindName right) => left.Value >= right.Value;
}
