using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using EHealthHub.Records.Sqlite;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Benchmarks;

/// <summary>What a token costs by each grant, Trust's part: client proven, decision, ledger's durable row, signature. The client's own signature is included where it makes one.</summary>
[MemoryDiagnoser]
public class IssueTokens : IDisposable
{
    private const string Ankara = "hospital-ankara";

    private static readonly TokenOptions Tokens = new() { Issuer = "https://localhost:8443", TokenEndpoint = "https://localhost:8443/oauth/token", FhirBase = "https://localhost:8443/fhir" };

    private readonly string _folder = Directory.CreateTempSubdirectory("ehealthhub-benchmark-").FullName;
    private readonly Keys _keys = new();
    private DevelopmentPki _pki = null!;
    private TokenLedger _ledger = null!;
    private RevocationService _revocation = null!;
    private ClientGate _clients = null!;
    private SystemGrant _systems = null!;
    private TokenEndpoint _cards = null!;
    private AppGrants _apps = null!;
    private AppGrant _grant = null!;
    private X509Certificate2 _hospital = null!;
    private X509Certificate2 _card = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        var time = TimeProvider.System;
        _pki = DevelopmentPki.OpenOrCreate(_folder, time);
        string[] scopes = ["offline_access", "user/*.rs"];
        var app = new RegisteredClient("ward", "Ward", ClientKind.App, [], ["https://app.example/back"], [.. scopes], IsPublic: false, Suspended: false);
        var registry = new Registry(DemoRegistry.Build(_pki.Participants, DateTimeOffset.MinValue).PutClient(Ankara, app).Snapshot!);
        _revocation = new RevocationService(new RevocationOptions { Sources = [new RevocationSource(_pki.Authority, _pki.RevocationListPath)] }, time);
        await _revocation.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        _ledger = TokenLedger.Open(_folder, time);
        var (replay, ring, revoked) = (new Replay(_ledger), new TokenKeyRing(_keys, Tokens, time), new RevokedTokens(new MemoryRevokedTokens(), time));
        var gate = new CertificateGate(new GateOptions { Anchors = [TrustAnchor.FromFile(_pki.AuthorityPath, AnchorUses.All)] }, registry, _revocation, time);
        _clients = new ClientGate(gate, registry, replay, Tokens, time);
        _systems = new SystemGrant(ring, Tokens, time);
        _cards = new TokenEndpoint(gate, registry, ring, replay, Tokens, time);
        _apps = new AppGrants(registry, _revocation, ring, replay, revoked, Tokens, time);
        (_hospital, _card) = (_pki.Load(Ankara), _pki.Load("dr-ayse"));
        Expect(new PersonGate(gate, registry, time).Prove(_card, out var person));
        Expect(_apps.TryBegin(person!, _apps.Application("ward")!.Value, string.Join(' ', scopes), new PersonContext(null, null), out var grant));
        _grant = grant!;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _revocation.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _hospital.Dispose();
        _card.Dispose();
        _ledger.Dispose();
        _pki.Dispose();
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>No assertion and nothing to write down.</summary>
    [Benchmark]
    public string SystemByCertificate()
    {
        Expect(_clients.Prove(_hospital, new ClientStatement(Ankara, null, null), out var client));
        return _systems.TryIssue(client!, "system/Patient.rs", out var token, out var reason) ? token.AccessToken : throw new InvalidOperationException(reason.ToString());
    }

    [Benchmark]
    public string ClinicianByCard()
    {
        var assertion = CardAssertion.Create(_card, Tokens.TokenEndpoint, _pki[Ankara].Thumbprint, Purposes.Treatment, TimeProvider.System.GetUtcNow());
        return _cards.TryIssue(_hospital, assertion, out var token, out var reason, out _) ? token.AccessToken : throw new InvalidOperationException(reason.ToString());
    }

    /// <summary>A refresh token, its seal already opened.</summary>
    [Benchmark]
    public string ApplicationRenewed()
    {
        Expect(_clients.Prove(_hospital, new ClientStatement("ward", null, null), out var client));
        var once = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        return _apps.TryRedeem(client!, _grant, once, _grant.Ends, null, null, out var token, out var reason) ? token.Token.AccessToken : throw new InvalidOperationException(reason.ToString());
    }

    /// <summary>The ledger's durable row alone.</summary>
    [Benchmark]
    public bool LedgerAlone() => _ledger.TryUse(RandomNumberGenerator.GetBytes(32), TimeProvider.System.GetUtcNow().AddMinutes(5));

    private static void Expect(TrustReason reason)
    {
        if (reason != TrustReason.None)
        {
            throw new InvalidOperationException(reason.ToString());
        }
    }

    private sealed class Registry(RegistrySnapshot current) : IRegistry
    {
        public RegistrySnapshot Current { get; } = current;
    }

    private sealed class Replay(TokenLedger ledger) : IReplayCache
    {
        public bool TryUse(string id, DateTimeOffset until) => ledger.TryUse(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)), until);
    }

    private sealed class Keys : ITokenKeys, ITokenSigner, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public string KeyId => "token/1";

        public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

        public ITokenSigner Key(long period) => this;

        public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

        public void Dispose() => _key.Dispose();
    }
}
