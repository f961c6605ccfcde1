using System.Security.Cryptography;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Tests.Store;

public sealed class TokenLedgerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Clock _time = new();

    [Fact]
    public void An_identifier_is_used_once_by_all_gateways_and_survives_a_restart()
    {
        var (id, until) = (RandomNumberGenerator.GetBytes(32), _time.Now.AddMinutes(5));
        using (var one = TokenLedger.Open(_folder.Path, _time))
        using (var other = TokenLedger.Open(_folder.Path, _time))
        {
            Assert.True(one.TryUse(id, until));
            Assert.False(one.TryUse(id, until));
            Assert.False(other.TryUse(id, until));
            Assert.True(other.TryUse(RandomNumberGenerator.GetBytes(32), until));
        }

        using var again = TokenLedger.Open(_folder.Path, _time);
        Assert.False(again.TryUse(id, until));
        _time.Now = until.AddSeconds(1);
        Assert.True(again.TryUse(id, until.AddMinutes(5)));
    }

    [Fact]
    public async Task Of_many_gateways_at_the_same_moment_one_gets_it()
    {
        var ledgers = Enumerable.Range(0, 4).Select(_ => TokenLedger.Open(_folder.Path, _time)).ToList();
        for (var round = 0; round < 10; round++)
        {
            var id = RandomNumberGenerator.GetBytes(32);
            var won = await Task.WhenAll(ledgers.Select(l => Task.Run(() => l.TryUse(id, _time.Now.AddMinutes(1)))));
            Assert.Single(won, w => w);
        }

        ledgers.ForEach(l => l.Dispose());
    }

    [Fact]
    public void What_one_gateway_takes_back_the_others_learn_once()
    {
        using var one = TokenLedger.Open(_folder.Path, _time);
        using var other = TokenLedger.Open(_folder.Path, _time);
        var (id, until) = (RandomNumberGenerator.GetBytes(32), _time.Now.AddMinutes(5));
        long mark = 0;
        Assert.Empty(other.RevokedSince(ref mark));
        Assert.True(one.TryRevoke(id, until));
        var seen = Assert.Single(other.RevokedSince(ref mark));
        Assert.Equal((Convert.ToHexString(id), until), (Convert.ToHexString(seen.Id), seen.Until));
        Assert.Empty(other.RevokedSince(ref mark));
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
