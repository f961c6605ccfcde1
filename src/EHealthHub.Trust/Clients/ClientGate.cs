using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>
/// Who asks at the token endpoint, as a funnel. The connection's certificate first, always: a client speaks only on a connection of the institution that answers for it (an application on people's own devices, on that of the person).
/// Then, for a client with registered keys, its assertion: single use, five minutes at most, for this endpoint alone.
/// </summary>
public sealed class ClientGate
{
    /// <summary>The one <c>client_assertion_type</c> (RFC 7523, 2.2).</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly CertificateGate _gate;
    private readonly IRegistry _registry;
    private readonly IReplayCache _replay;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public ClientGate(CertificateGate gate, IRegistry registry, IReplayCache replay, TokenOptions options, TimeProvider time)
    {
        _gate = gate;
        _registry = registry;
        _replay = replay;
        _options = options.Checked();
        _time = time;
    }

    /// <summary>None, with the client, when it is proven.</summary>
    public TrustReason Prove(X509Certificate2? certificate, ClientStatement statement, out ProvenClient? client)
    {
        client = null;
        var reason = _gate.Examine(certificate, CertificateUse.Connection, out var connection);
        if (reason != TrustReason.None)
        {
            return reason;
        }

        // A proxy carries others' connections and speaks for nobody.
        var registry = _registry.Current;
        var registration = registry.RegistrationOf(connection!) is { } held && held.IsCurrent(_time.GetUtcNow()) ? held : null;
        var own = registration?.Institution;
        if (own?.Kind == InstitutionKind.Proxy)
        {
            return TrustReason.NoCertificate;
        }

        ClientAssertionText? assertion = null;
        if (statement.Assertion is not null || statement.AssertionType is not null)
        {
            if (statement.AssertionType != AssertionType || statement.Assertion is null || !ClientAssertionText.TryRead(statement.Assertion, out assertion)
                || (statement.ClientId is not null && statement.ClientId != assertion.Client))
            {
                return TrustReason.AssertionInvalid;
            }
        }

        var id = assertion?.Client ?? statement.ClientId ?? own?.Id;
        if (id is null)
        {
            return TrustReason.Unregistered;
        }

        if (registry.ClientById(id) is var (institution, program))
        {
            reason = MaySpeak(connection!, own, institution, program);
            reason = reason != TrustReason.None ? reason : ByRegistration(registry, institution, program, assertion, statement.IsUdap);
            client = reason == TrustReason.None ? Proven(connection!, registration, id, institution, program, assertion?.Business) : null;
            return reason;
        }

        // The institution itself: its certificate is the whole proof, and an assertion would be one that nobody could verify.
        if (own is null || own.Id != id || assertion is not null)
        {
            return own is null && registry.InstitutionById(id) is null ? TrustReason.Unregistered : TrustReason.ClientUnproven;
        }

        if (!connection!.Uses.HasFlag(AnchorUses.Institutions))
        {
            return TrustReason.UnknownIssuer;
        }

        if (own.Suspended)
        {
            return TrustReason.Suspended;
        }

        client = Proven(connection, registration, id, own);
        return TrustReason.None;
    }

    private static ProvenClient Proven(CertificateFinding connection, Registration? registration, string id, Institution institution, RegisteredClient? program = null, BusinessExtension? business = null) =>
        new(connection, registration?.Until ?? long.MaxValue) { Id = id, Institution = institution, Program = program, Business = business };

    private static TrustReason MaySpeak(CertificateFinding connection, Institution? own, Institution institution, RegisteredClient program)
    {
        if (program.IsPublic)
        {
            // Whose connection it is shows when the code is redeemed: it must be that of the person who signed in.
            // A certificate that stands for an institution is nobody's card, as on its own connection.
            return own is not null ? TrustReason.ClientUnproven : institution.Suspended || program.Suspended ? TrustReason.Suspended : connection.Uses.HasFlag(AnchorUses.Cards) ? TrustReason.None : TrustReason.UnknownIssuer;
        }

        return own?.Id != institution.Id ? TrustReason.ClientUnproven
            : !connection.Uses.HasFlag(AnchorUses.Institutions) ? TrustReason.UnknownIssuer
            : institution.Suspended || program.Suspended ? TrustReason.Suspended
            : TrustReason.None;
    }

