using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>Reads packed facts in place. Safe on any bytes: what does not fit throws <see cref="InvalidDataException"/>, and nothing is allocated before it has been read.</summary>
internal ref struct FactsReader
{
    private readonly ReadOnlySpan<byte> _all;
    private readonly ReadOnlySpan<byte> _container;
    private readonly ref int _looks;
    private int _at;

    internal FactsReader(ReadOnlySpan<byte> facts)
        : this(facts, default, ref Unsafe.NullRef<int>())
    {
    }

    /// <summary>For a matcher that may look into contained resources: the facts of the whole where these are contained in it, and how often it may look yet.</summary>
    internal FactsReader(ReadOnlySpan<byte> facts, ReadOnlySpan<byte> container, ref int looks)
    {
        _all = facts;
        _container = container;
        _looks = ref looks;
        if (Byte() is not (FactsFormat.Version or FactsFormat.VersionBefore))
        {
            throw Broken("is of another version");
        }
    }

    internal readonly int Position => _at;

    /// <summary>The facts of the whole resource: these, or those of the resource that contains it.</summary>
    internal readonly ReadOnlySpan<byte> Whole => _container.IsEmpty ? _all : _container;

    /// <summary>How often the matcher may look into contained resources yet.</summary>
    internal readonly ref int Looks => ref _looks;

    internal readonly bool AtEnd => _at == _all.Length;

    /// <summary>The same facts from another place.</summary>
    internal readonly FactsReader At(int position)
    {
        var other = this;
        other._at = position;
        return other;
    }

    internal byte Byte() => Take(1)[0];

    /// <summary>So many bytes, with their number before them.</summary>
    internal ReadOnlySpan<byte> Block() => Take((ulong)Count(int.MaxValue));

    internal int Count(int max)
    {
        var number = Varint();
        return number <= (ulong)max ? (int)number : throw Broken("has a number out of its bounds");
    }

    internal long Signed()
    {
        var number = Varint();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    /// <summary>A signed number of units, as microseconds.</summary>
    internal long Signed(long unit)
    {
        var number = Signed();
        return number <= long.MaxValue / 4 / unit && number >= long.MinValue / 4 / unit ? number * unit : throw Broken("has a time out of its bounds");
    }

    internal PackedString String()
    {
        var start = _at;
        var head = Varint();
        var number = head >> 2;
        switch ((int)(head & 3))
        {
            case FactsFormat.TagKnown when number < (ulong)KnownStrings.Strings.End:
                return new PackedString((int)number);
            case FactsFormat.TagLiteral:
                return new PackedString(PackedForm.Literal, Take(number));
            case FactsFormat.TagUuid when number <= FactsFormat.UuidUrn:
                return new PackedString(number == FactsFormat.UuidUrn ? PackedForm.UrnUuid : PackedForm.Uuid, Take(Uuid.Bytes));
            case FactsFormat.TagEarlier when number > 0 && number <= (ulong)start:
                return Earlier(start - (int)number);
            default:
                throw Broken("has a string of no known form");
        }
    }

    /// <summary>The name of a parameter without its ending: its index in the word list, or -1 and the bytes.</summary>
    internal int Name(out ReadOnlySpan<byte> literal)
    {
        var head = Varint();
        var number = head >> 2;
        literal = default;
        switch ((int)(head & 3))
        {
            case FactsFormat.TagKnown when number < (ulong)KnownStrings.Parameters.End:
                return (int)number;
            case FactsFormat.TagLiteral:
                literal = Take(number);
                return -1;
            default:
                throw Broken("has a name of no known form");
        }
    }

    internal void Date(out long from, out long to)
    {
        (from, to) = (FhirDate.Open, FhirDate.OpenEnd);
        switch ((FactsFormat.DateForm)Byte())
        {
            case FactsFormat.DateForm.Unbounded:
                break;
            case FactsFormat.DateForm.Until:
                to = Signed();
                break;
            case FactsFormat.DateForm.Since:
                from = Signed();
                break;
            case FactsFormat.DateForm.Microsecond:
                from = to = Signed();
                break;
            case FactsFormat.DateForm.Millisecond:
                from = Signed(1000);
                to = from + 999;
                break;
            case FactsFormat.DateForm.Second:
                from = Signed(FactsFormat.Second);
                to = from + FactsFormat.Second - 1;
                break;
            case FactsFormat.DateForm.Minute:
                from = Signed(FactsFormat.Minute);
                to = from + FactsFormat.Minute - 1;
                break;
            case FactsFormat.DateForm.Day:
                from = Signed(FactsFormat.Minute);
                to = from + FactsFormat.Day - 1;
                break;
            case FactsFormat.DateForm.Seconds:
                from = Signed(FactsFormat.Second);
                to = unchecked(from + ((long)Varint() * FactsFormat.Second) - 1);
                break;
            case FactsFormat.DateForm.Microseconds:
                from = Signed();
                to = unchecked(from + (long)Varint());
                break;
            default:
                throw Broken("has a time of no known form");
        }

        if (from > to)
        {
            throw Broken("has a time that ends before it begins");
        }
    }

    internal decimal Number(out decimal? numberTo)
    {
        var number = Number(out bool more);
        numberTo = more ? Number(out more) : null;
        return more ? throw Broken("has a number of three parts") : number;
    }

    internal static InvalidDataException Broken(string what) => new("Search facts: the encoding " + what + ".");

    private decimal Number(out bool more)
    {
        var head = Byte();
        more = (head & FactsFormat.HasNumberTo) != 0;
        var scale = head & FactsFormat.ScaleMask;
        if (scale > 28)
        {
            throw Broken("has a number out of its bounds");
        }

        var high = 0u;
        ulong low;
        if ((head & FactsFormat.Wide) != 0)
        {
            low = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            high = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        }
        else
        {
            low = Varint();
        }

        return new decimal((int)(uint)low, (int)(uint)(low >> 32), (int)high, (head & FactsFormat.Negative) != 0, (byte)scale);
    }

    // An earlier string is written out where it stands: a chain of pointers could be made endless.
    private readonly PackedString Earlier(int position)
    {
        var other = At(position);
        return (_all[position] & 3) is FactsFormat.TagLiteral or FactsFormat.TagUuid ? other.String() : throw Broken("points at what is no string");
    }

    private ulong Varint()
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        throw Broken("has a number without an end");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_all.Length - _at))
        {
            throw Broken("ends too early");
        }

        var taken = _all.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
