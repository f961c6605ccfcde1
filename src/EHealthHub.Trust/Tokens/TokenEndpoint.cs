using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tokens;

/// <summary>An issued access token.</summary>
/// <param name="AccessToken">Compact JWS.</param>
/// <param name="ExpiresInSeconds">Lifetime.</param>
/// <param name="Scope">Granted scopes, space separated.</param>
/// <param name="TokenId">jti.</param>
/// <param name="Caller">For whom.</param>
public sealed record IssuedToken(string AccessToken, int ExpiresInSeconds, string Scope, string TokenId, Caller Caller);

/// <summary>
/// The token endpoint's decision for <c>urn:ietf:params:oauth:grant-type:jwt-bearer</c> (RFC 7523): a card-signed assertion with <c>x5c</c>, carried by an institution over its own mutual TLS, becomes a token bound to that
/// institution's certificate (RFC 8705), for at most five minutes.
/// </summary>
public sealed class TokenEndpoint
{
    private readonly CertificateGate _gate;
    private readonly IRegistry _registry;
    private readonly IReplayCache _replay;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenIssuer _issuer;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public TokenEndpoint(CertificateGate gate, IRegistry registry, TokenKeyRing keys, IReplayCache replay, TokenOptions options, TimeProvider time)
    {
        _gate = gate;
        _registry = registry;
        _replay = replay;
        _options = options.Checked();
        _time = time;
        _issuer = new TokenIssuer(keys, options);
    }

    /// <summary>Decides. <paramref name="institutionCertificate"/> is the TLS client certificate of the connection.</summary>
    public bool TryIssue(X509Certificate2? institutionCertificate, string assertion, [NotNullWhen(true)] out IssuedToken? token, out TrustReason reason, out string thumbprint)
    {
        reason = Issue(institutionCertificate, assertion, out token, out thumbprint, out _);
        return token is not null;
    }