    /// <summary>Keys registered: an assertion, and one signed by them. None: no assertion, since there is nothing to verify it by, but for one signed by the institution's own certificate (UDAP).</summary>
    private TrustReason ByRegistration(RegistrySnapshot registry, Institution institution, RegisteredClient program, ClientAssertionText? assertion, bool isUdap)
    {
        if (assertion is null)
        {
            return program.Keys.IsEmpty && !isUdap ? TrustReason.None : TrustReason.ClientUnproven;
        }

        if (program.IsPublic || (assertion.Certificate is null && program.Keys.IsEmpty))
        {
            return TrustReason.ClientUnproven;
        }

        if (!IsSignedBy(assertion, registry, institution, program))
        {
            return TrustReason.AssertionInvalid;
        }

        // SMART names the token endpoint; later specifications the issuer. An assertion for either is for nobody else.
        if (assertion.Audience != _options.TokenEndpoint && assertion.Audience != _options.Issuer)
        {
            return TrustReason.AssertionMisdirected;
        }

        if (!IsInTime(assertion, _time.GetUtcNow().ToUnixTimeSeconds()))
        {
            return TrustReason.AssertionExpired;
        }

        // UDAP demands the extension of whoever asks by its rules as a system.
        if (isUdap && program.Kind == ClientKind.System && assertion.Business is null)
        {
            return TrustReason.AssertionInvalid;
        }

        return _replay.TryUse($"client/{program.Id}/{assertion.Id}", DateTimeOffset.FromUnixTimeSeconds(assertion.Expires).AddSeconds(_options.ClockSkewSeconds + 1))
            ? TrustReason.None
            : TrustReason.AssertionReplayed;
    }

    private bool IsInTime(ClientAssertionText assertion, long now)
    {
        var skew = _options.ClockSkewSeconds;
        return now < assertion.Expires + skew
            && assertion.Expires <= now + _options.AssertionSecondsMax + skew
            && (assertion.NotBefore ?? 0) <= now + skew
            && (assertion.IssuedAt is not { } issued
                || (issued <= now + skew && assertion.Expires > issued && assertion.Expires - issued <= _options.AssertionSecondsMax && now <= issued + _options.AssertionSecondsMax + skew));
    }

    private bool IsSignedBy(ClientAssertionText assertion, RegistrySnapshot registry, Institution institution, RegisteredClient program)
    {
        if (assertion.Certificate is { } der)
        {
            return IsSignedBy(assertion, der, registry, institution);
        }

        foreach (var key in program.Keys)
        {
            // Without a kid only where there is one key to mean.
            if ((assertion.KeyId is null ? program.Keys.Length == 1 : key.Id == assertion.KeyId) && (key.Algorithm is null || key.Algorithm == assertion.Algorithm))
            {
                var publicKey = PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromBase64String(key.PublicKey), out _);
                return JoseAlgorithm.Fits(assertion.Algorithm, publicKey) && JoseAlgorithm.Verify(assertion.Algorithm, publicKey, assertion.Signed, assertion.Signature);
            }
        }

        return false;
    }

    /// <summary>By x5c (UDAP): a certificate that passes the gate and is registered to the same institution; anybody else's proves nothing.</summary>
    private bool IsSignedBy(ClientAssertionText assertion, byte[] der, RegistrySnapshot registry, Institution institution)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawDataMemory.Span.SequenceEqual(der)
                && _gate.Examine(certificate, CertificateUse.Connection, out var finding) == TrustReason.None
                && finding!.Uses.HasFlag(AnchorUses.Institutions)
                && registry.InstitutionOf(finding, _time.GetUtcNow())?.Id == institution.Id
                && JoseAlgorithm.Fits(assertion.Algorithm, certificate.PublicKey)
                && JoseAlgorithm.Verify(assertion.Algorithm, certificate, assertion.Signed, assertion.Signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
