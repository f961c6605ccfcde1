using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Gateway.Composition;
using EHealthHub.Operator.Preparing;
using EHealthHub.Tests.OpenId;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.EndToEnd.Tests.SignIn;

/// <summary>A hub that believes an OpenID provider on loopback, in what it says of citizens and of staff, and a hospital with a portal for citizens.</summary>
public sealed class ProviderHub : IAsyncLifetime, IDisposable
{
    internal const string ZeynepScope = "openid patient/*.rs";

    internal static readonly OpenIdClient Portal = new("citizen-portal", "portal's secret", "https://portal.example/back");

    private readonly HubDirectory _directory = HubDirectory.Create();
    private RunningGateway? _gateway;
    private HttpClient? _http;

    internal HubDirectory Files => _directory;

    internal OpenIdHost Provider { get; private set; } = null!;

    internal OpenIdClient Pages { get; private set; } = null!;

    /// <summary>National id of the citizen of the demonstration.</summary>
    internal string ZeynepId { get; private set; } = "";

    /// <summary>As a program that trusts the development authority.</summary>
    internal HttpClient Http => _http!;

    public async Task InitializeAsync()
    {
        Provider = await OpenIdHost.Start(_directory.Certificate("server"), FreePorts.Take(1)[0]);
        Pages = new OpenIdClient("hub-pages", "pages' secret", new Uri(_directory.BaseAddress, "sign-in/callback").ToString());
        Provider.Add(Portal, Pages);
        await OAuthClient.Register(_directory, "hospital-ankara",
            new RegisteredClient(Portal.Id, "Portal", ClientKind.App, [], [Portal.Redirect], ["patient/*.rs", "openid"], IsPublic: false, Suspended: false));
        await Edit(r => r.AddLogin("auditor", new OpenIdLogin(Provider.Authority, "staff-1")));
        ZeynepId = Registry().PersonById("citizen-zeynep")!.NationalId!;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = Trusting() });
        await Start();
    }

    internal OpenIdProvider Citizens(Func<OpenIdProvider, OpenIdProvider>? change = null)
    {
        var provider = new OpenIdProvider
        {
            Authority = Provider.Authority, ClientId = Pages.Id, ClientSecret = Pages.Secret, Audience = OpenIdHost.Audience, NationalIdClaim = "national_id",
            CertificateAuthority = Path.Combine(_directory.Layout.Pki, "ca.crt"), ScopeMap = ["own.read=patient/Patient.rs"], KeyPauseSeconds = 5,
        };
        return change is null ? provider : change(provider);
    }

    /// <summary>Starts the gateway; again with other providers.</summary>
    internal async Task Start(params OpenIdProvider[] providers)
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _gateway = await GatewayHost.Start(new GatewaySettings(_directory.Layout.Root, _directory.Port, _directory.ManagementPort) { Providers = providers.Length == 0 ? [Citizens()] : [.. providers] }, TimeProvider.System);
    }

    /// <summary>A token of the provider for the citizen through the portal.</summary>
    internal async Task<string> Token(string scope = ZeynepScope, OpenIdUser? user = null, string kind = "access_token")
    {
        Provider.User = user ?? new OpenIdUser("zeynep@provider", ZeynepId, "Zeynep");
        var tokens = await Provider.Tokens(Http, Portal, scope);
        return (string?)tokens[kind] ?? throw new InvalidOperationException(tokens.ToJsonString());
    }

    internal async Task Edit(Func<RegistrySnapshot, RegistryEdit> edit)
    {
        using var opened = OpenedHub.Open(_directory.Layout.Root, out var fault) ?? throw new InvalidOperationException(fault);
        using var authenticator = new VaultRegistryAuthenticator(opened.Vault);
        await using var registry = RegistryFile.Open(_directory.Layout.Registry, authenticator, TimeProvider.System);
        var change = registry.Change(edit);
        Assert.True(change.Status == RegistryChangeStatus.Done, change.Fault);
        await Task.Delay(TimeSpan.FromSeconds(3));
    }

    internal RegistrySnapshot Registry()
    {
        using var opened = OpenedHub.Open(_directory.Layout.Root, out var fault) ?? throw new InvalidOperationException(fault);
        using var authenticator = new VaultRegistryAuthenticator(opened.Vault);
        return RegistryFile.Open(_directory.Layout.Registry, authenticator, TimeProvider.System).Current;
    }

    internal SslClientAuthenticationOptions Trusting()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory.Layout.Pki, "ca.crt")));
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy, AllowTlsResume = false };
    }

    public async Task DisposeAsync()
    {
        await _gateway!.DisposeAsync();
        await Provider.DisposeAsync();
        _directory.Dispose();
    }

    public void Dispose() => _http?.Dispose();
}
