using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Operator.Commands;
using EHealthHub.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Operator.Load;

/// <summary>
/// The limit that the hub is measured against: the same server and TLS settings, client certificates included, and nothing behind them but fixed bytes. A process of its own, as the gateway is one. It ends with its standard input, so that
/// it cannot be left behind.
/// </summary>
internal static class BareKestrel
{
    /// <summary>The first line of the output is this and the port.</summary>
    public const string Announcement = "listening on ";

    public static async Task<int> Serve(string data, int bytes, CancellationToken cancel)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, "server.crt"), Path.Combine(layout.Pki, "server.key"));
        var body = new byte[bytes];
        body.AsSpan().Fill((byte)' ');

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            });
        }));
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.Run(context =>
            {
                context.Response.ContentType = "application/fhir+json";
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
            });
            await app.StartAsync(cancel).ConfigureAwait(false);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            Say.Line(Announcement + new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
            while (await Console.In.ReadLineAsync(cancel).ConfigureAwait(false) is not null)
            {
                // Only the end counts.
            }

            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return HubCommand.Done;
    }
}
