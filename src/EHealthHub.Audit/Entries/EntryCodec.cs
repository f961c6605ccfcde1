using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace EHealthHub.Audit.Entries;

/// <summary>
/// The compact binary form of an entry, version 1 (FORMAT.md): version, kind, time, a bit per field that is not at its default, then those fields in the order of the bits. The decoder accepts exactly what the encoder writes.
/// </summary>
public static class EntryCodec
{
    /// <summary>Longest encoded entry in bytes; sealing may add 1,000 more.</summary>
    public const int EncodedMax = 59_000;

    /// <summary>Longest text in bytes of UTF-8, other than <see cref="AuditEntry.Detail"/>. A longer one is cut, with a mark.</summary>
    public const int TextMax = 512;

    /// <summary>Longest <see cref="AuditEntry.Detail"/> in bytes of UTF-8. A longer one is cut, with a mark.</summary>
    public const int DetailMax = 8_192;

    /// <summary>Most patients of an entry.</summary>
    public const int PatientsMax = 2_000;

    /// <summary>Most bytes of <see cref="AuditEntry.Hashes"/>.</summary>
    public const int HashesMax = 48_000;

    private const byte Version = 1;

    [Flags]
    private enum Field : uint
    {
        RequestId = 1 << 0,
        Institution = 1 << 1,
        Person = 1 << 2,
        Role = 1 << 3,
        Purpose = 1 << 4,
        Interaction = 1 << 5,
        ResourceType = 1 << 6,
        ResourceId = 1 << 7,
        Patients = 1 << 8,
        Status = 1 << 9,
        Reason = 1 << 10,
        Certificate = 1 << 11,
        TokenId = 1 << 12,
        Source = 1 << 13,
        Count = 1 << 14,
        IntentIndex = 1 << 15,
        CommitSequence = 1 << 16,
        Hashes = 1 << 17,
        Detail = 1 << 18,
        All = (1 << 19) - 1,
    }

    /// <summary>Encodes. Throws <see cref="ArgumentException"/> for an entry that has more patients or hashes than fit: its act has to be split.</summary>
    public static byte[] Encode(AuditEntry entry)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(EncodedMax);
        try
        {
            return buffer.AsSpan(0, Encode(entry, buffer)).ToArray();
        }
        finally
        {
            // Who looked at whom is not left lying about in a pool.
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Encodes into a buffer of at least <see cref="EncodedMax"/> bytes and returns the length.</summary>
    internal static int Encode(AuditEntry entry, Span<byte> buffer)
    {
        if (!Enum.IsDefined(entry.Kind))
        {
            throw new ArgumentException("The kind of an entry is not defined.", nameof(entry));
        }

        var patients = entry.Patients.IsDefault ? [] : entry.Patients;
        if (patients.Length > PatientsMax || entry.Hashes.Length > HashesMax)
        {
            throw new ArgumentException($"An entry has at most {PatientsMax} patients and {HashesMax} bytes of hashes.", nameof(entry));
        }

        var fields = FieldsOf(entry, patients);
        var writer = new EntryWriter(buffer[..EncodedMax]);
        writer.Byte(Version);
        writer.Byte((byte)entry.Kind);
        writer.Int64(entry.Time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
        writer.Number((uint)fields);
        WriteText(ref writer, fields, Field.RequestId, entry.RequestId);
        WriteText(ref writer, fields, Field.Institution, entry.Institution);
        WriteText(ref writer, fields, Field.Person, entry.Person);
        WriteText(ref writer, fields, Field.Role, entry.Role);
        WriteText(ref writer, fields, Field.Purpose, entry.Purpose);
        WriteText(ref writer, fields, Field.Interaction, entry.Interaction);
        WriteText(ref writer, fields, Field.ResourceType, entry.ResourceType);
        WriteText(ref writer, fields, Field.ResourceId, entry.ResourceId);
        if (fields.HasFlag(Field.Patients))
        {
            writer.Number((uint)patients.Length);
            foreach (var patient in patients)
            {
                writer.Text(patient, TextMax);
            }
        }

        WriteSigned(ref writer, fields, Field.Status, entry.Status);
        WriteText(ref writer, fields, Field.Reason, entry.Reason);
        WriteText(ref writer, fields, Field.Certificate, entry.Certificate);
        WriteText(ref writer, fields, Field.TokenId, entry.TokenId);
        WriteText(ref writer, fields, Field.Source, entry.Source);
        WriteSigned(ref writer, fields, Field.Count, entry.Count);
        WriteSigned(ref writer, fields, Field.IntentIndex, entry.IntentIndex);
        WriteSigned(ref writer, fields, Field.CommitSequence, entry.CommitSequence);
        if (fields.HasFlag(Field.Hashes))
        {
            writer.Bytes(entry.Hashes.Span);
        }

        // Last, so that it can take what room is left: what is cut is a detail, never who, whom or what.
        if (fields.HasFlag(Field.Detail))
        {
            writer.Text(entry.Detail, Math.Min(DetailMax, writer.Left - EntryWriter.NumberMax));
        }

        return writer.Length;
    }

    /// <summary>Decodes; null for anything that <see cref="Encode(AuditEntry)"/> does not write.</summary>
    public static AuditEntry? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes.Length <= EncodedMax ? bytes : []);
        var version = reader.Byte();
        var kind = (EntryKind)reader.Byte();
        var time = reader.Int64() + DateTimeOffset.UnixEpoch.UtcTicks;
        var fields = (Field)reader.Number(uint.MaxValue);
        if (!reader.IsSound || version != Version || !Enum.IsDefined(kind) || (fields & ~Field.All) != 0 || time < 0 || time > DateTime.MaxValue.Ticks)
        {
            return null;
        }

        var entry = new AuditEntry
        {
            Kind = kind,
            Time = new DateTimeOffset(time, TimeSpan.Zero),
            RequestId = ReadText(ref reader, fields, Field.RequestId),
            Institution = ReadText(ref reader, fields, Field.Institution),
            Person = ReadText(ref reader, fields, Field.Person),
            Role = ReadText(ref reader, fields, Field.Role),
            Purpose = ReadText(ref reader, fields, Field.Purpose),
            Interaction = ReadText(ref reader, fields, Field.Interaction),
            ResourceType = ReadText(ref reader, fields, Field.ResourceType),
            ResourceId = ReadText(ref reader, fields, Field.ResourceId),
            Patients = fields.HasFlag(Field.Patients) ? ReadPatients(ref reader) : [],
            Status = (int)ReadSigned(ref reader, fields, Field.Status, 0, int.MinValue, int.MaxValue),
            Reason = ReadText(ref reader, fields, Field.Reason),
            Certificate = ReadText(ref reader, fields, Field.Certificate),
            TokenId = ReadText(ref reader, fields, Field.TokenId),
            Source = ReadText(ref reader, fields, Field.Source),
            Count = (int)ReadSigned(ref reader, fields, Field.Count, 1, int.MinValue, int.MaxValue),
            IntentIndex = ReadSigned(ref reader, fields, Field.IntentIndex, -1, long.MinValue, long.MaxValue),
            CommitSequence = ReadSigned(ref reader, fields, Field.CommitSequence, 0, long.MinValue, long.MaxValue),
            Hashes = fields.HasFlag(Field.Hashes) ? reader.Bytes(HashesMax) : ReadOnlyMemory<byte>.Empty,
            Detail = fields.HasFlag(Field.Detail) ? reader.Text(DetailMax) : "",
        };

        // A field at its default has no bit: otherwise one entry would have two spellings.
        return reader.IsSound && reader.IsAtEnd && FieldsOf(entry, entry.Patients) == fields ? entry : null;
    }

