using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.OpenId;

/// <summary>What a token of a provider says, after its signature, issuer, audience and times were found to hold. Made by the host from what Microsoft.Identity.Web validated.</summary>
public sealed record OpenIdIdentity
{
    private const int IdLengthMax = 64;

    private OpenIdIdentity(OpenIdProvider provider, string subject, IReadOnlyList<Claim> claims)
    {
        Provider = provider;
        Subject = subject;
        Claims = claims;
    }

    /// <summary>Who said it.</summary>
    public OpenIdProvider Provider { get; }

    /// <summary>The person at the provider.</summary>
    public string Subject { get; }

    internal IReadOnlyList<Claim> Claims { get; }

    /// <summary>Reads the claims; null where the subject is missing, stands twice or is out of bounds.</summary>
    public static OpenIdIdentity? Read(OpenIdProvider provider, ClaimsPrincipal principal)
    {
        List<Claim> claims = [.. principal.Claims];
        return One(claims, provider.Subject) is { Length: <= OpenIdLogin.SubjectLengthMax } subject ? new OpenIdIdentity(provider, subject, claims) : null;
    }

    /// <summary>The one value of a claim; null where there is none, or several.</summary>
    internal string? One(string type) => One(Claims, type);

    /// <summary>The program that the token was issued to: <c>azp</c>, <c>client_id</c> (RFC 9068) or Entra ID's <c>appid</c>; null where it is not said, or said in two ways.</summary>
    internal string? Client
    {
        get
        {
            string? client = null;
            foreach (var type in (ReadOnlySpan<string>)["azp", "client_id", "appid"])
            {
                if (One(type) is { } said)
                {
                    if (client is not null && client != said)
                    {
                        return null;
                    }

                    client = said;
                }
            }

            return client;
        }
    }

    /// <summary>Each scope of <c>scope</c> and <c>scp</c>, however they are listed.</summary>
    internal IEnumerable<string> Scopes =>
        Claims.Where(c => c.Type is "scope" or "scp").SelectMany(c => c.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>False where a binding is there that cannot be understood; else with the certificate that it names, or none.</summary>
    internal bool TryReadBinding(out Hash256? certificate)
    {
        certificate = null;
        var bindings = Claims.Where(c => c.Type == "cnf").ToList();
        if (bindings.Count == 0)
        {
            return true;
        }

        using var document = bindings.Count == 1 ? CompactJws.ParseObject(Encoding.UTF8.GetBytes(bindings[0].Value)) : null;
        if (document is null || !TokenText.TryDecode(document.RootElement.GetString("x5t#S256"), out var hash))
        {
            // By another key (jkt, jwk): its holder would have to prove it, and there is no such way here.
            return false;
        }

        certificate = hash;
        return true;
    }

    /// <summary>From when to when, as seconds; null where either is missing.</summary>
    internal (long Issued, long Expires)? Times =>
        long.TryParse(One("iat"), NumberStyles.None, CultureInfo.InvariantCulture, out var issued) && long.TryParse(One("exp"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            ? (issued, expires) : null;

    /// <summary>An id for the log: the token's own where it is short and plain, else one made of subject and times, which tells nothing of either.</summary>
    internal string TokenId =>
        (One("jti") ?? One("uti")) is { Length: > 0 and <= IdLengthMax } id && id.All(c => c is > ' ' and < '\u007f') ? id
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Provider.Issuer}\n{Subject}\n{One("iat")}\n{One("exp")}"))).AsSpan(0, 16));

    private static string? One(IReadOnlyList<Claim> claims, string type)
    {
        string? only = null;
        foreach (var claim in claims)
        {
            if (claim.Type != type)
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = claim.Value;
        }

        return only is { Length: > 0 } ? only : null;
    }
}
