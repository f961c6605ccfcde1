using System.Collections.Immutable;
using EHealthHub.Access.Scopes;
using EHealthHub.Records.Sqlite;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Composition;

/// <summary>The room Trust, opened over the data directory: registry, revocation lists, gate, tokens.</summary>
public sealed class TrustParts : IAsyncDisposable
{
    // Registered certificates are asked about before the first request; a responder that is down does not keep the hub from starting.
    private static readonly TimeSpan PrefetchAtStart = TimeSpan.FromSeconds(10);

    private readonly RegistryFile _registry;
    private readonly RevocationService _revocation;
    private readonly VaultRegistryAuthenticator _authenticator;

    private readonly TokenLedger _ledger;

    private TrustParts(RegistryFile registry, RevocationService revocation, VaultRegistryAuthenticator authenticator, CertificateGate gate, TokenLedger ledger, HubParts parts)
    {
        _registry = registry;
        _revocation = revocation;
        _authenticator = authenticator;
        _ledger = ledger;
        var shared = new LedgerOfTokens(ledger);
        Options = new TokenOptions { Issuer = parts.Hub.BaseUrl, TokenEndpoint = parts.Hub.BaseUrl + "/oauth/token", FhirBase = parts.Hub.FhirBase, KeepsQuery = ScopeQuery.Keeps };
        Keys = new TokenKeyRing(new VaultTokenKeys(parts.Vault), Options, parts.Time);
        Revoked = new RevokedTokens(shared, parts.Time);
        Forwarded = new ForwardedCertificates(gate, registry, parts.Time);
        Callers = new CallerFactory(gate, registry, revocation, Keys, Revoked, Options, parts.Time);
        Tokens = new TokenEndpoint(gate, registry, Keys, shared, Options, parts.Time);
        Clients = new ClientGate(gate, registry, shared, Options, parts.Time);
        Systems = new SystemGrant(Keys, Options, parts.Time);
        Persons = new PersonGate(gate, registry, parts.Time);
        Apps = new AppGrants(registry, revocation, Keys, shared, Revoked, Options, parts.Time);
        Time = parts.Time;
        Gate = gate;
        Inspection = new TokenInspection(Keys, Revoked, Options, parts.Time);
    }

    /// <summary>The registry in force; a change of its file holds within a second.</summary>
    public IRegistry Registry => _registry;

    /// <summary>The same as a file, for what changes it here: the registry operator's PractitionerRoles.</summary>
    internal RegistryFile RegistryFile => _registry;

    /// <summary>Connection and token become a caller.</summary>
    public CallerFactory Callers { get; }

    /// <summary>Certificates that a registered proxy forwards.</summary>
    public ForwardedCertificates Forwarded { get; }

    /// <summary>Assertions become tokens.</summary>
    public TokenEndpoint Tokens { get; }

    /// <summary>Who asks at the token endpoint.</summary>
    public ClientGate Clients { get; }

    /// <summary>Systems get tokens of their own.</summary>
    public SystemGrant Systems { get; }

    /// <summary>Who sits before the browser.</summary>
    public PersonGate Persons { get; }

    /// <summary>What people allow applications.</summary>
    public AppGrants Apps { get; }

    /// <summary>What every certificate passes.</summary>
    public CertificateGate Gate { get; }

    /// <summary>Time.</summary>
    public TimeProvider Time { get; }

    /// <summary>What a token says, and taking it back.</summary>
    public TokenInspection Inspection { get; }

    /// <summary>What was taken back.</summary>
    public RevokedTokens Revoked { get; }

    /// <summary>Keys that sign and verify tokens.</summary>
    public TokenKeyRing Keys { get; }

    /// <summary>For whom and how long.</summary>
    public TokenOptions Options { get; }

    /// <summary>Keeps revocation on what the registry says.</summary>
    public required TrustFollowing Following { get; init; }

    /// <summary>The last revision whose changes stand in the audit log.</summary>
    public required RegistryMark Mark { get; init; }

    /// <summary>Seconds until the stalest source of revocation counts no more, its grace included: lists, or the stalest answer of a responder.</summary>
    public double RevocationFreshSeconds(RevocationKind kind) =>
        _revocation.Freshness().Where(f => f.Kind == kind).Select(f => f.Remaining.TotalSeconds).DefaultIfEmpty(double.PositiveInfinity).Min();

    /// <summary>Opens; throws <see cref="InvalidDataException"/> for a registry that is missing or not the hub's own.</summary>
    public static async Task<TrustParts> Open(HubParts parts, ILoggerFactory logs)
    {
        var anchor = TrustAnchor.FromFile(Path.Combine(parts.Layout.Pki, "ca.crt"), AnchorUses.All);
        var authenticator = new VaultRegistryAuthenticator(parts.Vault);
        var mark = new RegistryMark(parts.Layout.RegistryMark, authenticator);

        // Below the mark: a registry put back from before, in which somebody may speak again who was taken out.
        var registry = RegistryFile.Open(parts.Layout.Registry, authenticator, parts.Time, revisionMin: Math.Max(1, mark.Read()));
        registry.Watch();

        // A registry without a trust list trusts the development authority of its own directory.
        ImmutableArray<RevocationSource> development = [new RevocationSource(anchor.Certificate, Path.Combine(parts.Layout.Pki, "ca.crl"))];
        var revocation = new RevocationService(
            new RevocationOptions { Sources = TrustFollowing.SourcesOf(registry.Current, development), Ocsp = new OcspOptions { AnswersFile = parts.Layout.OcspAnswers } },
            parts.Time, logs.CreateLogger<RevocationService>(), authenticator: authenticator);
        await revocation.StartAsync(CancellationToken.None).ConfigureAwait(false);
        var gate = new CertificateGate(new GateOptions { Anchors = [anchor] }, registry, revocation, parts.Time);
        var following = new TrustFollowing(registry, gate, revocation, development, parts.Time);
        await Task.WhenAny(following.Step(), Task.Delay(PrefetchAtStart)).ConfigureAwait(false);
        var ledger = TokenLedger.Open(parts.Layout.Databases, parts.Time);
        return new TrustParts(registry, revocation, authenticator, gate, ledger, parts) { Following = following, Mark = mark };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _revocation.DisposeAsync().ConfigureAwait(false);
        await _registry.DisposeAsync().ConfigureAwait(false);
        _authenticator.Dispose();
        _ledger.Dispose();
    }
}
