using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>The room put together over a fresh development PKI, with a registry in memory and a clock that stands.</summary>
internal sealed class TestHub : IRegistry, IDisposable
{
    // Made once and copied: thirteen participants in three synced files each would be most of a test's time.
    private static readonly Lazy<Dictionary<string, byte[]>> Template = new(MakeTemplate);

    private readonly TestFolder _folder = new();
    private readonly List<X509Certificate2> _made = [];

    internal TestHub(Func<GateOptions, GateOptions>? gate = null, Func<RevocationOptions, RevocationOptions>? revocation = null)
    {
        Directory.CreateDirectory(_folder["pki"]);
        foreach (var (name, content) in Template.Value)
        {
            File.WriteAllBytes(Path.Combine(_folder["pki"], name), content);
        }

        Pki = DevelopmentPki.OpenOrCreate(_folder["pki"], Time);
        Current = DemoRegistry.Build(Pki.Participants, Time.Now.AddDays(-1));
        var lists = new RevocationOptions { Sources = [new RevocationSource(Pki.Authority, Pki.RevocationListPath)] };
        Revocation = new RevocationService(revocation?.Invoke(lists) ?? lists, Time);
        Revocation.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        var options = new GateOptions { Anchors = [TrustAnchor.FromFile(Pki.AuthorityPath, AnchorUses.All)] };
        Gate = new CertificateGate(gate?.Invoke(options) ?? options, this, Revocation, Time);
        Ring = new TokenKeyRing(Keys, Tokens, Time);
        Replay = new MemoryReplayCache(Time);
        Revoked = new RevokedTokens(SharedRevoked, Time);
        Endpoint = new TokenEndpoint(Gate, this, Ring, Replay, Tokens, Time);
        Clients = new ClientGate(Gate, this, Replay, Tokens, Time);
        Systems = new SystemGrant(Ring, Tokens, Time);
        Factory = new CallerFactory(Gate, this, Revocation, Ring, Revoked, Tokens, Time);
    }

    internal static TokenOptions Tokens { get; } = new() { Issuer = "https://localhost:8443", TokenEndpoint = "https://localhost:8443/oauth/token", FhirBase = "https://localhost:8443/fhir" };

    public RegistrySnapshot Current { get; set; }

    internal ManualTime Time { get; } = new();

    internal DevelopmentPki Pki { get; }

    internal RevocationService Revocation { get; }

    internal CertificateGate Gate { get; }

    internal TestKeys Keys { get; } = new();

    internal TokenKeyRing Ring { get; }

    internal MemoryReplayCache Replay { get; }

    internal MemoryRevokedTokens SharedRevoked { get; } = new();

    internal RevokedTokens Revoked { get; }

    internal ClientGate Clients { get; }

    internal SystemGrant Systems { get; }

    /// <summary>The key that signs now.</summary>
    internal ITokenSigner Signer => Ring.Published().Single(k => k.KeyId == FormattableString.Invariant($"token/{Time.Now.ToUnixTimeSeconds() / (Tokens.KeyDays * 86_400L)}"));

    internal TokenEndpoint Endpoint { get; }

    internal CallerFactory Factory { get; }

    /// <summary>A participant's certificate with its key.</summary>
    internal X509Certificate2 Certificate(string name) => Keep(Pki.Load(name));

    internal X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return certificate;
    }

    internal TrustReason Examine(X509Certificate2 certificate) => Gate.Examine(Keep(certificate)).Reason;

    /// <summary>Why an assertion carried by an institution was refused; None when a token was issued.</summary>
    internal TrustReason Ask(string carrier, string assertion) => Ask(Certificate(carrier), assertion);

    internal TrustReason Ask(X509Certificate2? carrier, string assertion) => Ask(carrier, assertion, out _);

    internal TrustReason Ask(string carrier, string assertion, out IssuedToken? token) => Ask(Certificate(carrier), assertion, out token);

    private TrustReason Ask(X509Certificate2? carrier, string assertion, out IssuedToken? token)
    {
        var issued = Endpoint.TryIssue(carrier, assertion, out token, out var reason, out _);
        Assert.Equal(issued, reason == TrustReason.None);
        Assert.Equal(issued, token is not null);
        return reason;
    }

    /// <summary>A token of a clinician carried by an institution.</summary>
    internal IssuedToken Issue(string carrier, string card)
    {
        Assert.True(Endpoint.TryIssue(Certificate(carrier), new TestAssertion(this, carrier, card).Sign(), out var token, out var reason, out _), reason.ToString());
        return token;
    }

    /// <summary>Why a request was refused; None when it has a caller.</summary>
    internal TrustReason Identify(string connection, string? bearer) => Identify(Certificate(connection), bearer, out _);

    internal TrustReason Identify(X509Certificate2? connection, string? bearer, out Caller? caller)
    {
        var identified = Factory.TryIdentify(connection, bearer, out caller, out var reason, out _);
        Assert.Equal(identified, reason == TrustReason.None);
        return reason;
    }

    internal void Edit(Func<RegistrySnapshot, RegistryEdit> edit)
    {
        var edited = edit(Current);
        Assert.Null(edited.Fault);
        Current = edited.Snapshot!;
    }

    internal Task RefreshRevocation() => Revocation.RefreshAsync(CancellationToken.None);

    private static Dictionary<string, byte[]> MakeTemplate()
    {
        using var folder = new TestFolder();
        DevelopmentPki.OpenOrCreate(folder["pki"], new ManualTime()).Dispose();
        return Directory.GetFiles(folder["pki"]).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllBytes);
    }

    public void Dispose()
    {
        foreach (var certificate in _made)
        {
            certificate.Dispose();
        }

        Revocation.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Keys.Dispose();
        Pki.Dispose();
        _folder.Dispose();
    }
}
