using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Certificates;

/// <summary>
/// The part of the gate that depends on the certificate's bytes and the trust list alone: kind, strength, chain (RFC 5280, 6.1). The chain is built here and not by Kestrel's policy: there, an impostor authority with a trusted
/// authority's name would end the handshake without a reason.
/// </summary>
internal sealed class ChainExaminer
{
    // Real cards have one to three KiB.
    private const int CertificateBytesMax = 16 * 1024;

    // What a stranger sends is remembered shortly: an anchor may come into force.
    private static readonly TimeSpan RefusalRemembered = TimeSpan.FromSeconds(30);

    private readonly GateOptions _options;
    private readonly TimeSpan _remembered;
    private readonly Dictionary<Hash256, TrustAnchor> _anchors;
    private readonly X509Certificate2Collection _intermediates;

    internal ChainExaminer(GateOptions options)
    {
        _options = options;
        _remembered = TimeSpan.FromSeconds(options.ChainCacheSeconds);
        _anchors = options.Anchors.ToDictionary(a => Hash256.Of(a.Certificate));
        _intermediates = [.. options.Intermediates];
    }

    internal CertificateFinding Examine(X509Certificate2 certificate, Hash256 hash, CertificateUse use, DateTimeOffset now)
    {
        if (certificate.RawDataMemory.Length > CertificateBytesMax || CertificateFacts.Read(certificate) is not { } facts || UsageFor(facts, use) is not { } usage)
        {
            return Refuse(TrustReason.WrongUsage);
        }

        if (!CertificateStrength.HasStrongKey(certificate) || !CertificateStrength.HasStrongSignature(certificate.RawDataMemory))
        {
            return Refuse(TrustReason.WeakKey);
        }

        var reason = TryBuild(certificate, usage, now, out var path, out var authorities, out var anchor, out var until);
        if (reason != TrustReason.None)
        {
            return Refuse(reason);
        }

        // A card of this kind may come from some authorities only: which ones stand behind it is known when the chain is.
        var card = _options.Cards.FirstOrDefault(c => c.Fits(facts) && (c.Issuers.IsEmpty || c.Issuers.Any(authorities.Contains)));
        return use == CertificateUse.CardSignature && card is null
            ? Refuse(TrustReason.WrongUsage)
            : CertificateFinding.Proven(hash, certificate, path, anchor!.Uses, card is not null, card is null ? null : facts.NationalIdIn(card.Attribute), until, (now + _remembered).UtcTicks);

        CertificateFinding Refuse(TrustReason reason) => CertificateFinding.Refused(hash, reason, (now + RefusalRemembered).UtcTicks);
    }

    /// <summary>The extended key usage that the whole chain must allow, or null when the certificate is of the wrong kind.</summary>
    private string? UsageFor(CertificateFacts facts, CertificateUse use)
    {
        const X509KeyUsageFlags OfAuthorities = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
        if (facts.IsAuthority || (facts.KeyUsage & OfAuthorities) != 0)
        {
            return null;
        }

        if (use == CertificateUse.Connection)
        {
            return facts.KeyUsage.HasFlag(X509KeyUsageFlags.DigitalSignature) && !facts.ExtendedUsages.IsDefault && facts.ExtendedUsages.Contains(CertificateOids.ClientAuthentication)
                ? CertificateOids.ClientAuthentication
                : null;
        }

        return (facts.KeyUsage & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != 0 
            ? _options.Cards.Where(c => c.Fits(facts)).Select(c => c.UsageOf(facts)).FirstOrDefault(u => u is not null)
            : null;
    }

    private TrustReason TryBuild(X509Certificate2 certificate, string usage, DateTimeOffset now, out ImmutableArray<CertificateId> path, out ImmutableArray<string> authorities, out TrustAnchor? anchor, out long until)
    {
        path = [];
        authorities = [];
        anchor = null;
        until = 0;
        using var chain = new X509Chain { ChainPolicy = PolicyAt(now, usage) };
        try
        {
            chain.Build(certificate);
            return IsOurs(chain) ? Walk(chain, now, out path, out authorities, out anchor, out until) : TrustReason.UnknownIssuer;
        }
        catch (CryptographicException)
        {
            // Bytes that the platform cannot follow to an end: no chain.
            return TrustReason.UnknownIssuer;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private X509ChainPolicy PolicyAt(DateTimeOffset now, string usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        foreach (var anchor in _options.Anchors)
        {
            if (anchor.From <= now && now < anchor.Until)
            {
                policy.CustomTrustStore.Add(anchor.Certificate);
            }
        }

        policy.ExtraStore.AddRange(_intermediates);
        if (usage.Length > 0)
        {
            policy.ApplicationPolicy.Add(new Oid(usage));
        }

        return policy;
    }

    /// <summary>Nothing is wrong with the chain, except perhaps the leaf's own time, which the gate looks at on every call.</summary>
    private static bool IsOurs(X509Chain chain)
    {
        foreach (var status in chain.ChainStatus)
        {
            if (status.Status is not (X509ChainStatusFlags.NoError or X509ChainStatusFlags.NotTimeValid))
            {
                return false;
            }
        }

        for (var i = 1; i < chain.ChainElements.Count; i++)
        {
            if (chain.ChainElements[i].ChainElementStatus.Length > 0)
            {
                return false;
            }
        }

        return chain.ChainElements.Count > 1;
    }

    private TrustReason Walk(X509Chain chain, DateTimeOffset now, out ImmutableArray<CertificateId> path, out ImmutableArray<string> authorities, out TrustAnchor? anchor, out long until)
    {
        path = [];
        authorities = [];
        until = long.MaxValue;
        if (!_anchors.TryGetValue(Hash256.Of(chain.ChainElements[^1].Certificate), out anchor) || now < anchor.From || now >= anchor.Until)
        {
            return TrustReason.UnknownIssuer;
        }

        until = anchor.Until.UtcTicks;
        var ids = ImmutableArray.CreateBuilder<CertificateId>(chain.ChainElements.Count - 1);
        for (var i = 0; i < chain.ChainElements.Count - 1; i++)
        {
            var (certificate, issuer) = (chain.ChainElements[i].Certificate, chain.ChainElements[i + 1].Certificate);
            until = Math.Min(until, issuer.NotAfter.ToUniversalTime().Ticks);
            if (i > 0 && !(CertificateStrength.HasStrongKey(certificate) && CertificateStrength.HasStrongSignature(certificate.RawDataMemory)))
            {
                return TrustReason.WeakKey;
            }

            if (!SerialNumber.TryRead(certificate.SerialNumberBytes.Span, out var serial))
            {
                return TrustReason.WrongUsage;
            }

            ids.Add(new CertificateId(CertificateId.IssuerOf(issuer), serial));
        }

        path = ids.ToImmutable();
        authorities = [.. chain.ChainElements.Skip(1).Select(e => CertificateThumbprint.Of(e.Certificate))];
        return TrustReason.None;
    }
}
