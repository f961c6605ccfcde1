using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Entries;

/// <summary>
/// The compact binary form of an entry, version 2 (FORMAT.md), in two parts that are sealed apart: the account, which the patients concerned may be shown, and the rest, which is for auditors. Each is a bit per field that is not at its
/// default, then those fields in the order of the bits. The decoder accepts exactly what the encoder writes.
/// </summary>
public static class EntryCodec
{
    /// <summary>Longest account in bytes.</summary>
    internal const int AccountMax = 8_000;

    /// <summary>Longest rest in bytes.</summary>
    internal const int RestMax = 51_000;

    /// <summary>Longest text in bytes of UTF-8, where nothing else is said. A longer one is cut, with a mark.</summary>
    public const int TextMax = 512;

    /// <summary>Longest <see cref="AuditEntry.Statement"/> in bytes of UTF-8. A longer one is cut, with a mark.</summary>
    public const int StatementMax = 2_048;

    /// <summary>Longest <see cref="AuditEntry.Detail"/> in bytes of UTF-8. A longer one is cut, with a mark.</summary>
    public const int DetailMax = 8_192;

    /// <summary>Most patients of an entry.</summary>
    public const int PatientsMax = 2_000;

    /// <summary>Most bytes of <see cref="AuditEntry.Hashes"/>.</summary>
    public const int HashesMax = 48_000;

    /// <summary>Longest trace-id in bytes of UTF-8; one that is what it should be takes half of it.</summary>
    private const int TraceMax = 32;

    /// <summary>Most bytes of the fields that follow the detail.</summary>
    private const int BehindDetailMax = (3 * EntryWriter.NumberMax) + TraceMax;

    [Flags]
    private enum Account : uint
    {
        Institution = 1 << 0,
        Person = 1 << 1,
        Role = 1 << 2,
        Purpose = 1 << 3,
        Interaction = 1 << 4,
        ResourceType = 1 << 5,
        ResourceId = 1 << 6,
        Status = 1 << 7,
        Reason = 1 << 8,
        Count = 1 << 9,
        Statement = 1 << 10,
        Heads = 1 << 11,
        Predecessor = 1 << 12,
        All = (1 << 13) - 1,
    }

    [Flags]
    private enum Rest : uint
    {
        RequestId = 1 << 0,
        Certificate = 1 << 1,
        TokenId = 1 << 2,
        Source = 1 << 3,
        IntentIndex = 1 << 4,
        CommitSequence = 1 << 5,
        Hashes = 1 << 6,
        Detail = 1 << 7,
        Signs = 1 << 8,
        Released = 1 << 9,
        Trace = 1 << 10,
        All = (1 << 11) - 1,
    }

    /// <summary>Throws <see cref="ArgumentException"/> for an entry that cannot be written: more patients or hashes than fit (its act has to be split), or a kind that is none.</summary>
    internal static void Validate(AuditEntry entry)
    {
        if (!Enum.IsDefined(entry.Kind) || entry.Kind == EntryKind.Heads != entry.Heads is not null)
        {
            throw new ArgumentException("The kind of an entry is not defined.", nameof(entry));
        }

        if ((!entry.Patients.IsDefault && entry.Patients.Length > PatientsMax) || entry.Hashes.Length > HashesMax)
        {
            throw new ArgumentException($"An entry has at most {PatientsMax} patients and {HashesMax} bytes of hashes.", nameof(entry));
        }
    }

