using System.Text;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>Reads packed facts into objects, strictly: what has been read is written again, and the bytes must be the same (but for the number of the format's version).</summary>
internal static class FactsDecoder
{
    internal static SearchFacts Decode(ReadOnlySpan<byte> bytes) => Decode(bytes, true);

    private static SearchFacts Decode(ReadOnlySpan<byte> bytes, bool mayContain)
    {
        var reader = new FactsReader(bytes);
        var flags = reader.Byte();
        var facts = new SearchFacts
        {
            Truncated = (flags & FactsFormat.FlagTruncated) != 0,
            Type = Required(reader.String()),
            Id = Required(reader.String()),
            Version = reader.Count(int.MaxValue),
            LastUpdated = Time(reader.Signed()),
            Submitter = Required(reader.String()),
            PatientId = (flags & FactsFormat.FlagPatient) != 0 ? Required(reader.String()) : null,
            Values = Values(ref reader),
            Contained = (flags & FactsFormat.FlagContained) != 0 && mayContain ? Contained(ref reader) : [],
        };
        return reader.AtEnd && SameWhenWritten(facts, bytes) ? facts : throw FactsReader.Broken("is not the one form that these facts have");
    }

    private static SearchFacts[] Contained(ref FactsReader reader)
    {
        var contained = new SearchFacts[reader.Count(SearchFacts.ContainedMax)];
        for (var i = 0; i < contained.Length; i++)
        {
            contained[i] = Decode(reader.Block(), false);
        }

        return contained;
    }

    private static FactValue[] Values(ref FactsReader reader)
    {
        var values = new List<FactValue>(Math.Min(reader.Count(FactSink.ValuesMax) is var count ? count : 0, FactSink.ValuesMax));
        var name = "";
        for (var i = 0; i < count; i++)
        {
            var head = reader.Byte();
            if ((head & FactsFormat.SameName) == 0)
            {
                var known = reader.Name(out var literal);
                name = known >= 0 ? KnownStrings.Parameters.Word(known) : Encoding.UTF8.GetString(literal);
            }

            var parameter = (head & (FactsFormat.EndingMask | FactsFormat.Part)) switch
            {
                0 => name,
                FactsFormat.EndingIdentifier => name + FactNames.Identifier,
                FactsFormat.EndingText => name + FactNames.Text,
                FactsFormat.EndingOfType => name + FactNames.OfType,
                var part => FactNames.Part(name, (part & FactsFormat.EndingMask) >> FactsFormat.PartShift),
            };
            var kind = (FactKind)(head & FactsFormat.KindMask);
            if ((head & FactsFormat.Repeated) == 0)
            {
                values.Add(Payload(ref reader, parameter, kind));
                continue;
            }

            var distance = reader.Count(Math.Min(FactsFormat.RepeatMax, values.Count));
            var repeated = distance > 0 ? values[^distance] : throw FactsReader.Broken("repeats nothing");
            values.Add(repeated.Kind == kind ? repeated with { Parameter = parameter } : throw FactsReader.Broken("repeats a value of another kind"));
        }

        return [.. values];
    }

    private static FactValue Payload(ref FactsReader reader, string parameter, FactKind kind)
    {
        switch (kind)
        {
            case FactKind.Token or FactKind.Reference:
                var system = reader.String().Make();
                return new FactValue(parameter, kind, system, reader.String().Make());
            case FactKind.Date:
                reader.Date(out var from, out var to);
                return new FactValue(parameter, kind, null, null, from, to);
            case FactKind.Number:
                var number = reader.Number(out var numberTo);
                return new FactValue(parameter, kind, null, null, 0, 0, number, numberTo);
            case FactKind.Quantity:
                var measured = reader.Number(out var measuredTo);
                var unitSystem = reader.String().Make();
                return new FactValue(parameter, kind, unitSystem, reader.String().Make(), 0, 0, measured, measuredTo);
            case FactKind.String or FactKind.Uri:
                return new FactValue(parameter, kind, null, reader.String().Make());
            default:
                throw FactsReader.Broken("has a value of no known kind");
        }
    }

    private static string Required(PackedString text) => text.Make() ?? throw FactsReader.Broken("lacks what every version has");

    private static DateTimeOffset Time(long micros)
    {
        var ticks = (Int128)DateTimeOffset.UnixEpoch.UtcTicks + ((Int128)micros * TimeSpan.TicksPerMicrosecond);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : throw FactsReader.Broken("has a time out of its bounds");
    }

    private static bool SameWhenWritten(SearchFacts facts, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return FactsWriter.Write(facts)[1..].SequenceEqual(bytes[1..]);
        }
        catch (ArgumentException broken)
        {
            throw new InvalidDataException("Search facts: the encoding holds what no facts hold.", broken);
        }
    }
}
