using EHealthHub.Trust.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Operator.Running;

/// <summary>What a certificate authority publishes, for the development PKI: its OCSP responder (POST <c>/ocsp</c>), its revocation list and its certificate, plain HTTP on loopback, as authorities publish them: what is signed needs no TLS.</summary>
internal sealed class PkiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DevelopmentPki _pki;

    private PkiServer(WebApplication app, DevelopmentPki pki)
    {
        _app = app;
        _pki = pki;
    }

    /// <summary>Address without a path, for example <c>http://127.0.0.1:8888</c>.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts; port 0 takes a free one. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<PkiServer> Start(string pkiFolder, int port, TimeProvider time)
    {
        var pki = DevelopmentPki.OpenOrCreate(pkiFolder, time);
        var responder = new DevelopmentResponder(pki, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = DevelopmentResponder.QuestionBytesMax;
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.MapPost("/ocsp", context => Answer(context, responder));
        app.MapGet("/ca.crl", () => Results.File(pki.RevocationListPath, "application/pkix-crl"));
        app.MapGet("/ca.crt", () => Results.File(pki.AuthorityPath, "application/x-pem-file"));
        await app.StartAsync().ConfigureAwait(false);
        return new PkiServer(app, pki);
    }

    /// <summary>Returns when told to stop.</summary>
    public Task WaitForShutdown(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _pki.Dispose();
    }

    private static async Task Answer(HttpContext context, DevelopmentResponder responder)
    {
        using var question = new MemoryStream();
        await context.Request.Body.CopyToAsync(question, context.RequestAborted).ConfigureAwait(false);
        var answer = responder.Answer(question.ToArray());
        context.Response.ContentType = "application/ocsp-response";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }
}
