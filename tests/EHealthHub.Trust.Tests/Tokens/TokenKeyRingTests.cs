using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class TokenKeyRingTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();

    [Fact]
    public void The_next_key_is_published_a_whole_period_ahead_and_signs_nothing_yet()
    {
        var (now, next) = (Period, Period + 1);
        Assert.Equal([$"token/{now}", $"token/{next}"], _hub.Ring.Published().Select(k => k.KeyId));
        Assert.Contains($"\"kid\":\"token/{now}\"", HeaderOf(_hub.Issue(Ankara, "dr-ayse").AccessToken), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_the_last_key_is_good_until_it_is_over()
    {
        // The development certificates outlive a change of keys by far more than five minutes.
        ToJustBeforeTheChange();
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        var before = Period;
        _hub.Time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(before + 1, Period);
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        Assert.Equal([$"token/{before + 1}", $"token/{before}", $"token/{before + 2}"], _hub.Ring.Published().Select(k => k.KeyId));
        Assert.Contains($"\"kid\":\"token/{before + 1}\"", HeaderOf(_hub.Issue(Ankara, "dr-ayse").AccessToken), StringComparison.Ordinal);

        _hub.Time.Advance(TimeSpan.FromSeconds(1_000));
        Assert.Equal(TrustReason.TokenInvalid, Fresh(token));
        Assert.Equal([$"token/{before + 1}", $"token/{before + 2}"], _hub.Ring.Published().Select(k => k.KeyId));
    }

    [Fact]
    public void A_gateway_whose_clock_is_behind_takes_the_next_key_already()
    {
        ToJustBeforeTheChange();
        var ahead = new ManualTime { Now = _hub.Time.Now.AddSeconds(20) };
        var other = new TokenEndpoint(_hub.Gate, _hub, new TokenKeyRing(_hub.Keys, TestHub.Tokens, ahead), _hub.Replay, TestHub.Tokens, ahead);
        Assert.True(other.TryIssue(_hub.Certificate(Ankara), new TestAssertion(_hub, Ankara, "dr-ayse").Sign(), out var token, out var reason, out _), reason.ToString());
        Assert.Contains($"\"kid\":\"token/{Period + 1}\"", HeaderOf(token.AccessToken), StringComparison.Ordinal);
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.AccessToken));
    }

    public void Dispose() => _hub.Dispose();

    private static long Length => TestHub.Tokens.KeyDays * 86_400L;

    private long Period => _hub.Time.Now.ToUnixTimeSeconds() / Length;

    private static string HeaderOf(string token) => System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]));

    private void ToJustBeforeTheChange()
    {
        var change = DateTimeOffset.FromUnixTimeSeconds((Period + 1) * Length);
        _hub.Time.Now = change.AddSeconds(-15);
        _hub.RefreshRevocation().GetAwaiter().GetResult();
    }

    private TrustReason Fresh(string token)
    {
        var fresh = new CallerFactory(_hub.Gate, _hub, _hub.Revocation, _hub.Ring, _hub.Revoked, TestHub.Tokens, _hub.Time);
        Assert.False(fresh.TryIdentify(_hub.Certificate(Ankara), token, out _, out var reason, out _));
        return reason;
    }
}
