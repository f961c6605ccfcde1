using System.Collections.Immutable;
using CsCheck;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Tests.Entries;

public class EntryCodecTests
{
    private static readonly Gen<string> s_hex = Gen.Char["0123456789abcdef"].Array[0, 80].Select(chars => new string(chars));
    private static readonly Gen<string> s_id = Gen.Guid.Select(guid => guid.ToString("D"));
    private static readonly Gen<string> s_text = Gen.OneOf(Gen.String[Gen.Char['\0', '\ud7ff'], 0, 60], s_hex, s_id, Gen.Const(""));

    private static readonly Gen<AuditEntry> s_entry =
        from kind in Gen.Enum<EntryKind>()
        from ticks in Gen.Long[0, DateTime.MaxValue.Ticks]
        from texts in s_text.Array[14]
        from patients in s_text.Array[0, 5]
        from numbers in Gen.Int.Array[2]
        from longs in Gen.Long.Array[2]
        from hashes in Gen.Byte.Array[0, 96]
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
            Patients = [.. patients],
            Status = numbers[0],
            Reason = texts[8],
            Detail = texts[9],
            Certificate = texts[10],
            TokenId = texts[11],
            Source = texts[12],
            Count = numbers[1],
            IntentIndex = longs[0],
            CommitSequence = longs[1],
            Hashes = hashes,
        };

    [Fact]
    public void Every_entry_is_read_as_it_was_written() => s_entry.Sample(entry => Same(entry, EntryCodec.Decode(EntryCodec.Encode(entry))!));

    [Fact]
    public void An_entry_with_its_defaults_takes_eleven_bytes_and_keeps_them()
    {
        var entry = new AuditEntry { Kind = EntryKind.Refusal, Time = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(3)) };
        var bytes = EntryCodec.Encode(entry);
        Assert.Equal(11, bytes.Length);
        var decoded = EntryCodec.Decode(bytes)!;
        Assert.True(Same(entry, decoded));
        Assert.Equal(TimeSpan.Zero, decoded.Time.Offset);
    }

    [Fact]
    public void What_is_not_exactly_what_the_encoder_writes_is_refused() => Gen.Select(s_entry, Gen.Int[0, 100_000], Gen.Byte[1, 255]).Sample((entry, at, mask) =>
    {
        var bytes = EntryCodec.Encode(entry);
        Assert.Null(EntryCodec.Decode([.. bytes, 0]));
        Assert.Null(EntryCodec.Decode(bytes.AsSpan(0, at % bytes.Length)));

        // A changed byte is refused, or is what another entry would have been written as.
        bytes[at % bytes.Length] ^= mask;
        return EntryCodec.Decode(bytes) is not { } other || EntryCodec.Encode(other).AsSpan().SequenceEqual(bytes);
    });

    [Fact]
    public void Noise_is_refused_and_throws_nothing() =>
        Gen.Byte.Array[0, 200].Sample(noise =>
        {
            byte[] bytes = [1, .. noise];
            return EntryCodec.Decode(bytes) is not { } other || EntryCodec.Encode(other).AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void A_long_detail_is_cut_with_a_mark_and_not_within_a_character()
    {
        foreach (var length in Enumerable.Range(EntryCodec.DetailMax - 10, 20))
        {
            var entry = TestLog.Entry(string.Concat(Enumerable.Repeat("ğ\U0001F9EC", length)));
            var detail = EntryCodec.Decode(EntryCodec.Encode(entry))!.Detail;
            Assert.EndsWith("\u2026[cut]", detail, StringComparison.Ordinal);
            Assert.StartsWith(detail[..^6], entry.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain('\ufffd', detail);
        }

        var whole = TestLog.Entry(new string('x', EntryCodec.DetailMax));
        Assert.Equal(whole.Detail, EntryCodec.Decode(EntryCodec.Encode(whole))!.Detail);
    }

    [Fact]
    public void A_request_id_of_any_length_does_not_keep_an_entry_out_of_the_log()
    {
        var entry = TestLog.Entry("") with { RequestId = new string('r', 100_000), Person = "broken \ud800 half" };
        var decoded = EntryCodec.Decode(EntryCodec.Encode(entry))!;
        Assert.Equal(new string('r', EntryCodec.TextMax - 8) + "\u2026[cut]", decoded.RequestId);
        Assert.Equal("broken \ufffd half", decoded.Person);
    }

    [Fact]
    public void A_detail_gives_way_to_patients_and_hashes()
    {
        var entry = TestLog.Entry(new string('d', 8_000)) with { Hashes = new byte[EntryCodec.HashesMax], Patients = [.. Enumerable.Range(0, 300).Select(i => $"patient-{i:D12}")] };
        var bytes = EntryCodec.Encode(entry);
        Assert.InRange(bytes.Length, EntryCodec.EncodedMax - 16, EntryCodec.EncodedMax);
        var decoded = EntryCodec.Decode(bytes)!;
        Assert.Equal(300, decoded.Patients.Length);
        Assert.EndsWith("\u2026[cut]", decoded.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_patients_or_hashes_than_fit_are_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => EntryCodec.Encode(TestLog.Entry("") with { Hashes = new byte[EntryCodec.HashesMax + 1] }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Encode(TestLog.Entry("") with { Patients = [.. Enumerable.Repeat("p", EntryCodec.PatientsMax + 1)] }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Encode(TestLog.Entry("") with { Patients = [.. Enumerable.Repeat(new string('p', 200), EntryCodec.PatientsMax)] }));
        Assert.Throws<ArgumentException>(() => EntryCodec.Encode(new AuditEntry { Kind = (EntryKind)99, Time = DateTimeOffset.UnixEpoch }));
    }

    private static bool Same(AuditEntry a, AuditEntry b)
    {
        Assert.Equal(a.Time.UtcTicks, b.Time.UtcTicks);
        Assert.Equal(a.Patients.ToArray(), b.Patients.ToArray());
        Assert.Equal(a.Hashes.ToArray(), b.Hashes.ToArray());
        Assert.Equal(Plain(a), Plain(b));
        return true;
    }

    private static AuditEntry Plain(AuditEntry entry) => entry with { Time = default, Patients = ImmutableArray<string>.Empty, Hashes = default };
}
