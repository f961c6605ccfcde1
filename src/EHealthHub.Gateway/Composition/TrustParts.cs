using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Composition;

/// <summary>The room Trust, opened over the data directory: registry, revocation lists, gate, tokens.</summary>
public sealed class TrustParts : IAsyncDisposable
{
    private readonly RegistryFile _registry;
    private readonly RevocationService _revocation;
    private readonly VaultRegistryAuthenticator _authenticator;

    private TrustParts(RegistryFile registry, RevocationService revocation, VaultRegistryAuthenticator authenticator, CertificateGate gate, ITokenSigner signer, TokenOptions tokens, TimeProvider time)
    {
        _registry = registry;
        _revocation = revocation;
        _authenticator = authenticator;
        Signer = signer;
        Forwarded = new ForwardedCertificates(gate, registry);
        Callers = new CallerFactory(gate, registry, revocation, signer, tokens, time);
        Tokens = new TokenEndpoint(gate, registry, signer, new MemoryReplayCache(time), tokens, time);
    }

    /// <summary>The registry in force; a change of its file holds within a second.</summary>
    public IRegistry Registry => _registry;

    /// <summary>Connection and token become a caller.</summary>
    public CallerFactory Callers { get; }

    /// <summary>Certificates that a registered proxy forwards.</summary>
    public ForwardedCertificates Forwarded { get; }

    /// <summary>Assertions become tokens.</summary>
    public TokenEndpoint Tokens { get; }

    /// <summary>Signs tokens.</summary>
    public ITokenSigner Signer { get; }

    /// <summary>Seconds until the stalest revocation list refuses everybody.</summary>
    public double RevocationFreshSeconds() => _revocation.Freshness().Min(f => f.Remaining.TotalSeconds);

    /// <summary>Opens; throws <see cref="InvalidDataException"/> for a registry that is missing or not the hub's own.</summary>
    public static async Task<TrustParts> Open(HubParts parts)
    {
        var anchor = TrustAnchor.FromFile(Path.Combine(parts.Layout.Pki, "ca.crt"), AnchorUses.All);
        var authenticator = new VaultRegistryAuthenticator(parts.Vault);
        var registry = RegistryFile.Open(parts.Layout.Registry, authenticator, parts.Time);
        registry.Watch();
        var revocation = new RevocationService(
            new RevocationOptions { Sources = [new RevocationSource(anchor.Certificate, Path.Combine(parts.Layout.Pki, "ca.crl"))] }, parts.Time);
        await revocation.StartAsync(CancellationToken.None).ConfigureAwait(false);
        var gate = new CertificateGate(new GateOptions { Anchors = [anchor] }, registry, revocation, parts.Time);
        var tokens = new TokenOptions { Issuer = parts.Hub.BaseUrl, TokenEndpoint = parts.Hub.BaseUrl + "/oauth/token", FhirBase = parts.Hub.FhirBase };
        return new TrustParts(registry, revocation, authenticator, gate, new VaultTokenSigner(parts.Vault), tokens, parts.Time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _revocation.DisposeAsync().ConfigureAwait(false);
        await _registry.DisposeAsync().ConfigureAwait(false);
        _authenticator.Dispose();
    }
}
