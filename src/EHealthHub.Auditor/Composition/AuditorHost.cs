using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Auditor.Index;
using EHealthHub.Auditor.Logs;
using EHealthHub.Auditor.Pages;
using EHealthHub.Auditor.SignIn;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.OpenId;
using EHealthHub.Trust.Revocation;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace EHealthHub.Auditor.Composition;

/// <summary>The running process: opens key file, registry and revocation list, follows the logs, serves the pages. Disposing stops and closes everything.</summary>
internal sealed class AuditorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IReadOnlyList<object> _owned;

    private AuditorHost(WebApplication app, IReadOnlyList<object> owned)
    {
        _app = app;
        _owned = owned;
    }

    /// <summary>The port in use.</summary>
    public int Port => Address(_app, "https").Port;

    /// <summary>The logs followed.</summary>
    public LogWatch Watch => _app.Services.GetRequiredService<LogWatch>();

    /// <summary>Starts. Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when the data directory is not whole, and <see cref="ArgumentException"/> for faulty settings.</summary>
    public static async Task<AuditorHost> Start(AuditorSettings settings, Action<IConfigurationBuilder>? configure, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (settings.Oidc is not null)
        {
            builder.Configuration.AddJsonFile(settings.Oidc, optional: false, reloadOnChange: false).AddEnvironmentVariables();
        }

        configure?.Invoke(builder.Configuration);
        var oidc = ReadOidc(builder.Configuration);

        var keys = new KeyRingFile(Path.Combine(settings.Own, AuditKeyRing.FileName));
        var registry = RegistryFile.Open(settings.Registry, keys, time);
        var authority = X509CertificateLoader.LoadCertificateFromFile(settings.Pki("ca.crt"));
        ImmutableArray<RevocationSource> development = [new RevocationSource(authority, settings.Pki("ca.crl"))];
        var revocation = new RevocationService(new RevocationOptions { Sources = TrustFollowing.SourcesOf(registry.Current, development) }, time);
        await revocation.StartAsync(CancellationToken.None).ConfigureAwait(false);
        registry.Watch();
        var gate = new CertificateGate(new GateOptions { Anchors = [TrustAnchor.FromFile(settings.Pki("ca.crt"), AnchorUses.All)] }, registry, revocation, time);
        var server = X509Certificate2.CreateFromPemFile(settings.Pki("server.crt"), settings.Pki("server.key"));

        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.None).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => AuditorKestrel.Configure(kestrel, settings.Port, server));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        AddParts(builder.Services, settings, keys, time);

        // Before there is a host to give one; it lives as long as the process.
        var logs = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
        var documents = oidc is null ? null : new ProviderDocuments(oidc, time, logs.CreateLogger<ProviderDocuments>());
        var provider = documents is null ? null : new StaffProvider(documents);
        builder.Services.AddSingleton(new StaffGate(gate, registry, provider, new OpenIdPersons(registry, time)));
        builder.Services.AddHostedService(_ => new FollowTrust(new TrustFollowing(registry, gate, revocation, development, time), time));
        if (provider is not null)
        {
            OidcSignIn.Add(builder.Services, provider);
        }

        var app = builder.Build();
        var witness = new WitnessEndpoint(settings, keys, time);
        Map(app, witness, provider is not null);
        await (documents?.Start() ?? Task.CompletedTask).ConfigureAwait(false);
        await app.StartAsync().ConfigureAwait(false);
        var host = new AuditorHost(app, [.. documents is null ? [] : new object[] { documents }, witness, registry, revocation, keys, authority, server]);
        witness.Begin(Address(app, "http"));
        Log.Listening(app.Logger, host.Port);
        return host;
    }

    /// <summary>Returns when the process was told to stop (SIGTERM, SIGINT).</summary>
    public Task WaitForShutdown() => _app.WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        Log.Stopped(_app.Logger);
        await _app.DisposeAsync().ConfigureAwait(false);
        foreach (var owned in _owned)
        {
            if (owned is IAsyncDisposable later)
            {
                await later.DisposeAsync().ConfigureAwait(false);
            }
            else if (owned is IDisposable now)
            {
                now.Dispose();
            }
        }
    }

    private static Uri Address(WebApplication app, string scheme) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).First(address => address.Scheme == scheme);

    private static void AddParts(IServiceCollection services, AuditorSettings settings, KeyRingFile keys, TimeProvider time)
    {
        services.AddSingleton(time);
        services.AddSingleton<EntryIndex>();
        services.AddSingleton<PageEndpoints>();
        services.AddSingleton(provider => new LogWatch(
            settings.Audit, provider.GetRequiredService<EntryIndex>(), keys, new KeptCheckpoints(Path.Combine(settings.Own, "checkpoints")), time, provider.GetRequiredService<ILogger<LogWatch>>()));
        services.AddHostedService(provider => provider.GetRequiredService<LogWatch>());
    }

    /// <summary>The way of a request, from the top: headers, what is open, the gate, the pages.</summary>
    private static void Map(WebApplication app, WitnessEndpoint witness, bool signIn)
    {
        app.Use(witness.Serve);
        app.Use(SecurityHeaders.Set);
        app.Use(Failures.Catch);
        app.Use(OpenPaths.Serve);
        if (signIn)
        {
            app.UseAuthentication();
        }

        app.Use(Admit);
        app.UseRouting();
        var pages = app.Services.GetRequiredService<PageEndpoints>();
        pages.Map(app);
        app.MapFallback(pages.NotFound);
    }

    private static async Task Admit(HttpContext context, RequestDelegate next)
    {
        var gate = context.RequestServices.GetRequiredService<StaffGate>();
        var verdict = await gate.Examine(context).ConfigureAwait(false);
        if (verdict.Auditor is { } auditor)
        {
            context.Items[PageEndpoints.AuditorItem] = auditor.Name;
            await next(context).ConfigureAwait(false);
            return;
        }

        if (gate.CanSignIn && context.Connection.ClientCertificate is null && context.User.Identity is not { IsAuthenticated: true })
        {
            if (!gate.IsProviderThere)
            {
                await PageEndpoints.Refused(context, StaffVerdict.ProviderUnavailable).ConfigureAwait(false);
                return;
            }

            await context.ChallengeAsync(new AuthenticationProperties { RedirectUri = context.Request.Path + context.Request.QueryString }).ConfigureAwait(false);
            return;
        }

        Log.Refused(context.RequestServices.GetRequiredService<ILogger<StaffGate>>(), verdict.Reason, verdict.Thumbprint);
        await PageEndpoints.Refused(context, verdict).ConfigureAwait(false);
    }

    /// <summary>Section <c>Oidc:Staff</c>, where its users can sign in; what it says of bearer tokens is the gateway's.</summary>
    private static OpenIdProvider? ReadOidc(ConfigurationManager configuration)
    {
        var section = configuration.GetSection("Oidc:Staff");
        if (!section.Exists())
        {
            return null;
        }

        var oidc = new OpenIdProvider();
        section.Bind(oidc, binder => binder.ErrorOnUnknownConfiguration = true);
        oidc = oidc with { Use = ProviderUse.Staff };
        var faults = oidc.Faults();
        return faults.Count > 0 ? throw new ArgumentException(string.Join("; ", faults), nameof(configuration)) : oidc.HasSignIn ? oidc : null;
    }
}