    /// <summary>The same; where carrier or card was never seen and is being asked about at its responder, the request waits for the first answer, bounded. Waiting uses no assertion up.</summary>
    public async ValueTask<(IssuedToken? Token, TrustReason Reason)> IssueAsync(X509Certificate2? institutionCertificate, string assertion, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var reason = Issue(institutionCertificate, assertion, out var token, out _, out var unknown);
            if (unknown.IsDefault || i == 2 || !await _gate.WaitForFirstAnswers(unknown, cancellation).ConfigureAwait(false))
            {
                return (token, reason);
            }
        }
    }

    /// <summary><paramref name="unknown"/> tells whose revocation status is not known, where that is the reason; else it is default.</summary>
    private TrustReason Issue(X509Certificate2? institutionCertificate, string assertion, out IssuedToken? token, out string thumbprint, out ImmutableArray<CertificateId> unknown)
    {
        token = null;
        unknown = default;
        var reason = _gate.Examine(institutionCertificate, CertificateUse.Connection, out var connection);
        thumbprint = connection?.Thumbprint ?? "";
        if (reason != TrustReason.None)
        {
            unknown = reason == TrustReason.RevocationUnknown ? connection!.Path : default;
            return reason;
        }

        if (!ReadAssertion.TryRead(assertion, out var read))
        {
            return TrustReason.AssertionInvalid;
        }

        using (read)
        {
            return Decide(connection!, read, out token, out unknown);
        }
    }

    /// <summary>The carrier, the card, its signature, where and when it is meant for, the person, and last the single use: what fails before does not use it up, and only a proven card can fill the memory of uses.</summary>
    private TrustReason Decide(CertificateFinding connection, ReadAssertion assertion, out IssuedToken? token, out ImmutableArray<CertificateId> unknown)
    {
        token = null;
        unknown = default;
        var registry = _registry.Current;
        var now = _time.GetUtcNow();
        if (!connection.Uses.HasFlag(AnchorUses.Institutions))
        {
            return TrustReason.UnknownIssuer;
        }

        if (registry.InstitutionOf(connection, now) is not { } institution)
        {
            return TrustReason.Unregistered;
        }

        if (institution.Suspended)
        {
            return TrustReason.Suspended;
        }

        if (institution.Kind == InstitutionKind.Proxy)
        {
            return TrustReason.NoCertificate;
        }

        var reason = _gate.Examine(assertion.Card, CertificateUse.CardSignature, out var card);
        if (reason != TrustReason.None)
        {
            unknown = reason == TrustReason.RevocationUnknown ? card!.Path : default;
            return reason;
        }

        if (!card!.Uses.HasFlag(AnchorUses.Cards))
        {
            return TrustReason.UnknownIssuer;
        }

        if (!JoseAlgorithm.Verify(assertion.Algorithm, assertion.Card, assertion.Signed, assertion.Signature))
        {
            return TrustReason.AssertionInvalid;
        }

        if (assertion.Audience != _options.TokenEndpoint || assertion.Confirmation != connection.Confirmation)
        {
            return TrustReason.AssertionMisdirected;
        }

        if (!IsInTime(assertion, now.ToUnixTimeSeconds()))
        {
            return TrustReason.AssertionExpired;
        }

        reason = Employ(registry, card, institution, now, out var person, out var employment);
        if (reason != TrustReason.None)
        {
            return reason;
        }

        // Signer and subject are the same person, named by national id or by registered id.
        if (assertion.Issuer != assertion.Subject || (assertion.Subject != person!.NationalId && assertion.Subject != person.Id))
        {
            return TrustReason.AssertionInvalid;
        }

        var isEmergency = assertion.Purpose is { } named && _options.EmergencyPurposes.Contains(named);
        if (assertion.Purpose is not { } purpose || !(isEmergency || _options.ClinicianPurposes.Contains(purpose)))
        {
            return TrustReason.PurposeNotAllowed;
        }

        // Nobody breaks the glass without saying why, and nobody says why without breaking it.
        if (isEmergency ? !IsReason(assertion.EmergencyReason) : assertion.EmergencyReason is not null)
        {
            return TrustReason.EmergencyReasonInvalid;
        }

        var scopes = GrantedScope.Narrow(_options.ClinicianScopes, assertion.Scope, _options.KeepsQuery);
        if (scopes.IsEmpty)
        {
            return TrustReason.AssertionInvalid;
        }

        if (!_replay.TryUse($"{card.Thumbprint}/{assertion.Id}", DateTimeOffset.FromUnixTimeSeconds(assertion.Expires).AddSeconds(_options.ClockSkewSeconds + 1)))
        {
            return TrustReason.AssertionReplayed;
        }

        token = Issue(connection, card, institution, person, employment!, purpose, assertion.EmergencyReason?.Trim(), scopes, now);
        return TrustReason.None;
    }

    private static bool IsReason(string? text) =>
        text?.Trim() is { Length: >= TokenOptions.ReasonLengthMin and <= TokenOptions.ReasonLengthMax } reason && !reason.Any(char.IsControl);

    private bool IsInTime(ReadAssertion assertion, long now)
    {
        var skew = _options.ClockSkewSeconds;
        return assertion.IssuedAt <= now + skew
            && (assertion.NotBefore ?? 0) <= now + skew
            && now < assertion.Expires + skew
            && now <= assertion.IssuedAt + _options.AssertionSecondsMax + skew
            && assertion.Expires > assertion.IssuedAt
            && assertion.Expires - assertion.IssuedAt <= _options.AssertionSecondsMax;
    }

    private static TrustReason Employ(RegistrySnapshot registry, CertificateFinding card, Institution institution, DateTimeOffset now, out Person? person, out Employment? employment)
    {
        employment = null;
        person = card.NationalId is null ? null : registry.PersonOf(PersonKind.Clinician, card.NationalId);
        if (person is null)
        {
            return TrustReason.Unregistered;
        }

        if (person.Suspended)
        {
            return TrustReason.Suspended;
        }

        employment = person.EmploymentAt(institution.Id, now);
        return employment is null ? TrustReason.WrongInstitution : TrustReason.None;
    }

    private IssuedToken Issue(
        CertificateFinding connection, CertificateFinding card, Institution institution, Person person, Employment employment, string purpose, string? emergency, ImmutableArray<string> scopes, DateTimeOffset now)
    {
        var claims = _issuer.Begin(connection, person.Id, institution.Id, purpose, scopes, now, emergency is null ? _options.TokenSecondsMax : _options.EmergencySecondsMax, card.NotAfter, card.ChainUntil, employment.Until?.UtcTicks ?? long.MaxValue, _registry.Current.RegistrationOf(connection)?.Until ?? long.MaxValue) with
        {
            Institution = institution.Id,
            Role = employment.Role,
            Card = new CardClaim(card.Hash, card.Path[0]),
            EmergencyReason = emergency,
        };
        return _issuer.Finish(claims, Callers.OfToken(claims, institution, person, employment.Role, connection.Thumbprint, card.Thumbprint, scopes), now);
    }
}
