using System.Globalization;

namespace EHealthHub.Gateway.SignIn;

/// <summary>What the cookie of somebody who signed in says. It gives nothing by itself: the person, and the certificate where there is one, are looked at on each request.</summary>
/// <param name="Id">Random; by it the session is taken back.</param>
/// <param name="Person">Registered id.</param>
/// <param name="Method">card or openid.</param>
/// <param name="Certificate">Thumbprint of the certificate that it is bound to; empty without one.</param>
/// <param name="SignedIn">When.</param>
/// <param name="Ends">When it is over, whatever happens.</param>
internal sealed record PageSession(string Id, string Person, string Method, string Certificate, DateTimeOffset SignedIn, DateTimeOffset Ends)
{
    private const string Format = "1";
    private const int Parts = 7;

    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Format}\n{Id}\n{Person}\n{Method}\n{Certificate}\n{SignedIn.ToUnixTimeSeconds()}\n{Ends.ToUnixTimeSeconds()}");

    /// <summary>Reads what <see cref="Write"/> wrote; the seal has been verified.</summary>
    public static PageSession? Read(string text)
    {
        var parts = text.Split('\n');
        return parts.Length == Parts && parts[0] == Format && Seconds(parts[5]) is { } signedIn && Seconds(parts[6]) is { } ends
            ? new PageSession(parts[1], parts[2], parts[3], parts[4], signedIn, ends) : null;
    }

    private static DateTimeOffset? Seconds(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
