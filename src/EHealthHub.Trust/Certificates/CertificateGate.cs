using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Certificates;

/// <summary>Outcome of the gate: a reason, or the proven certificate.</summary>
/// <param name="Reason">None when proven.</param>
/// <param name="Thumbprint">SHA-256, lower-case hex; empty without a certificate.</param>
public readonly record struct GateVerdict(TrustReason Reason, string Thumbprint);

/// <summary>
/// The chain, usage, strength, validity and revocation of a client certificate, as a funnel: cheapest refusal first, success last. Custom root trust, no downloads; revocation from the hub's own service (RFC 5280 6.1).
/// The chain's result is cached by the certificate's hash within its validity; validity time, revocation and block list are checked on every call.
/// </summary>
public sealed class CertificateGate
{
    private readonly GateOptions _options;
    private readonly IRegistry _registry;
    private readonly RevocationService _revocation;
    private readonly TimeProvider _time;
    private readonly Lock _change = new();
    private volatile Rules _rules;

    /// <summary>The options hold as long as the registry has no trust list; then anchors, intermediates and cards are those of the list. Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public CertificateGate(GateOptions options, IRegistry registry, RevocationService revocation, TimeProvider time)
    {
        var faults = options.Faults();
        if (!faults.IsEmpty)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _rules = new Rules(null, options);
        _registry = registry;
        _revocation = revocation;
        _time = time;
    }

    /// <summary>Examines a certificate for use as TLS client (institution, staff, or a card on its own connection).</summary>
    public GateVerdict Examine(X509Certificate2? certificate) => Examine(certificate, CertificateUse.Connection);

    /// <summary>Examines a certificate for a use.</summary>
    public GateVerdict Examine(X509Certificate2? certificate, CertificateUse use)
    {
        var reason = Examine(certificate, use, out var finding);
        return new GateVerdict(reason, finding?.Thumbprint ?? "");
    }

    /// <summary>The same, with what was found; null only without a certificate.</summary>
    internal TrustReason Examine(X509Certificate2? certificate, CertificateUse use, out CertificateFinding? finding)
    {
        if (certificate is null)
        {
            finding = null;
            return TrustReason.NoCertificate;
        }

        var time = _time.GetUtcNow();
        var now = time.UtcTicks;
        var registry = _registry.Current;
        finding = RulesOf(registry).Find(certificate, use, time);
        if (finding.Reason != TrustReason.None)
        {
            return finding.Reason;
        }

        if (now < finding.NotBefore)
        {
            return TrustReason.NotYetValid;
        }

        if (now > finding.NotAfter)
        {
            return TrustReason.Expired;
        }

        if (registry.IsBlocked(finding.Thumbprint))
        {
            return TrustReason.Revoked;
        }

        foreach (ref readonly var id in finding.Path.AsSpan())
        {
            var status = _revocation.Check(id, now);
            if (status != TrustReason.None)
            {
                return status;
            }
        }

        return TrustReason.None;
    }

    /// <summary>What says that a connection's certificate is not revoked, for showing it to its holder; null where it does not pass the gate.</summary>
    public RevocationStanding? StandingOf(X509Certificate2? certificate) =>
        Examine(certificate, CertificateUse.Connection, out var finding) == TrustReason.None ? _revocation.Standing(finding!.Path[0], _time.GetUtcNow().UtcTicks) : null;

    /// <summary>Of a connection's certificate that nobody has seen and that is being asked about at its responder: waits for the first answer, bounded. At once for every other.</summary>
    public async ValueTask Meet(X509Certificate2? certificate, CancellationToken cancellation)
    {
        if (Examine(certificate, CertificateUse.Connection, out var finding) == TrustReason.RevocationUnknown)
        {
            await WaitForFirstAnswers(finding!.Path, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>See <see cref="RevocationService.WaitForFirstAnswers"/>.</summary>
    internal ValueTask<bool> WaitForFirstAnswers(ImmutableArray<CertificateId> ids, CancellationToken cancellation) => _revocation.WaitForFirstAnswers(ids, cancellation);

    /// <summary>Where the revocation of a registered certificate is published, for asking ahead; empty for what does not pass the chain.</summary>
    internal ImmutableArray<CertificateId> PathOf(X509Certificate2 certificate) => RulesOf(_registry.Current).Find(certificate, CertificateUse.Connection, _time.GetUtcNow()).Path;

    /// <summary>A changed trust list begins with nothing remembered, so that what it takes away is out on the next request.</summary>
    private Rules RulesOf(RegistrySnapshot registry)
    {
        var rules = _rules;
        if (ReferenceEquals(rules.Trust, registry.Trust))
        {
            return rules;
        }

        lock (_change)
        {
            if (!ReferenceEquals(_rules.Trust, registry.Trust))
            {
                _rules = new Rules(registry.Trust, registry.Trust?.Gate(_options) ?? _options);
            }

            return _rules;
        }
    }

    /// <summary>The trust list in force, and what is known under it.</summary>
    private sealed class Rules(TrustList? trust, GateOptions options)
    {
        private readonly ChainExaminer _examiner = new(options);

        // Two caches, so that strangers' certificates cannot push out those of participants.
        private readonly GenerationCache<Key, CertificateFinding> _proven = new(options.ChainCacheEntriesMax);
        private readonly GenerationCache<Key, CertificateFinding> _refused = new(options.ChainCacheEntriesMax);

        internal TrustList? Trust { get; } = trust;

        internal CertificateFinding Find(X509Certificate2 certificate, CertificateUse use, DateTimeOffset now)
        {
            var key = new Key(Hash256.Of(certificate), use);
            if ((_proven.TryGet(key, out var known) && now.UtcTicks < known.GoodUntil) || (_refused.TryGet(key, out known) && now.UtcTicks < known.GoodUntil))
            {
                return known;
            }

            var finding = _examiner.Examine(certificate, key.Hash, use, now);
            (finding.Reason == TrustReason.None ? _proven : _refused).Set(key, finding);
            return finding;
        }
    }

    private readonly record struct Key(Hash256 Hash, CertificateUse Use)
    {
        public override int GetHashCode() => Hash.GetHashCode() ^ (int)Use;
    }
}
