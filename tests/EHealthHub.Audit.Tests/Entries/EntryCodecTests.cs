using CsCheck;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Tests.Entries;

public class EntryCodecTests
{
    private static readonly Gen<string> s_hex = Gen.Char["0123456789abcdef"].Array[0, 80].Select(chars => new string(chars));
    private static readonly Gen<string> s_id = Gen.Guid.Select(guid => guid.ToString("D"));
    private static readonly Gen<string> s_text = Gen.OneOf(Gen.String[Gen.Char['\0', '\ud7ff'], 0, 60], s_hex, s_id, Gen.Const(""));

    private static readonly Gen<LogEnd?> s_end = Gen.Select(Gen.Bool, s_text, Gen.Long[0, long.MaxValue], Gen.Byte.Array[32]).Select((present, origin, size, root) => present ? new LogEnd(origin, size, root, size / 2, root) : null);
    private static readonly Gen<HeadsRoot> s_heads = Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Byte.Array[32], s_end).Select((size, count, root, end) => new HeadsRoot(size, count, root, end));

    private static readonly Gen<AuditEntry> s_entry =
        from kind in Gen.Enum<EntryKind>()
        from ticks in Gen.Long[0, DateTime.MaxValue.Ticks]
        from texts in s_text.Array[14]
        from trace in Gen.OneOf(Gen.Char["0123456789abcdef"].Array[32].Select(chars => new string(chars)), Gen.Const(""), Gen.Const("not a trace"))
        from signs in Gen.OneOf(Gen.UInt, Gen.Const(0u))
        from numbers in Gen.Int.Array[3]
        from longs in Gen.Long.Array[2]
        from hashes in Gen.Byte.Array[0, 96]
        from heads in s_heads
        select new AuditEntry
        {
            Kind = kind,
            Time = new DateTimeOffset(ticks, TimeSpan.Zero),
            RequestId = texts[0],
            Institution = texts[1],
            Person = texts[2],
            Role = texts[3],
            Purpose = texts[4],
            Interaction = texts[5],
            ResourceType = texts[6],
            ResourceId = texts[7],
            Status = numbers[0],
            Reason = texts[8],
            Statement = texts[13],
            Detail = texts[9],
            Certificate = texts[10],
            TokenId = texts[11],
            Source = texts[12],
            Count = numbers[1],
            IntentIndex = longs[0],
            CommitSequence = longs[1],
            Hashes = hashes,
            Signs = (EntrySigns)signs,
            Released = numbers[2],
            Trace = trace,
            Heads = kind == EntryKind.Heads ? heads : null,
        };

    [Fact]
    public void Every_entry_is_read_as_it_was_written() => s_entry.Sample(entry => Same(entry, Decode(Account(entry), Rest(entry))!));

    [Fact]
    public void An_entry_with_its_defaults_takes_ten_bytes_and_one_and_keeps_them()
    {
        var entry = new AuditEntry { Kind = EntryKind.Refusal, Time = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(3)) };
        Assert.Equal(10, Account(entry).Length);
        Assert.Equal([0], Rest(entry));
        var decoded = Decode(Account(entry), Rest(entry))!;
        Assert.True(Same(entry, decoded));
        Assert.Equal(TimeSpan.Zero, decoded.Time.Offset);
    }

    [Fact]
    public void What_is_not_exactly_what_the_encoder_writes_is_refused() => Gen.Select(s_entry, Gen.Int[0, 100_000], Gen.Byte[1, 255]).Sample((entry, at, mask) =>
    {
        var (account, rest) = (Account(entry), Rest(entry));
        var decoded = EntryCodec.DecodeAccount(account)!;
        Assert.Null(EntryCodec.DecodeAccount([.. account, 0]));
        Assert.Null(EntryCodec.DecodeAccount(account.AsSpan(0, at % account.Length)));
        Assert.Null(EntryCodec.DecodeRest(decoded, [.. rest, 0]));
        Assert.Null(EntryCodec.DecodeRest(decoded, rest.AsSpan(0, at % rest.Length)));

        // A changed byte is refused, or is what another entry would have been written as.
        account[at % account.Length] ^= mask;
        rest[at % rest.Length] ^= mask;
        return (EntryCodec.DecodeAccount(account) is not { } other || Account(other).AsSpan().SequenceEqual(account))
            && (EntryCodec.DecodeRest(decoded, rest) is not { } another || Rest(another).AsSpan().SequenceEqual(rest));
    });

    [Fact]
    public void Noise_is_refused_and_throws_nothing() =>
        Gen.Byte.Array[0, 200].Sample(noise =>
        {
            byte[] bytes = [1, .. noise];
            return EntryCodec.DecodeAccount(bytes) is not { } other || Account(other).AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void A_long_detail_is_cut_with_a_mark_and_not_within_a_character()
    {
        foreach (var length in Enumerable.Range(EntryCodec.DetailMax - 10, 20))
        {
            var entry = TestLog.Entry(string.Concat(Enumerable.Repeat("ğ\U0001F9EC", length)));
            var detail = Decoded(entry).Detail;
            Assert.EndsWith("\u2026[cut]", detail, StringComparison.Ordinal);
            Assert.StartsWith(detail[..^6], entry.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain('\ufffd', detail);
        }

        var whole = TestLog.Entry(new string('x', EntryCodec.DetailMax)) with { Statement = new string('y', EntryCodec.StatementMax) };
        Assert.Equal(whole.Detail, Decoded(whole).Detail);
        Assert.Equal(whole.Statement, Decoded(whole).Statement);
    }

    [Fact]
    public void A_request_id_of_any_length_does_not_keep_an_entry_out_of_the_log()
    {
        var entry = TestLog.Entry("") with { RequestId = new string('r', 100_000), Person = "broken \ud800 half", Statement = new string('s', 100_000) };
        var decoded = Decoded(entry);
        Assert.Equal(new string('r', EntryCodec.TextMax - 8) + "\u2026[cut]", decoded.RequestId);
        Assert.Equal(new string('s', EntryCodec.StatementMax - 8) + "\u2026[cut]", decoded.Statement);
        Assert.Equal("broken \ufffd half", decoded.Person);
    }

    [Fact]
    public void A_detail_gives_way_to_hashes_and_to_what_stands_behind_it()
    {
        var entry = TestLog.Entry(new string('d', 8_000)) with
        {
            Hashes = new byte[EntryCodec.HashesMax], Signs = (EntrySigns)uint.MaxValue, Released = int.MinValue, Trace = "not hex, and longer than any trace-id may be",
        };
        Assert.InRange(Rest(entry).Length, EntryCodec.RestMax - 64, EntryCodec.RestMax);
        var decoded = Decoded(entry);
        Assert.EndsWith("\u2026[cut]", decoded.Detail, StringComparison.Ordinal);
        Assert.Equal((entry.Signs, entry.Released, "not hex, and longer than\u2026[cut]"), (decoded.Signs, decoded.Released, decoded.Trace));
    }

    [Fact]
    public void An_entry_is_written_as_FORMAT_says_byte_for_byte()
    {
        var entry = new AuditEntry
        {
            Kind = EntryKind.SearchReleased, Time = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), Institution = "h1", Purpose = "TREAT", Status = 200, Count = 3, Source = "10.1.2.0/24",
        };
        Assert.Equal("03003FCA178B209C008905086831145452454154900306", Convert.ToHexString(Account(entry)));
        Assert.Equal("082C31302E312E322E302F3234", Convert.ToHexString(Rest(entry)));

        // What the three fields of the rest that came later add, and nothing else changes.
        var later = entry with { Signs = EntrySigns.SameSurname | EntrySigns.PublicPerson | EntrySigns.NoRelationship, Released = 50, Trace = "0af7651916cd43dd8448eb211c80319c" };
        Assert.Equal(Account(entry), Account(later));
        Assert.Equal("880E2C31302E312E322E302F32343264420AF7651916CD43DD8448EB211C80319C", Convert.ToHexString(Rest(later)));
    }

    [Fact]
    public void More_patients_or_hashes_than_fit_are_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => EntryCodec.Validate(TestLog.Entry("") with { Hashes = new byte[EntryCodec.HashesMax + 1] }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Validate(TestLog.Entry("") with { Patients = [.. Enumerable.Repeat("p", EntryCodec.PatientsMax + 1)] }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Validate(new AuditEntry { Kind = (EntryKind)99, Time = DateTimeOffset.UnixEpoch }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Validate(new AuditEntry { Kind = EntryKind.Heads, Time = DateTimeOffset.UnixEpoch }));
    }

    private static byte[] Account(AuditEntry entry)
    {
        var buffer = new byte[EntryCodec.AccountMax];
        return buffer[..EntryCodec.EncodeAccount(entry, buffer)];
    }

    private static byte[] Rest(AuditEntry entry)
    {
        var buffer = new byte[EntryCodec.RestMax];
        return buffer[..EntryCodec.EncodeRest(entry, buffer)];
    }

    private static AuditEntry? Decode(byte[] account, byte[] rest) => EntryCodec.DecodeAccount(account) is { } entry ? EntryCodec.DecodeRest(entry, rest) : null;

    private static AuditEntry Decoded(AuditEntry entry) => Decode(Account(entry), Rest(entry))!;

    private static bool Same(AuditEntry a, AuditEntry b)
    {
        Assert.Equal(a.Time.UtcTicks, b.Time.UtcTicks);
        Assert.Equal(a.Hashes.ToArray(), b.Hashes.ToArray());
        Assert.Equal(Plain(a), Plain(b));
        Assert.Equal(a.Heads is null, b.Heads is null);
        if (a.Heads is { } heads)
        {
            Assert.Equal((heads.Size, heads.Count), (b.Heads!.Size, b.Heads.Count));
            Assert.Equal(heads.Root.ToArray(), b.Heads.Root.ToArray());
            Assert.True(LogEnd.Same(heads.Predecessor, b.Heads.Predecessor));
        }

        return true;
    }

    private static AuditEntry Plain(AuditEntry entry) => entry with { Time = default, Patients = [], Places = [], Hashes = default, Heads = null };
}
