using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Benchmarks;

/// <summary>What does it cost each request to know who is speaking?</summary>
[MemoryDiagnoser]
public class IdentifyCaller : IDisposable
{
    private static readonly TokenOptions Tokens = new() { Issuer = "https://localhost:8443", TokenEndpoint = "https://localhost:8443/oauth/token", FhirBase = "https://localhost:8443/fhir" };
    private readonly string _folder = Directory.CreateTempSubdirectory("ehealthhub-benchmark-").FullName;
    private readonly Signer _signer = new();
    private DevelopmentPki _pki = null!;
    private RevocationService _revocation = null!;
    private Registry _registry = null!;
    private CertificateGate _gate = null!;
    private CallerFactory _factory = null!;
    private TokenEndpoint _endpoint = null!;
    private X509Certificate2 _hospital = null!;
    private X509Certificate2 _card = null!;
    private string _token = "";

    [GlobalSetup]
    public async Task Setup()
    {
        _pki = DevelopmentPki.OpenOrCreate(_folder, TimeProvider.System);
        _registry = new Registry(DemoRegistry.Build(_pki.Participants, DateTimeOffset.MinValue));
        _revocation = new RevocationService(new RevocationOptions { Sources = [new RevocationSource(_pki.Authority, _pki.RevocationListPath)] }, TimeProvider.System);
        await _revocation.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        _gate = NewGate();
        var ring = new TokenKeyRing(_signer, Tokens, TimeProvider.System);
        _factory = new CallerFactory(_gate, _registry, _revocation, ring, new RevokedTokens(new MemoryRevokedTokens(), TimeProvider.System), Tokens, TimeProvider.System);
        _endpoint = new TokenEndpoint(_gate, _registry, ring, new MemoryReplayCache(TimeProvider.System, 10_000_000), Tokens, TimeProvider.System);
        _hospital = _pki.Load("hospital-ankara");
        _card = _pki.Load("dr-ayse");
        _token = TokenOfACard();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _revocation.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _hospital.Dispose();
        _card.Dispose();
        _pki.Dispose();
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public bool HospitalAlone() => _factory.TryIdentify(_hospital, null, out _, out _, out _);

    [Benchmark]
    public bool ClinicianByToken() => _factory.TryIdentify(_hospital, _token, out _, out _, out _);

    [Benchmark]
    public bool CardOnItsOwnConnection() => _factory.TryIdentify(_card, null, out _, out _, out _);

    /// <summary>Nothing remembered: the chain is built.</summary>
    [Benchmark]
    public GateVerdict GateForTheFirstTime() => NewGate().Examine(_hospital);

    /// <summary>The hospital's side included: sign an assertion, have it exchanged.</summary>
    [Benchmark]
    public string TokenOfACard()
    {
        var assertion = CardAssertion.Create(_card, Tokens.TokenEndpoint, _pki["hospital-ankara"].Thumbprint, Purposes.Treatment, TimeProvider.System.GetUtcNow());
        return _endpoint.TryIssue(_hospital, assertion, out var token, out var reason, out _) ? token.AccessToken : throw new InvalidOperationException(reason.ToString());
    }

    private CertificateGate NewGate() => new(new GateOptions { Anchors = [TrustAnchor.FromFile(_pki.AuthorityPath, AnchorUses.All)] }, _registry, _revocation, TimeProvider.System);

    private sealed class Registry(RegistrySnapshot current) : IRegistry
    {
        public RegistrySnapshot Current { get; } = current;
    }

    private sealed class Signer : ITokenSigner, ITokenKeys, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public string KeyId => "token/1";

        public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

        public ITokenSigner Key(long period) => this;

        public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

        public void Dispose() => _key.Dispose();
    }
}
