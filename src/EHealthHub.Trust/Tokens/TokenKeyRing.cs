using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// Which key signs now, which ones verify, and which ones are published (RFC 7517). A key signs for one period; the next is published from the start of the period before, so that whoever keeps the set for a day knows it in time; the last
/// verifies until the tokens it signed are over. Nothing is stored and nothing is agreed upon: the clock decides, with room for clocks that differ.
/// </summary>
public sealed class TokenKeyRing
{
    private readonly ITokenKeys _keys;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;
    private State? _state;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public TokenKeyRing(ITokenKeys keys, TokenOptions options, TimeProvider time)
    {
        _keys = keys;
        _options = options.Checked();
        _time = time;
    }

    /// <summary>The keys that a reader of tokens needs: those that verify now, and the next.</summary>
    public ImmutableArray<ITokenSigner> Published()
    {
        var state = Current(_time.GetUtcNow());
        return [.. state.Verifying.Select(k => k.Signer), .. state.Verifying.Any(k => k.Period == state.Period + 1) ? [] : (ImmutableArray<ITokenSigner>)[_keys.Key(state.Period + 1)]];
    }

    internal TokenKey Signing(DateTimeOffset now) => Current(now).Signing;

    internal ImmutableArray<TokenKey> Verifying(DateTimeOffset now) => Current(now).Verifying;

    private State Current(DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        var state = _state;
        if (state is null || seconds < state.From || seconds >= state.Until)
        {
            _state = state = Make(seconds);
        }

        return state;
    }

    private State Make(long now)
    {
        var length = _options.KeyDays * 86_400L;
        var period = now / length;
        var start = period * length;
        var tail = Math.Max(Math.Max(_options.TokenSecondsMax, _options.AppTokenSecondsMax), _options.EmergencySecondsMax) + _options.ClockSkewSeconds;
        var head = start + length - _options.ClockSkewSeconds;

        // Within a period three stretches: the last key still verifies; this one alone; another gateway's clock may be in the next period already.
        var (from, until, others) = now < start + tail ? (start, start + tail, period - 1) : now < head ? (start + tail, head, period) : (head, start + length, period + 1);
        var signing = Key(period);
        return new State(period, from, until, signing, others == period ? [signing] : [signing, Key(others)]);
    }

    private TokenKey Key(long period)
    {
        var signer = _keys.Key(period);
        return new TokenKey(period, signer, Header(signer, "at+jwt"), Header(signer, "JWT"));
    }

    private static string Header(ITokenSigner signer, string type) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","typ":"{{type}}","kid":"{{JsonEncodedText.Encode(signer.KeyId)}}"}"""));

    private sealed record State(long Period, long From, long Until, TokenKey Signing, ImmutableArray<TokenKey> Verifying);
}

/// <summary>A key with the two protected headers that are ever written under it.</summary>
internal sealed record TokenKey(long Period, ITokenSigner Signer, string AccessHeader, string IdentityHeader);
