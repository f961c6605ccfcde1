using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tokens;

/// <summary>Who is speaking, or why nobody is.</summary>
/// <param name="Caller">Null when refused.</param>
/// <param name="Reason">None when identified.</param>
/// <param name="Thumbprint">Of the connection's certificate, also on refusal; empty without one.</param>
public readonly record struct Identification(Caller? Caller, TrustReason Reason, string Thumbprint);

/// <summary>Turns a connection's certificate and, where there is one, its bearer token into a <see cref="Caller"/>, or names the one reason why not.</summary>
public sealed class CallerFactory
{
    private readonly CertificateGate _gate;
    private readonly IRegistry _registry;
    private readonly RevocationService _revocation;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenCodec _codec;
    private readonly RevokedTokens _revoked;
    private readonly GenerationCache<Hash256, KnownToken> _tokens;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public CallerFactory(CertificateGate gate, IRegistry registry, RevocationService revocation, TokenKeyRing keys, RevokedTokens revoked, TokenOptions options, TimeProvider time)
    {
        _gate = gate;
        _registry = registry;
        _revocation = revocation;
        _options = options.Checked();
        _time = time;
        _codec = new TokenCodec(keys, options);
        _revoked = revoked;
        _tokens = new GenerationCache<Hash256, KnownToken>(options.TokenCacheEntriesMax);
    }

    /// <summary>
    /// The gate first, then the registry, then the token: signature, times, issuer, audience, <c>cnf.x5t#S256</c> of this very certificate (RFC 8705 3), and the card behind the token examined again.
    /// <paramref name="bearer"/> is the token without the scheme, or null. <paramref name="thumbprint"/> is filled also on refusal, for the audit entry.
    /// </summary>
    public bool TryIdentify(X509Certificate2? certificate, string? bearer, [NotNullWhen(true)] out Caller? caller, out TrustReason reason, out string thumbprint)
    {
        reason = Identify(certificate, bearer, out caller, out thumbprint, out _);
        return caller is not null;
    }

    /// <summary>The same; where a certificate that nobody has seen is being asked about at its responder, the request waits for the first answer, bounded (<see cref="OcspOptions.FirstAnswerMilliseconds"/>).</summary>
    public ValueTask<Identification> IdentifyAsync(X509Certificate2? certificate, string? bearer, CancellationToken cancellation)
    {
        var reason = Identify(certificate, bearer, out var caller, out var thumbprint, out var unknown);
        return unknown.IsDefault ? new(new Identification(caller, reason, thumbprint)) : IdentifyLater(certificate, bearer, unknown, cancellation);
    }

    private async ValueTask<Identification> IdentifyLater(X509Certificate2? certificate, string? bearer, ImmutableArray<CertificateId> unknown, CancellationToken cancellation)
    {
        // Twice: the card behind a token comes after the connection's certificate.
        for (var i = 0; i < 2 && !unknown.IsDefault && await _gate.WaitForFirstAnswers(unknown, cancellation).ConfigureAwait(false); i++)
        {
            var reason = Identify(certificate, bearer, out var caller, out var thumbprint, out unknown);
            if (unknown.IsDefault)
            {
                return new Identification(caller, reason, thumbprint);
            }
        }

        return new Identification(null, TrustReason.RevocationUnknown, certificate is null ? "" : CertificateThumbprint.Of(certificate));
    }

    /// <summary><paramref name="unknown"/> tells whose revocation status is not known, where that is the reason; else it is default.</summary>
    private TrustReason Identify(X509Certificate2? certificate, string? bearer, out Caller? caller, out string thumbprint, out ImmutableArray<CertificateId> unknown)
    {
        caller = null;
        unknown = default;
        var reason = _gate.Examine(certificate, CertificateUse.Connection, out var connection);
        thumbprint = connection?.Thumbprint ?? "";
        if (reason != TrustReason.None)
        {
            unknown = reason == TrustReason.RevocationUnknown ? connection!.Path : default;
            return reason;
        }

        var registry = _registry.Current;
        var now = _time.GetUtcNow();

        // A token that is presented is never overlooked, whoever presents it.
        return bearer is null ? ByCertificate(connection!, registry, now, out caller) : ByToken(connection!, bearer, registry, now, out caller, out unknown);
    }