    /// <summary>Encodes the account into a buffer of at least <see cref="AccountMax"/> bytes and returns the length.</summary>
    internal static int EncodeAccount(AuditEntry entry, Span<byte> buffer)
    {
        var fields = AccountOf(entry);
        var writer = new EntryWriter(buffer[..AccountMax]);
        writer.Byte((byte)entry.Kind);
        writer.Int64(entry.Time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
        writer.Number((uint)fields);
        Text(ref writer, entry.Institution);
        Text(ref writer, entry.Person);
        Text(ref writer, entry.Role);
        Text(ref writer, entry.Purpose);
        Text(ref writer, entry.Interaction);
        Text(ref writer, entry.ResourceType);
        Text(ref writer, entry.ResourceId);
        Signed(ref writer, (fields & Account.Status) != 0, entry.Status);
        Text(ref writer, entry.Reason);
        Signed(ref writer, (fields & Account.Count) != 0, entry.Count);
        Text(ref writer, entry.Statement, StatementMax);
        if (entry.Heads is { } heads)
        {
            writer.Number((ulong)heads.Size);
            writer.Number((ulong)heads.Count);
            writer.Raw(heads.Root.Span);
            if (heads.Predecessor is { } end)
            {
                writer.Text(end.Origin, TextMax);
                writer.Number((ulong)end.Size);
                writer.Raw(end.Root.Span);
                writer.Number((ulong)end.Patients);
                writer.Raw(end.HeadsRoot.Span);
            }
        }

        return writer.Length;
    }

    /// <summary>Encodes the rest into a buffer of at least <see cref="RestMax"/> bytes and returns the length.</summary>
    internal static int EncodeRest(AuditEntry entry, Span<byte> buffer)
    {
        var fields = RestOf(entry);
        var writer = new EntryWriter(buffer[..RestMax]);
        writer.Number((uint)fields);
        Text(ref writer, entry.RequestId);
        Text(ref writer, entry.Certificate);
        Text(ref writer, entry.TokenId);
        Text(ref writer, entry.Source);
        Signed(ref writer, (fields & Rest.IntentIndex) != 0, entry.IntentIndex);
        Signed(ref writer, (fields & Rest.CommitSequence) != 0, entry.CommitSequence);
        if ((fields & Rest.Hashes) != 0)
        {
            writer.Bytes(entry.Hashes.Span);
        }

        // It takes what room the others leave: what is cut is a detail, never who, whom or what.
        if ((fields & Rest.Detail) != 0)
        {
            writer.Text(entry.Detail, Math.Min(DetailMax, writer.Left - EntryWriter.NumberMax - BehindDetailMax));
        }

        if ((fields & Rest.Signs) != 0)
        {
            writer.Number((uint)entry.Signs);
        }

        Signed(ref writer, (fields & Rest.Released) != 0, entry.Released);
        Text(ref writer, entry.Trace, TraceMax);

        return writer.Length;
    }

    /// <summary>Decodes an account; null for anything that <see cref="EncodeAccount"/> does not write.</summary>
    internal static AuditEntry? DecodeAccount(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes.Length <= AccountMax ? bytes : []);
        var kind = (EntryKind)reader.Byte();
        var time = reader.Int64() + DateTimeOffset.UnixEpoch.UtcTicks;
        var fields = (Account)reader.Number((uint)Account.All);
        if (!reader.IsSound || !Enum.IsDefined(kind) || kind == EntryKind.Heads != ((fields & Account.Heads) != 0) || time < 0 || time > DateTime.MaxValue.Ticks)
        {
            return null;
        }

        var entry = new AuditEntry
        {
            Kind = kind,
            Time = new DateTimeOffset(time, TimeSpan.Zero),
            Institution = Text(ref reader, (fields & Account.Institution) != 0),
            Person = Text(ref reader, (fields & Account.Person) != 0),
            Role = Text(ref reader, (fields & Account.Role) != 0),
            Purpose = Text(ref reader, (fields & Account.Purpose) != 0),
            Interaction = Text(ref reader, (fields & Account.Interaction) != 0),
            ResourceType = Text(ref reader, (fields & Account.ResourceType) != 0),
            ResourceId = Text(ref reader, (fields & Account.ResourceId) != 0),
            Status = (int)Signed(ref reader, (fields & Account.Status) != 0, 0, int.MinValue, int.MaxValue),
            Reason = Text(ref reader, (fields & Account.Reason) != 0),
            Count = (int)Signed(ref reader, (fields & Account.Count) != 0, 1, int.MinValue, int.MaxValue),
            Statement = Text(ref reader, (fields & Account.Statement) != 0, StatementMax),
            Heads = (fields & Account.Heads) != 0 ? ReadHeads(ref reader, (fields & Account.Predecessor) != 0) : null,
        };

        // A field at its default has no bit: otherwise one entry would have two spellings.
        return reader.IsSound && reader.IsAtEnd && AccountOf(entry) == fields ? entry : null;
    }

