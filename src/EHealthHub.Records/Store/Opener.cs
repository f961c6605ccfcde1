using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Store;

/// <summary>The facts of a version, with the patients that a resource of an institution is linked to.</summary>
internal sealed record OpenedFacts(SearchFacts Facts, IReadOnlyList<string> LinkedPatients);

/// <summary>Opens sealed versions and says where one is not what the hub wrote. Thread-safe.</summary>
internal sealed class Opener(HubIdentity hub, NationalTokens national, KeyRing keys, RecordSealer sealer)
{
    private const int LinkedMax = ushort.MaxValue;

    /// <summary>The facts as they are sealed: number of linked patients (2 bytes), their ids with lengths, then what Fhir encodes.</summary>
    public static byte[] Encode(SearchFacts facts, IReadOnlyList<string> linkedPatients)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(linkedPatients.Count, LinkedMax, nameof(linkedPatients));
        var output = new ArrayBufferWriter<byte>(512);
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), (ushort)linkedPatients.Count);
        output.Advance(2);
        foreach (var patient in linkedPatients)
        {
            var span = output.GetSpan(1 + byte.MaxValue);
            span[0] = (byte)Encoding.UTF8.GetBytes(patient, span.Slice(1, byte.MaxValue));
            output.Advance(1 + span[0]);
        }

        facts.Encode(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What may be known of a masked version, in the form of <see cref="Encode"/>.</summary>
    public static byte[] Masked(CompartmentInfo compartment, VersionRow row, ReadOnlySpan<byte> bytes)
    {
        var head = ReadHead(row, bytes, out _);
        return Encode(MaskedFacts.Of(head.Type, head.Id, row.Version, compartment.Patient), []);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; throws <see cref="InvalidDataException"/> for anything else.</summary>
    public static OpenedFacts Decode(ReadOnlySpan<byte> bytes)
    {
        var facts = Split(bytes, out var linked);
        return new OpenedFacts(SearchFacts.Decode(facts), linked);
    }

    /// <summary>The part that Fhir encoded, with the linked patients before it.</summary>
    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> bytes, out string[] linkedPatients)
    {
        try
        {
            var count = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
            linkedPatients = count == 0 ? [] : new string[count];
            for (var i = 0; i < count; i++)
            {
                linkedPatients[i] = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
                bytes = bytes[(1 + bytes[0])..];
            }

            return bytes;
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The facts are cut.", exception);
        }
    }

    /// <summary>The facts of a version, opened and read.</summary>
    public OpenedFacts Facts(CompartmentInfo compartment, VersionRow row, string submitter)
    {
        using var lease = keys.Lease(compartment.Key, compartment.Handle, row.Epoch);
        return Facts(lease.Key, compartment, row, submitter);
    }

    /// <summary>With the key in hand, for many versions of one compartment.</summary>
    public OpenedFacts Facts(DataKey key, CompartmentInfo compartment, VersionRow row, string submitter) => Read(row, FactsBytes(key, compartment, row, submitter));

    /// <summary>The facts as they were sealed, for a matcher that reads the encoded form.</summary>
    public byte[] FactsBytes(DataKey key, CompartmentInfo compartment, VersionRow row, string submitter) =>
        sealer.OpenFacts(key, Binding(compartment.Handle, compartment.Patient, row, submitter), row.FactsGeneration, row.Hash, row.Facts) ?? throw Tampered("The facts do not open", row);

    /// <summary>Reads opened facts.</summary>
    public static OpenedFacts Read(VersionRow row, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var opened = Decode(bytes);
            return opened.Facts.Version == row.Version ? opened : throw Tampered("The facts are of another version", row);
        }
        catch (InvalidDataException)
        {
            throw Tampered("The facts cannot be read", row);
        }
    }

    /// <summary>Reads what names the version and whom it is about, and leaves the rest of opened facts encoded.</summary>
    public static FactsHead ReadHead(VersionRow row, ReadOnlySpan<byte> bytes, out string[] linkedPatients)
    {
        try
        {
            var head = FactsHead.Read(Split(bytes, out linkedPatients));
            return head.Version == row.Version ? head : throw Tampered("The facts are of another version", row);
        }
        catch (InvalidDataException)
        {
            throw Tampered("The facts cannot be read", row);
        }
    }

    /// <summary>The JSON of a located version, empty for a deletion; and what it says of content beside it.</summary>
    public byte[] Body(UInt128 compartment, string? patient, VersionRow row, string submitter, string type, string id, out ContentDescriptor? beside)
    {
        using var lease = keys.Lease(row.Key, compartment, row.Epoch);
        return sealer.OpenBody(lease.Key, Binding(compartment, patient, row, submitter), type, id, national.Resource(type, id), row.Previous, row.Body, out beside) ?? throw Tampered("The body does not open", row);
    }

    public RecordBinding Binding(UInt128 compartment, string? patient, VersionRow row, string submitter) => new()
    {
        Hub = hub.Id,
        Compartment = compartment,
        Version = row.Version,
        Deleted = row.Deleted,
        MadeByUpdate = row.MadeByUpdate,
        Time = row.Time,
        Epoch = row.Epoch,
        Submitter = submitter,
        Patient = patient,
    };

    private static RecordsTamperedException Tampered(string message, VersionRow row) => new(message, row.Key, row.Slot);
}
