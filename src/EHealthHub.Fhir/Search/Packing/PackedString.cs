using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>A string inside packed facts, not yet made: a line of the word list, 16 bytes of a UUID, or UTF-8.</summary>
internal readonly ref struct PackedString
{
    private readonly PackedForm _form;
    private readonly ReadOnlySpan<byte> _bytes;

    internal PackedString(int known)
    {
        _form = PackedForm.Known;
        Known = known;
    }

    internal PackedString(PackedForm form, ReadOnlySpan<byte> bytes)
    {
        _form = form;
        _bytes = bytes;
    }

    internal PackedForm Form => _form;

    /// <summary>Index in the word list, for that form; 0 is null.</summary>
    internal int Known { get; }

    internal bool IsNull => _form == PackedForm.Known && Known == 0;

    /// <summary>UTF-8 of the text, for known words and literals; 16 bytes, big-endian, for UUIDs.</summary>
    internal ReadOnlySpan<byte> Bytes => _form != PackedForm.Known ? _bytes : Known == 0 ? default : KnownStrings.Strings.Utf8(Known);

    /// <summary>Room that <see cref="Utf8"/> may need.</summary>
    internal const int ScratchLength = 48;

    /// <summary>The text as UTF-8; a UUID is written out in <paramref name="scratch"/>.</summary>
    internal ReadOnlySpan<byte> Utf8(Span<byte> scratch)
    {
        if (_form is PackedForm.Known or PackedForm.Literal)
        {
            return Bytes;
        }

        return scratch[..Encoding.UTF8.GetBytes(Make()!, scratch)];
    }

    internal string? Make() => _form switch
    {
        PackedForm.Known => Known == 0 ? null : KnownStrings.Strings.Word(Known),
        PackedForm.Uuid => Uuid.Text(BinaryPrimitives.ReadUInt128BigEndian(_bytes)),
        PackedForm.UrnUuid => FactsFormat.Urn + Uuid.Text(BinaryPrimitives.ReadUInt128BigEndian(_bytes)),
        _ => Encoding.UTF8.GetString(_bytes),
    };
}

/// <summary>How a packed string lies in the facts.</summary>
internal enum PackedForm : byte
{
    Known,
    Literal,
    Uuid,
    UrnUuid,
}
