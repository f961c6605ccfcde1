using System.Security.Cryptography.X509Certificates;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Exchange.Start;
using EHealthHub.Gateway.Authorization;
using EHealthHub.Gateway.Endpoints;
using EHealthHub.Gateway.My;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust;
using Microsoft.AspNetCore.Http.Timeouts;

namespace EHealthHub.Gateway.Composition;

/// <summary>Opens the hub, serves until it is told to stop, and closes it: reads as a table of contents.</summary>
public static class GatewayHost
{
    /// <summary>The process: 0 when it was stopped in order, 1 when the data directory cannot be served.</summary>
    public static async Task<int> Run(GatewaySettings settings)
    {
        try
        {
            await using var hub = await Start(settings, TimeProvider.System).ConfigureAwait(false);
            await hub.WaitForShutdown().ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or RolledBackException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("EHealthHub.Gateway: " + e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>Starts and gives the running hub; it is ready when this returns.</summary>
    public static async Task<RunningGateway> Start(GatewaySettings settings, TimeProvider time)
    {
        var parts = HubParts.Open(settings.Data, time, settings.BinaryBytesMax, settings.Derived);
        try
        {
            // Before there is a host to give one; it lives as long as the process.
            var logs = LoggerFactory.Create(AddLogging);
            var trust = await TrustParts.Open(parts, logs).ConfigureAwait(false);
            var providers = await ProviderParts.Open(settings.Providers, time, logs).ConfigureAwait(false);
            var server = X509Certificate2.CreateFromPemFile(Path.Combine(parts.Layout.Pki, "server.crt"), Path.Combine(parts.Layout.Pki, "server.key"));
            var app = Build(settings, parts, trust, providers, server);
            var orphans = await parts.Acts.Orphans.AtStart(CancellationToken.None).ConfigureAwait(false);
            await RecordAct(parts, "hub-started").ConfigureAwait(false);
            await parts.Acts.Erasures.Resume(atStart: true, CancellationToken.None).ConfigureAwait(false);
            parts.Acts.Facts.Follow(trust.Registry);
            await parts.Acts.Employments.Follow(trust.RegistryFile, CancellationToken.None).ConfigureAwait(false);
            await FollowRegistry.LogChanges(parts, trust.Registry.Current, trust.Mark).ConfigureAwait(false);
            var notTaken = await parts.Acts.Conformance.Load(parts.Log, parts.Records, CancellationToken.None).ConfigureAwait(false);
            await app.StartAsync().ConfigureAwait(false);
            app.Services.GetRequiredService<Readiness>().Set();
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EHealthHub.Gateway");
            if (notTaken > 0)
            {
                Log.DefinitionsNotTaken(logger, notTaken);
            }

            Log.Ready(logger, parts.Hub.BaseUrl, parts.Log.Origin, parts.Log.Size, orphans);
            return new RunningGateway(app, parts, trust, providers, server, logger);
        }
        catch
        {
            await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static async Task RecordAct(HubParts parts, string act) => await parts.Log.Record(
        new AuditEntry { Kind = EntryKind.Administration, Time = parts.Time.GetUtcNow(), Interaction = act, Reason = act, Detail = parts.Hub.Node },
        CancellationToken.None).ConfigureAwait(false);

    private static WebApplication Build(GatewaySettings settings, HubParts parts, TrustParts trust, ProviderParts providers, X509Certificate2 server)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "EHealthHub.Gateway", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(KestrelTls.Transport);
        builder.WebHost.ConfigureKestrel(kestrel => KestrelTls.Configure(kestrel, settings, server));
        AddLogging(builder.Logging);
        AddServices(builder.Services, settings, parts, trust, providers);

        var app = builder.Build();
        UsePipeline(app);
        MapEndpoints(app, parts, trust);
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // What it knows of a request are tokens and codes.
        logging.AddFilter("OpenIddict", LogLevel.None);

        // They say what does not hold of a token or a code; that goes to the audit log, by its reason.
        logging.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.None);
        logging.AddFilter("Microsoft.Identity", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.None);

        // It says nothing at this level, and while it might, an Activity and a log scope are made for each request. What a request throws, the error boundary logs.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    private static void AddServices(IServiceCollection services, GatewaySettings settings, HubParts parts, TrustParts trust, ProviderParts providers)
    {
        services.AddSingleton(settings);
        services.AddSingleton(parts);
        services.AddSingleton(trust);
        services.AddSingleton(trust.Callers);
        services.AddSingleton(trust.Forwarded);
        services.AddSingleton(trust.Registry);
        var metrics = new GatewayMetrics();
        services.AddSingleton(metrics);
        services.AddSingleton(trust.Revoked);
        services.AddOAuth(parts, trust, metrics, services.AddSignIn(parts, trust, providers, metrics));
        services.AddSingleton(_ => new PageSeal(parts));
        services.AddHostedService<RevocationPoll>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<Housekeeping>();
        services.AddHostedService<Reindexing>();
        services.AddSingleton<Witnessing>();
        services.AddHostedService(provider => provider.GetRequiredService<Witnessing>());
        services.AddHostedService<FollowRegistry>();
        services.AddRouting();
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = GatewayBounds.RequestTimeout });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
    }

    /// <summary>The request pipeline, in order.</summary>
    private static void UsePipeline(WebApplication app)
    {
        // Where a scheme is registered, ASP.NET puts its own steps before all others, and a provider's answer would be handled outside the error boundary, without bounds and receipt. Ours call it where it belongs.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        app.UseMiddleware<ErrorBoundary>();
        app.UseRequestTimeouts();
        app.UseRouting();
        app.UseMiddleware<PortSplit>();
        app.UseMiddleware<TakeForwardedCertificate>();
        app.UseMiddleware<IdentifyCaller>();
        app.UseMiddleware<BoundRates>();
    }

    private static void MapEndpoints(WebApplication app, HubParts parts, TrustParts trust)
    {
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        var fhir = new FhirEndpoints(parts, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EHealthHub.Gateway"));
        parts.Records.Serve(BuiltInDefinitions.Of(fhir.Served));
        new OpenEndpoints(parts, fhir.Served).Map(app);
        new OAuthEndpoints(parts, trust, app.Services.GetRequiredService<OAuthHost>(), app.Services.GetRequiredService<UdapDocument>()).Map(app);
        app.Services.GetRequiredService<SignInEndpoints>().Map(app);
        new ProofEndpoint(parts).Map(app);
        new PageEndpoints(parts, trust, metrics).Map(app);
        new MyEndpoints(parts, new MyGate(parts, trust, metrics, app.Services.GetRequiredService<PageSignIn>(), app.Services.GetRequiredService<PageSeal>()), trust.Registry).Map(app);
        new ManagementEndpoints(parts, metrics, app.Services.GetRequiredService<Readiness>(), trust.RevocationFreshSeconds, app.Services.GetRequiredService<Witnessing>()).Map(app);
        fhir.Map(app);

        // Named, because the one that is added unasked would stand behind the terminal step.
        app.UseEndpoints(_ => { });
        app.Run(fhir.NoRoute);
    }
}

/// <summary>A running hub. Disposing drains, closes windows, records the stop and closes log and store.</summary>
public sealed class RunningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HubParts _parts;
    private readonly TrustParts _trust;
    private readonly ProviderParts _providers;
    private readonly X509Certificate2 _server;
    private readonly ILogger _logger;

    internal RunningGateway(WebApplication app, HubParts parts, TrustParts trust, ProviderParts providers, X509Certificate2 server, ILogger logger)
    {
        _app = app;
        _parts = parts;
        _trust = trust;
        _providers = providers;
        _server = server;
        _logger = logger;
    }

    /// <summary>Returns when the process was told to stop (SIGTERM, SIGINT) and requests are drained.</summary>
    public Task WaitForShutdown() => _app.WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _parts.Acts.Refusals.CloseOld(all: true).ConfigureAwait(false);
        await GatewayHost.RecordAct(_parts, "hub-stopped").ConfigureAwait(false);
        await _providers.DisposeAsync().ConfigureAwait(false);
        await _trust.DisposeAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
        _server.Dispose();
        Log.Stopped(_logger);
    }
}
