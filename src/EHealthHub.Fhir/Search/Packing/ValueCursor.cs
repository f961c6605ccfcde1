using System.Runtime.CompilerServices;
using System.Text;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>Goes through the values of packed facts, telling name, kind and where the payload stands, without reading what nobody asked for.</summary>
internal ref struct ValueCursor
{
    private readonly int _count;
    private readonly bool _hasContained;
    private FactsReader _reader;
    private Ring _payloads;
    private int _index;
    private int _payload;
    private int _name;
    private ReadOnlySpan<byte> _literal;

    /// <summary>The reader stands before the number of values.</summary>
    internal ValueCursor(FactsReader reader, byte flags)
    {
        _hasContained = (flags & FactsFormat.FlagContained) != 0;
        _count = reader.Count(FactSink.ValuesMax);
        _reader = reader;
        _name = -1;
    }

    /// <summary>The values of facts, from their beginning.</summary>
    internal static ValueCursor Of(ReadOnlySpan<byte> facts)
    {
        var reader = new FactsReader(facts);
        var flags = reader.Byte();
        _ = reader.String();
        _ = reader.String();
        _ = reader.Count(int.MaxValue);
        _ = reader.Signed();
        _ = reader.String();
        if ((flags & FactsFormat.FlagPatient) != 0)
        {
            _ = reader.String();
        }

        return new ValueCursor(reader, flags);
    }

    internal FactKind Kind { get; private set; }

    internal byte Ending { get; private set; }

    /// <summary>The component of a composite that the value belongs to, from 0; 0 for other values.</summary>
    internal readonly int Part => (Ending & FactsFormat.Part) == 0 ? 0 : (Ending & FactsFormat.EndingMask) >> FactsFormat.PartShift;

    /// <summary>True for the first value under its name.</summary>
    internal bool IsFirstOfName { get; private set; }

    /// <summary>A reader that stands behind the last value, where the cursor has come to its end: before the facts of contained resources, if there are any.</summary>
    internal readonly FactsReader Rest => _reader;

    internal readonly bool HasContained => _hasContained;

    /// <summary>A reader that stands before the payload.</summary>
    internal readonly FactsReader Payload => _reader.At(_payload);

    /// <summary>The parameter's name without its ending.</summary>
    internal readonly string Name() => _name >= 0 ? KnownStrings.Parameters.Word(_name) : Encoding.UTF8.GetString(_literal);

    internal readonly bool NameIs(string parameter) => Name() == parameter;

    internal readonly bool NameIs(CriterionPlan criterion) => _name >= 0 ? _name == criterion.NameIndex : criterion.NameIndex < 0 && _literal.SequenceEqual(criterion.Name);

    internal bool Next()
    {
        if (_index == _count)
        {
            return _hasContained || _reader.AtEnd ? false : throw FactsReader.Broken("goes on after its end");
        }

        var head = _reader.Byte();
        Kind = (FactKind)(head & FactsFormat.KindMask);
        Ending = (byte)(head & (FactsFormat.EndingMask | FactsFormat.Part));
        IsFirstOfName = (head & FactsFormat.SameName) == 0;
        if (IsFirstOfName)
        {
            _name = _reader.Name(out _literal);
        }

        if ((head & FactsFormat.Repeated) == 0)
        {
            _payload = _reader.Position;
            Skip(ref _reader, Kind);
        }
        else
        {
            var distance = _reader.Count(Math.Min(FactsFormat.RepeatMax, _index));
            _payload = distance > 0 ? _payloads[(_index - distance) % RingLength] : throw FactsReader.Broken("repeats nothing");
        }

        _payloads[_index++ % RingLength] = _payload;
        return true;
    }

    private static void Skip(ref FactsReader reader, FactKind kind)
    {
        switch (kind)
        {
            case FactKind.Token or FactKind.Reference:
                _ = reader.String();
                _ = reader.String();
                break;
            case FactKind.Date:
                reader.Date(out _, out _);
                break;
            case FactKind.Number:
                _ = reader.Number(out _);
                break;
            case FactKind.Quantity:
                _ = reader.Number(out _);
                _ = reader.String();
                _ = reader.String();
                break;
            case FactKind.String or FactKind.Uri:
                _ = reader.String();
                break;
            default:
                throw FactsReader.Broken("has a value of no known kind");
        }
    }

    private const int RingLength = FactsFormat.RepeatMax + 1;

    // Where the payloads before begin, for values that repeat one.
    [InlineArray(RingLength)]
    private struct Ring
    {
        private int _first;
    }
}
