using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>Writes facts in the compact form. One is kept for each thread. Every choice of form is fixed, so the same facts always give the same bytes.</summary>
internal sealed class FactsWriter
{
    // Strict: facts never hold half a surrogate pair.
    private static readonly UTF8Encoding Utf8 = new(false, true);

    [ThreadStatic]
    private static FactsWriter? s_spare;

    private readonly (string Text, int At)[] _earlier = new (string, int)[FactsFormat.EarlierMax];
    private byte[] _bytes = new byte[1024];
    private int _length;
    private int _strings;

    /// <summary>Writes the facts. The span is valid until the thread writes again.</summary>
    /// <exception cref="ArgumentException">The facts hold what their kinds do not allow.</exception>
    internal static ReadOnlySpan<byte> Write(SearchFacts facts)
    {
        var contained = facts.Contained.Count == 0 ? [] : Contained(facts);
        var writer = s_spare ??= new FactsWriter();
        writer._length = 0;
        writer._strings = 0;
        writer.Facts(facts);
        writer.Blocks(contained);
        Array.Clear(writer._earlier);
        return writer._bytes.AsSpan(0, writer._length);
    }

    // Before the whole: one writer is kept for each thread.
    private static byte[][] Contained(SearchFacts facts) => facts.Contained.Count <= SearchFacts.ContainedMax && facts.Contained.All(c => c.Contained.Count == 0)
        ? [.. facts.Contained.Select(c => Write(c).ToArray())]
        : throw new ArgumentException($"At most {SearchFacts.ContainedMax} resources are contained, and nothing in them.", nameof(facts));

    private void Blocks(byte[][] contained)
    {
        if (contained.Length == 0)
        {
            return;
        }

        Varint((ulong)contained.Length);
        foreach (var block in contained)
        {
            Varint((ulong)block.Length);
            block.CopyTo(Take(block.Length));
        }
    }

