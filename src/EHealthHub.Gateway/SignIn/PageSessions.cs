using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace EHealthHub.Gateway.SignIn;

/// <summary>
/// Sessions of people on the pages: sealed into a cookie that only this host gets, short and never prolonged, taken back at sign-out in every gateway. Nothing is stored of those that go on.
/// </summary>
internal sealed class PageSessions : IDisposable
{
    /// <summary>Name of the cookie; browsers take one of this name from this very host alone, and only over TLS.</summary>
    public const string Cookie = "__Host-ehealthhub";

    /// <summary>How long a session by card lasts, minutes.</summary>
    public const int CardMinutes = 30;

    private const int CookieLengthMax = 2_048;
    private const int IdBytes = 18;

    private readonly VaultProtection _seal;
    private readonly VaultProtection _forms;
    private readonly RevokedTokens _revoked;
    private readonly TimeProvider _time;
    private readonly byte[] _formKey;

    public PageSessions(HubParts parts, TrustParts trust)
    {
        _seal = new VaultProtection(parts.Vault, "pages/session/" + parts.Layout.GrantEpoch);
        _forms = new VaultProtection(parts.Vault, "pages/form/" + parts.Layout.GrantEpoch);
        using (var key = parts.Vault.Derive("pages/form-seal/" + parts.Layout.GrantEpoch))
        {
            _formKey = key.Bytes.ToArray();
        }

        _revoked = trust.Revoked;
        _time = parts.Time;
    }

    /// <summary>Begins a session of its own, and ends the one that the browser came with: nobody goes on in a session that another began.</summary>
    public PageSession Begin(HttpContext context, SignedInPerson person, int minutes)
    {
        End(context);
        var now = _time.GetUtcNow();
        var session = new PageSession(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)), person.Person.Id, person.Method, person.Certificate, now, now.AddMinutes(minutes));
        context.Response.Cookies.Append(Cookie, Base64Url.EncodeToString(_seal.Protect(Encoding.UTF8.GetBytes(session.Write()))), Options(TimeSpan.FromMinutes(minutes)));
        return session;
    }

    /// <summary>The session that the browser came with; null where there is none that is ours, goes on and was not taken back.</summary>
    public PageSession? Read(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 and <= CookieLengthMax } text || !Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var session = PageSession.Read(Encoding.UTF8.GetString(_seal.Unprotect(Base64Url.DecodeFromChars(text))));
            return session is not null && _time.GetUtcNow() < session.Ends && !_revoked.Contains(RevocationId(session)) ? session : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Takes the session back and the cookie away; false where it could not be written down that it is over.</summary>
    public bool End(HttpContext context)
    {
        var session = Read(context);
        if (context.Request.Cookies.ContainsKey(Cookie))
        {
            context.Response.Cookies.Append(Cookie, "", Options(TimeSpan.Zero));
        }

        return session is null || _revoked.TryRevoke(RevocationId(session), session.Ends);
    }

    /// <summary>What every form of a session's pages carries: only who saw one of them can have it.</summary>
    public string FormSeal(PageSession session) => Base64Url.EncodeToString(HMACSHA256.HashData(_formKey, Encoding.UTF8.GetBytes(session.Id)));

    /// <summary>True for the session's own seal.</summary>
    public bool Holds(PageSession session, string? seal) => seal is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(FormSeal(session)));

    /// <summary>Seals what passes through the provider's pages.</summary>
    public IDataProtectionProvider Protection => _forms;

    public void Dispose()
    {
        _seal.Dispose();
        _forms.Dispose();
        CryptographicOperations.ZeroMemory(_formKey);
    }

    private static string RevocationId(PageSession session) => "session/" + session.Id;

    private static CookieOptions Options(TimeSpan age) => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = age, IsEssential = true };
}
