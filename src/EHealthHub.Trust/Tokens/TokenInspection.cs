using System.Diagnostics.CodeAnalysis;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tokens;

/// <summary>What an access token of the hub says, for those who may ask (RFC 7662).</summary>
public sealed record TokenFacts
{
    /// <summary>sub.</summary>
    public required string Subject { get; init; }

    /// <summary>client_id.</summary>
    public required string Client { get; init; }

    /// <summary>Null for a citizen.</summary>
    public string? Institution { get; init; }

    /// <summary>Role of a clinician.</summary>
    public string? Role { get; init; }

    /// <summary>purpose_of_use.</summary>
    public required string Purpose { get; init; }

    /// <summary>Space separated.</summary>
    public required string Scope { get; init; }

    /// <summary>jti.</summary>
    public required string Id { get; init; }

    /// <summary>The grant that it came of; null without one.</summary>
    public string? Grant { get; init; }

    /// <summary>iat.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>exp.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>cnf.x5t#S256.</summary>
    public required string Confirmation { get; init; }
}

/// <summary>Says what a token says, and takes tokens back (RFC 7009). Looking is for registered resource servers; taking back is for the client that the token was issued to.</summary>
public sealed class TokenInspection
{
    private readonly TokenCodec _codec;
    private readonly RevokedTokens _revoked;
    private readonly TimeProvider _time;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public TokenInspection(TokenKeyRing keys, RevokedTokens revoked, TokenOptions options, TimeProvider time)
    {
        _codec = new TokenCodec(keys, options.Checked());
        _revoked = revoked;
        _time = time;
    }

    /// <summary>True for a client that may ask what a token says.</summary>
    public static bool MayLook(ProvenClient client) => client.Program is { Kind: ClientKind.ResourceServer };

    /// <summary>True for a token of the hub that is neither over nor taken back.</summary>
    public bool TryRead(string token, [NotNullWhen(true)] out TokenFacts? facts)
    {
        facts = null;
        if (token.Length > TokenOptions.TokenLengthMax || _codec.Read(token, _time.GetUtcNow(), out var claims) != TrustReason.None
            || _revoked.Contains(claims!.Id) || (claims.Grant is { } grant && _revoked.Contains(grant)))
        {
            return false;
        }

        facts = new TokenFacts
        {
            Subject = claims.Subject,
            Client = claims.Client,
            Institution = claims.Institution,
            Role = claims.Role,
            Purpose = claims.Purpose,
            Scope = claims.Scope,
            Id = claims.Id,
            Grant = claims.Grant,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt),
            Expires = DateTimeOffset.FromUnixTimeSeconds(claims.Expires),
            Confirmation = TokenText.Encode(claims.Confirmation),
        };
        return true;
    }

    /// <summary>Takes a token back; false when it is another client's, or could not be written down.</summary>
    public bool TryRevoke(ProvenClient client, TokenFacts token) => token.Client == client.Id && _revoked.TryRevoke(token.Id, token.Expires);
}