    private void Facts(SearchFacts facts)
    {
        if (facts.Values.Count > FactSink.ValuesMax || facts.Version < 0 || facts.LastUpdated.Offset != TimeSpan.Zero || facts.LastUpdated.Ticks % TimeSpan.TicksPerMicrosecond != 0)
        {
            throw new ArgumentException("Facts have at most 1,000 values, a version from 0, and a time in UTC of whole microseconds.", nameof(facts));
        }

        Byte(FactsFormat.Version);
        Byte((byte)((facts.Truncated ? FactsFormat.FlagTruncated : 0) | (facts.PatientId is null ? 0 : FactsFormat.FlagPatient) | (facts.Contained.Count == 0 ? 0 : FactsFormat.FlagContained)));
        String(facts.Type);
        String(facts.Id);
        Varint((ulong)facts.Version);
        Signed((facts.LastUpdated.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        String(facts.Submitter);
        if (facts.PatientId is not null)
        {
            String(facts.PatientId);
        }

        Varint((ulong)facts.Values.Count);
        for (var i = 0; i < facts.Values.Count; i++)
        {
            Value(facts.Values, i);
        }
    }

    private void Value(IReadOnlyList<FactValue> values, int index)
    {
        var value = values[index];
        Check(value);
        var name = Split(value.Parameter, out var ending);
        var same = index > 0 && name.SequenceEqual(Split(values[index - 1].Parameter, out _));
        var distance = Repeats(values, index);
        Byte((byte)((byte)value.Kind | ending | (same ? FactsFormat.SameName : 0) | (distance > 0 ? FactsFormat.Repeated : 0)));
        if (!same)
        {
            Name(name);
        }

        if (distance > 0)
        {
            Varint((ulong)distance);
        }
        else
        {
            Payload(value);
        }
    }

    private void Payload(FactValue value)
    {
        switch (value.Kind)
        {
            case FactKind.Token or FactKind.Reference:
                String(value.System);
                String(value.Text);
                break;
            case FactKind.Date:
                Date(value.From, value.To);
                break;
            case FactKind.Number:
                Numbers(value);
                break;
            case FactKind.Quantity:
                Numbers(value);
                String(value.System);
                String(value.Text);
                break;
            default:
                String(value.Text);
                break;
        }
    }

    private void Date(long from, long to)
    {
        var (form, unit) = Form(from, to);
        Byte((byte)form);
        switch (form)
        {
            case FactsFormat.DateForm.Unbounded:
                break;
            case FactsFormat.DateForm.Until:
                Signed(to);
                break;
            case FactsFormat.DateForm.Seconds or FactsFormat.DateForm.Microseconds:
                Signed(from / unit);
                Varint((ulong)((to - from + (unit == 1 ? 0 : 1)) / unit));
                break;
            default:
                Signed(from / unit);
                break;
        }
    }

    private static (FactsFormat.DateForm Form, long Unit) Form(long from, long to)
    {
        if (from == FhirDate.Open || to == FhirDate.OpenEnd)
        {
            return from == FhirDate.Open ? (to == FhirDate.OpenEnd ? FactsFormat.DateForm.Unbounded : FactsFormat.DateForm.Until, 1) : (FactsFormat.DateForm.Since, 1);
        }

        return (to - from) switch
        {
            0 => (FactsFormat.DateForm.Microsecond, 1),
            999 when from % 1000 == 0 => (FactsFormat.DateForm.Millisecond, 1000),
            FactsFormat.Second - 1 when from % FactsFormat.Second == 0 => (FactsFormat.DateForm.Second, FactsFormat.Second),
            FactsFormat.Minute - 1 when from % FactsFormat.Minute == 0 => (FactsFormat.DateForm.Minute, FactsFormat.Minute),
            FactsFormat.Day - 1 when from % FactsFormat.Minute == 0 => (FactsFormat.DateForm.Day, FactsFormat.Minute),
            var width when from % FactsFormat.Second == 0 && (width + 1) % FactsFormat.Second == 0 => (FactsFormat.DateForm.Seconds, FactsFormat.Second),
            _ => (FactsFormat.DateForm.Microseconds, 1),
        };
    }

    private void Numbers(FactValue value)
    {
        Number(value.Number!.Value, value.NumberTo is not null);
        if (value.NumberTo is { } to)
        {
            Number(to, false);
        }
    }

    private void Number(decimal number, bool more)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(number, parts);
        var scale = (parts[3] >> 16) & 0xFF;
        var wide = parts[2] != 0;
        Byte((byte)(scale | (parts[3] < 0 ? FactsFormat.Negative : 0) | (more ? FactsFormat.HasNumberTo : 0) | (wide ? FactsFormat.Wide : 0)));
        var low = ((ulong)(uint)parts[1] << 32) | (uint)parts[0];
        if (wide)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Take(8), low);
            BinaryPrimitives.WriteUInt32LittleEndian(Take(4), (uint)parts[2]);
        }
        else
        {
            Varint(low);
        }
    }

    private void Name(ReadOnlySpan<char> name)
    {
        var known = KnownStrings.Parameters.IndexOf(name);
        if (known >= 0)
        {
            Head(FactsFormat.TagKnown, known);
        }
        else
        {
            Literal(name);
        }
    }

    private void String(string? text)
    {
        var known = text is null ? 0 : KnownStrings.Strings.IndexOf(text);
        if (text is null || known >= 0)
        {
            Head(FactsFormat.TagKnown, known);
            return;
        }

        var at = Earlier(text);
        if (at >= 0)
        {
            Head(FactsFormat.TagEarlier, _length - at);
            return;
        }

        _earlier[_strings++ % FactsFormat.EarlierMax] = (text, _length);
        var isUrn = text.StartsWith(FactsFormat.Urn, StringComparison.Ordinal);
        if (Uuid.TryParse(isUrn ? text.AsSpan(FactsFormat.Urn.Length) : text, out var uuid))
        {
            Head(FactsFormat.TagUuid, isUrn ? FactsFormat.UuidUrn : FactsFormat.UuidPlain);
            BinaryPrimitives.WriteUInt128BigEndian(Take(Uuid.Bytes), uuid);
        }
        else
        {
            Literal(text);
        }
    }

    private int Earlier(string text)
    {
        for (var i = _strings - 1; i >= 0 && i >= _strings - FactsFormat.EarlierMax; i--)
        {
            var (earlier, at) = _earlier[i % FactsFormat.EarlierMax];
            if (earlier == text)
            {
                return at;
            }
        }

        return -1;
    }

    private void Literal(ReadOnlySpan<char> text)
    {
        var count = Utf8.GetByteCount(text);
        Head(FactsFormat.TagLiteral, count);
        Utf8.GetBytes(text, Take(count));
    }

    private void Head(int tag, int number) => Varint(((ulong)number << 2) | (uint)tag);

    private void Signed(long number) => Varint((ulong)((number << 1) ^ (number >> 63)));

    private void Varint(ulong number)
    {
        while (number >= 0x80)
        {
            Byte((byte)(number | 0x80));
            number >>= 7;
        }

        Byte((byte)number);
    }

    private void Byte(byte value) => Take(1)[0] = value;

    private Span<byte> Take(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    // The nearest earlier value with the same payload: 1 for the one before; 0 for none.
    private static int Repeats(IReadOnlyList<FactValue> values, int index)
    {
        var value = values[index];
        for (var distance = 1; distance <= FactsFormat.RepeatMax && distance <= index; distance++)
        {
            var other = values[index - distance];
            if (other.Kind == value.Kind && other.Text == value.Text && other.System == value.System && other.From == value.From && other.To == value.To
                && SameDigits(other.Number, value.Number) && SameDigits(other.NumberTo, value.NumberTo))
            {
                return distance;
            }
        }

        return 0;
    }

    // 1.0 and 1.00 are equal numbers but not the same number as written.
    private static bool SameDigits(decimal? one, decimal? other) =>
        one == other && (one is not { } a || other is not { } b || (a.Scale == b.Scale && decimal.IsNegative(a) == decimal.IsNegative(b)));

    private static ReadOnlySpan<char> Split(string parameter, out byte ending)
    {
        if (FactNames.PartOf(parameter) is var part and >= 0)
        {
            ending = (byte)(FactsFormat.Part | (part << FactsFormat.PartShift));
            return parameter.AsSpan(0, parameter.Length - FactNames.PartLength);
        }

        (ending, var length) = parameter.EndsWith(FactNames.Text, StringComparison.Ordinal) ? (FactsFormat.EndingText, FactNames.Text.Length)
            : parameter.EndsWith(FactNames.Identifier, StringComparison.Ordinal) ? (FactsFormat.EndingIdentifier, FactNames.Identifier.Length)
            : parameter.EndsWith(FactNames.OfType, StringComparison.Ordinal) ? (FactsFormat.EndingOfType, FactNames.OfType.Length)
            : ((byte)0, 0);
        return parameter.AsSpan(0, parameter.Length - length);
    }

    private static void Check(FactValue value)
    {
        var isDate = value.Kind == FactKind.Date;
        var isNumber = value.Kind is FactKind.Number or FactKind.Quantity;
        var hasSystem = value.Kind is FactKind.Token or FactKind.Quantity or FactKind.Reference;
        var fits = value.Kind is >= FactKind.Token and <= FactKind.Uri
            && (hasSystem || value.System is null)
            && (value.Kind is not (FactKind.Date or FactKind.Number) || value.Text is null)
            && (isDate ? value.From <= value.To : value is { From: 0, To: 0 })
            && (isNumber ? value.Number is not null : value is { Number: null, NumberTo: null });
        if (!fits)
        {
            throw new ArgumentException($"A value of {value.Parameter} holds what its kind {value.Kind} does not allow, or lacks what it needs.", nameof(value));
        }
    }
}