    private static Field FieldsOf(AuditEntry entry, ImmutableArray<string> patients)
    {
        Field fields = 0;
        Set(Field.RequestId, entry.RequestId.Length > 0);
        Set(Field.Institution, entry.Institution.Length > 0);
        Set(Field.Person, entry.Person.Length > 0);
        Set(Field.Role, entry.Role.Length > 0);
        Set(Field.Purpose, entry.Purpose.Length > 0);
        Set(Field.Interaction, entry.Interaction.Length > 0);
        Set(Field.ResourceType, entry.ResourceType.Length > 0);
        Set(Field.ResourceId, entry.ResourceId.Length > 0);
        Set(Field.Patients, patients.Length > 0);
        Set(Field.Status, entry.Status != 0);
        Set(Field.Reason, entry.Reason.Length > 0);
        Set(Field.Certificate, entry.Certificate.Length > 0);
        Set(Field.TokenId, entry.TokenId.Length > 0);
        Set(Field.Source, entry.Source.Length > 0);
        Set(Field.Count, entry.Count != 1);
        Set(Field.IntentIndex, entry.IntentIndex != -1);
        Set(Field.CommitSequence, entry.CommitSequence != 0);
        Set(Field.Hashes, entry.Hashes.Length > 0);
        Set(Field.Detail, entry.Detail.Length > 0);
        return fields;

        void Set(Field field, bool present) => fields |= present ? field : 0;
    }

    private static void WriteText(ref EntryWriter writer, Field fields, Field field, string text)
    {
        if ((fields & field) != 0)
        {
            writer.Text(text, TextMax);
        }
    }

    private static void WriteSigned(ref EntryWriter writer, Field fields, Field field, long value)
    {
        if ((fields & field) != 0)
        {
            writer.Signed(value);
        }
    }

    private static string ReadText(ref EntryReader reader, Field fields, Field field) => (fields & field) != 0 ? reader.Text(TextMax) : "";

    private static long ReadSigned(ref EntryReader reader, Field fields, Field field, long otherwise, long min, long max)
    {
        if ((fields & field) == 0)
        {
            return otherwise;
        }

        var value = reader.Signed();
        if (value < min || value > max)
        {
            reader.Fail();
            return otherwise;
        }

        return value;
    }

    private static ImmutableArray<string> ReadPatients(ref EntryReader reader)
    {
        var count = (int)reader.Number(PatientsMax);
        var patients = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count && reader.IsSound; i++)
        {
            patients.Add(reader.Text(TextMax));
        }

        return patients.ToImmutable();
    }
}
