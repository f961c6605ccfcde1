using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Audit.Entries;

/// <summary>Writes the parts of an encoded entry into a buffer. What does not fit throws <see cref="ArgumentException"/>.</summary>
internal ref struct EntryWriter(Span<byte> buffer)
{
    /// <summary>Longest variable-length number in bytes.</summary>
    public const int NumberMax = 10;

    /// <summary>Ends a text that was cut.</summary>
    public const string CutMark = "\u2026[cut]";

    private const int CutMarkBytes = 8;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Left => _buffer.Length - Length;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    /// <summary>Seven bits a byte, least significant first, the high bit set on all but the last.</summary>
    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    /// <summary>Zigzag: 0, -1, 1, -2 … are 0, 1, 2, 3 …</summary>
    public void Signed(long value) => Number((ulong)(value << 1) ^ (ulong)(value >> 63));

    /// <summary>Length, then the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number((uint)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>The bytes alone, for what has a length of its own.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Number 4 * length + form, then the bytes. A text of more than <paramref name="bytesMax"/> bytes of UTF-8 is cut.</summary>
    public void Text(string text, int bytesMax)
    {
        var form = text.Length <= bytesMax ? PackedText.FormOf(text) : TextForm.Utf8;
        if (form == TextForm.Utf8)
        {
            Utf8(text, bytesMax);
            return;
        }

        Span<byte> packed = stackalloc byte[PackedText.HexCharsMax / 2];
        if (form == TextForm.Uuid)
        {
            packed = packed[..16];
            Guid.ParseExact(text, "D").TryWriteBytes(packed, bigEndian: true, out _);
        }
        else
        {
            packed = packed[..(text.Length / 2)];
            Convert.FromHexString(text, packed, out _, out _);
        }

        Number((uint)((packed.Length * 4) + (int)form));
        packed.CopyTo(Take(packed.Length));
    }

    /// <summary>The text, cut where it has more than <paramref name="bytesMax"/> bytes of UTF-8.</summary>
    public static string Fit(string text, int bytesMax) => text.Length > bytesMax || Encoding.UTF8.GetByteCount(text) > bytesMax ? Cut(text, bytesMax) : text;

    private void Utf8(string text, int bytesMax)
    {
        text = Fit(text, bytesMax);
        var length = Encoding.UTF8.GetByteCount(text);
        Number((uint)(length * 4) + (uint)TextForm.Utf8);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    private static string Cut(string text, int bytesMax)
    {
        var room = bytesMax >= CutMarkBytes ? bytesMax - CutMarkBytes : throw new ArgumentException("An entry has more than fits.", nameof(text));
        var (bytes, chars) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > room)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            chars += rune.Utf16SequenceLength;
        }

        return text[..chars] + CutMark;
    }

    private Span<byte> Take(int count)
    {
        if (count > Left)
        {
            throw new ArgumentException("An entry has more than fits.");
        }

        var span = _buffer.Slice(Length, count);
        Length += count;
        return span;
    }
}
