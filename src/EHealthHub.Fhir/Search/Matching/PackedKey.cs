using System.Buffers.Binary;
using System.Text;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>A query's string in the form that the facts hold it in, so that equal strings are equal bytes. The encoding has one form for each string; that is what makes this enough.</summary>
internal sealed class PackedKey
{
    private readonly PackedForm _form;
    private readonly int _known;
    private readonly byte[] _bytes;

    internal PackedKey(string? text)
    {
        Utf8 = text is null ? [] : Encoding.UTF8.GetBytes(text);
        _known = text is null ? 0 : KnownStrings.Strings.IndexOf(text);
        _bytes = Utf8;
        _form = _known >= 0 ? PackedForm.Known : PackedForm.Literal;
        if (_form == PackedForm.Known)
        {
            return;
        }

        var isUrn = text!.StartsWith(FactsFormat.Urn, StringComparison.Ordinal);
        if (Uuid.TryParse(isUrn ? text.AsSpan(FactsFormat.Urn.Length) : text, out var uuid))
        {
            _form = isUrn ? PackedForm.UrnUuid : PackedForm.Uuid;
            _bytes = new byte[Uuid.Bytes];
            BinaryPrimitives.WriteUInt128BigEndian(_bytes, uuid);
        }
    }

    /// <summary>The text itself.</summary>
    internal byte[] Utf8 { get; }

    internal bool Is(in PackedString stored) => stored.Form == _form && (_form == PackedForm.Known ? stored.Known == _known : stored.Bytes.SequenceEqual(_bytes));
}
