using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Audit.Entries;

/// <summary>Reads the parts of an encoded entry. The first thing that does not fit makes it unsound; from then on everything read is empty.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything fitted so far.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public void Fail()
    {
        IsSound = false;
        _rest = [];
    }

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public long Int64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    /// <summary>A number of at most <paramref name="max"/>, in its shortest form.</summary>
    public ulong Number(ulong max)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Byte();
            if (!IsSound || (shift == 63 && b > 1) || (b == 0 && shift > 0))
            {
                break;
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                if (value > max)
                {
                    break;
                }

                return value;
            }
        }

        Fail();
        return 0;
    }

    public long Signed()
    {
        var value = Number(ulong.MaxValue);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public byte[] Bytes(int lengthMax) => Take((int)Number((uint)lengthMax)).ToArray();

    /// <summary>So many bytes; when there are fewer, zeros.</summary>
    public byte[] Raw(int length) => Take(length) is { IsEmpty: false } bytes ? bytes.ToArray() : new byte[length];

    public string Text(int bytesMax)
    {
        var number = Number((ulong)bytesMax * 4 + 3);
        var bytes = Take((int)(number / 4));
        var form = (TextForm)(number % 4);
        if (!IsSound)
        {
            return "";
        }

        var text = form switch
        {
            TextForm.Utf8 => Utf8(bytes),
            TextForm.Uuid when bytes.Length == 16 => new Guid(bytes, bigEndian: true).ToString("D"),
            TextForm.Hex when bytes.Length <= PackedText.HexCharsMax / 2 => Convert.ToHexStringLower(bytes),
            _ => null,
        };

        // The empty text has no bytes and no bit; a text that could be packed is packed.
        if (text is null || PackedText.FormOf(text) != form)
        {
            Fail();
            return "";
        }

        return text;
    }

    private static string? Utf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Fail();
            return [];
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