    /// <summary>Decodes a rest and puts it to its account; null for anything that <see cref="EncodeRest"/> does not write.</summary>
    internal static AuditEntry? DecodeRest(AuditEntry account, ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes.Length <= RestMax ? bytes : []);
        var fields = (Rest)reader.Number((uint)Rest.All);
        var entry = account with
        {
            RequestId = Text(ref reader, (fields & Rest.RequestId) != 0),
            Certificate = Text(ref reader, (fields & Rest.Certificate) != 0),
            TokenId = Text(ref reader, (fields & Rest.TokenId) != 0),
            Source = Text(ref reader, (fields & Rest.Source) != 0),
            IntentIndex = Signed(ref reader, (fields & Rest.IntentIndex) != 0, -1, long.MinValue, long.MaxValue),
            CommitSequence = Signed(ref reader, (fields & Rest.CommitSequence) != 0, 0, long.MinValue, long.MaxValue),
            Hashes = (fields & Rest.Hashes) != 0 ? reader.Bytes(HashesMax) : ReadOnlyMemory<byte>.Empty,
            Detail = Text(ref reader, (fields & Rest.Detail) != 0, DetailMax),
            Signs = (fields & Rest.Signs) != 0 ? (EntrySigns)reader.Number(uint.MaxValue) : EntrySigns.None,
            Released = (int)Signed(ref reader, (fields & Rest.Released) != 0, 0, int.MinValue, int.MaxValue),
            Trace = Text(ref reader, (fields & Rest.Trace) != 0, TraceMax),
        };
        return reader.IsSound && reader.IsAtEnd && RestOf(entry) == fields ? entry : null;
    }

    private static Account AccountOf(AuditEntry entry) =>
        If(entry.Institution.Length > 0, Account.Institution) | If(entry.Person.Length > 0, Account.Person) | If(entry.Role.Length > 0, Account.Role) | If(entry.Purpose.Length > 0, Account.Purpose)
        | If(entry.Interaction.Length > 0, Account.Interaction) | If(entry.ResourceType.Length > 0, Account.ResourceType) | If(entry.ResourceId.Length > 0, Account.ResourceId)
        | If(entry.Status != 0, Account.Status) | If(entry.Reason.Length > 0, Account.Reason) | If(entry.Count != 1, Account.Count) | If(entry.Statement.Length > 0, Account.Statement)
        | If(entry.Heads is not null, Account.Heads) | If(entry.Heads?.Predecessor is not null, Account.Predecessor);

    private static Rest RestOf(AuditEntry entry) =>
        If(entry.RequestId.Length > 0, Rest.RequestId) | If(entry.Certificate.Length > 0, Rest.Certificate) | If(entry.TokenId.Length > 0, Rest.TokenId) | If(entry.Source.Length > 0, Rest.Source)
        | If(entry.IntentIndex != -1, Rest.IntentIndex) | If(entry.CommitSequence != 0, Rest.CommitSequence) | If(entry.Hashes.Length > 0, Rest.Hashes) | If(entry.Detail.Length > 0, Rest.Detail)
        | If(entry.Signs != EntrySigns.None, Rest.Signs) | If(entry.Released != 0, Rest.Released) | If(entry.Trace.Length > 0, Rest.Trace);

    private static Account If(bool present, Account field) => present ? field : 0;

    private static Rest If(bool present, Rest field) => present ? field : 0;

    /// <summary>The empty text has no bit and no bytes.</summary>
    private static void Text(ref EntryWriter writer, string text, int bytesMax = TextMax)
    {
        if (text.Length > 0)
        {
            writer.Text(text, bytesMax);
        }
    }

    private static void Signed(ref EntryWriter writer, bool present, long value)
    {
        if (present)
        {
            writer.Signed(value);
        }
    }

    private static string Text(ref EntryReader reader, bool present, int bytesMax = TextMax) => present ? reader.Text(bytesMax) : "";

    private static long Signed(ref EntryReader reader, bool present, long otherwise, long min, long max)
    {
        if (!present)
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

    private static HeadsRoot ReadHeads(ref EntryReader reader, bool hasPredecessor)
    {
        var (size, count, root) = ((long)reader.Number(long.MaxValue), (long)reader.Number(long.MaxValue), reader.Raw(MerkleHash.Size));
        return new HeadsRoot(size, count, root, hasPredecessor ? new LogEnd(reader.Text(TextMax), (long)reader.Number(long.MaxValue), reader.Raw(MerkleHash.Size), (long)reader.Number(long.MaxValue), reader.Raw(MerkleHash.Size)) : null);
    }
}
