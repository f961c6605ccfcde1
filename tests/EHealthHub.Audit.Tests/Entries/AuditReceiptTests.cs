using System.Security.Cryptography;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Tests.Entries;

public class AuditReceiptTests
{
    private static readonly byte[] s_ask = SHA256.HashData("ask"u8);

    [Fact]
    public void A_receipt_is_used_once()
    {
        var receipt = Receipt(new StoppedClock());
        receipt.Use(s_ask);
        Assert.Throws<AuditReceiptException>(() => receipt.Use(s_ask));
    }

    [Fact]
    public void A_receipt_is_for_exactly_what_was_asked_and_a_wrong_use_does_not_spend_it()
    {
        var receipt = Receipt(new StoppedClock());
        Assert.Throws<AuditReceiptException>(() => receipt.Use(SHA256.HashData("another"u8)));
        Assert.Throws<AuditReceiptException>(() => receipt.Use([]));
        receipt.Use(s_ask);
    }

    [Fact]
    public void A_receipt_grows_too_old()
    {
        var clock = new StoppedClock();
        var (used, late) = (Receipt(clock), Receipt(clock));
        clock.Advance(AuditReceipt.Lifetime);
        used.Use(s_ask);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Throws<AuditReceiptException>(() => late.Use(s_ask));
    }

    [Fact]
    public async Task Of_many_uses_at_the_same_time_one_succeeds()
    {
        var receipt = Receipt(new StoppedClock());
        var uses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Record.Exception(() => receipt.Use(s_ask)))));
        Assert.Single(uses, thrown => thrown is null);
    }

    private static AuditReceipt Receipt(TimeProvider time) => new(new LogPosition("a/b", 1, new byte[32]), s_ask, time);

    private sealed class StoppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