    private TrustReason ByCertificate(CertificateFinding connection, RegistrySnapshot registry, DateTimeOffset now, out Caller? caller)
    {
        caller = null;
        TrustReason reason;
        if (registry.InstitutionOf(connection, now) is { } institution)
        {
            if (institution.Kind == InstitutionKind.Proxy)
            {
                // It forwarded nobody's certificate, and has no voice of its own.
                return TrustReason.NoCertificate;
            }

            reason = MaySpeak(connection, AnchorUses.Institutions, institution.Suspended);
            caller = reason == TrustReason.None ? Callers.OfInstitution(institution, connection.Thumbprint) : null;
            return reason;
        }

        if (registry.StaffOf(connection.Thumbprint) is { } member)
        {
            reason = MaySpeak(connection, AnchorUses.Staff, member.Suspended);
            caller = reason == TrustReason.None ? Callers.OfStaff(member, connection.Thumbprint) : null;
            return reason;
        }

        // Who is both a clinician and a citizen acts as a clinician: the own record is read through the citizens' door.
        var person = connection.NationalId is { } id ? registry.PersonOf(PersonKind.Clinician, id) ?? registry.PersonOf(PersonKind.Citizen, id) : null;
        if (person is null)
        {
            return TrustReason.Unregistered;
        }

        reason = MaySpeak(connection, AnchorUses.Cards, person.Suspended);
        if (reason != TrustReason.None)
        {
            return reason;
        }

        if (person.Kind == PersonKind.Clinician)
        {
            return ByClinician(connection, person, registry, now, out caller);
        }

        caller = Callers.OfCitizen(person, connection.Thumbprint);
        return TrustReason.None;
    }

    private static TrustReason MaySpeak(CertificateFinding connection, AnchorUses use, bool suspended) =>
        !connection.Uses.HasFlag(use) ? TrustReason.UnknownIssuer
        : suspended ? TrustReason.Suspended
        : TrustReason.None;

    /// <summary>A card on its own connection says nothing of an institution, so the clinician must have exactly one.</summary>
    private TrustReason ByClinician(CertificateFinding connection, Person clinician, RegistrySnapshot registry, DateTimeOffset now, out Caller? caller)
    {
        caller = null;
        if (clinician.OnlyEmployment(now) is not { } employment || registry.InstitutionById(employment.Institution) is not { } institution)
        {
            return TrustReason.WrongInstitution;
        }

        if (institution.Suspended)
        {
            return TrustReason.Suspended;
        }

        caller = Callers.OfClinician(institution, clinician, employment.Role, connection.Thumbprint, _options.ClinicianScopes);
        return TrustReason.None;
    }

    private TrustReason ByToken(CertificateFinding connection, string bearer, RegistrySnapshot registry, DateTimeOffset now, out Caller? caller, out ImmutableArray<CertificateId> unknown)
    {
        caller = null;
        unknown = default;
        var reason = Read(bearer, now, out var token);
        if (token is null)
        {
            return reason;
        }

        var claims = token.Claims;
        if (now.ToUnixTimeSeconds() >= claims.Expires)
        {
            return TrustReason.TokenExpired;
        }

        if (claims.Confirmation != connection.Hash)
        {
            return TrustReason.TokenNotBound;
        }

        if (token.IsRevoked(_revoked))
        {
            return TrustReason.TokenRevoked;
        }

        if (claims.Card is not { } card)
        {
            return token.Speak(connection, registry, now, out caller);
        }

        if (registry.IsBlocked(token.CardThumbprint!))
        {
            return TrustReason.Revoked;
        }

        reason = _revocation.Check(card.Id, now.UtcTicks);
        unknown = reason == TrustReason.RevocationUnknown ? [card.Id] : default;
        return reason == TrustReason.None ? token.Speak(connection, registry, now, out caller) : reason;
    }

    private TrustReason Read(string bearer, DateTimeOffset now, out KnownToken? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[TokenOptions.TokenLengthMax];
        if (bearer.Length > bytes.Length || Ascii.FromUtf16(bearer, bytes, out var length) != System.Buffers.OperationStatus.Done)
        {
            return TrustReason.TokenInvalid;
        }

        var hash = Hash256.Of(bytes[..length]);
        if (_tokens.TryGet(hash, out token))
        {
            return TrustReason.None;
        }

        var reason = _codec.Read(bearer, now, out var claims);
        if (reason == TrustReason.None)
        {
            token = new KnownToken(claims!);
            _tokens.Set(hash, token);
        }

        return reason;
    }
}
