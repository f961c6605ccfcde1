using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>What all grants have in common: a token is bound to the connection's certificate, has an id of its own, and ends with the first thing that it stands on.</summary>
internal sealed class TokenIssuer(TokenKeyRing keys, TokenOptions options)
{
    private readonly TokenCodec _codec = new(keys, options);

    internal TokenClaims Begin(
        CertificateFinding connection, string subject, string client, string purpose, ImmutableArray<string> scopes, DateTimeOffset now, int secondsMax, params ReadOnlySpan<long> boundsTicks)
    {
        var end = Math.Min(now.AddSeconds(secondsMax).UtcTicks, Math.Min(connection.NotAfter, connection.ChainUntil));
        foreach (var bound in boundsTicks)
        {
            end = Math.Min(end, bound);
        }

        return new TokenClaims
        {
            Issuer = options.Issuer,
            Audience = options.FhirBase,
            Subject = subject,
            Client = client,
            Purpose = purpose,
            Scope = string.Join(' ', scopes),
            Id = NewId(),
            IssuedAt = now.ToUnixTimeSeconds(),
            Expires = new DateTimeOffset(end, TimeSpan.Zero).ToUnixTimeSeconds(),
            Confirmation = connection.Hash,
        };
    }

    internal IssuedToken Finish(TokenClaims claims, Caller caller, DateTimeOffset now) =>
        new(_codec.Write(claims, now), (int)(claims.Expires - claims.IssuedAt), claims.Scope, claims.Id, caller);

    internal string Identity(byte[] claims, DateTimeOffset now) => _codec.WriteIdentity(claims, now);

    internal TrustReason Read(string token, DateTimeOffset now, out TokenClaims? claims) => _codec.Read(token, now, out claims);

    internal static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
