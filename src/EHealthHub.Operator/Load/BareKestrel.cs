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
/// The limits that the hub is measured against: the same server and TLS settings, client certificates included, and nothing behind them but as many bytes as the path says (<c>/bytes/N</c>), at once or, under <c>/durable/N</c>, after an
/// fsync that those who wait share. What a request carries is read. A process of its own, as the gateway is one. It ends with its standard input, so that it cannot be left behind.
/// </summary>
internal static class BareKestrel
{
    /// <summary>The first line of the output is this and the port.</summary>
    public const string Announcement = "listening on ";

    private const string DurableFolder = "/durable";
    private const string PlainFolder = "/bytes";
    private const int BytesMax = 16 * 1024 * 1024;

    /// <summary>Where an answer of so many bytes is.</summary>
    public static string PathOf(int bytes, bool durable) => string.Create(CultureInfo.InvariantCulture, $"{(durable ? DurableFolder : PlainFolder)}/{Math.Min(bytes, BytesMax)}");

    public static async Task<int> Serve(string data, CancellationToken cancel)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, "server.crt"), Path.Combine(layout.Pki, "server.key"));
        var body = new byte[BytesMax];
        body.AsSpan().Fill((byte)' ');
        using var disk = new SharedFsync(layout.Root);

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
            app.Run(context => Answer(context, body, disk));
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

    private static async Task Answer(HttpContext context, ReadOnlyMemory<byte> body, SharedFsync disk)
    {
        if (context.Request.ContentLength > 0)
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted).ConfigureAwait(false);
        }

        if (context.Request.Path.StartsWithSegments(DurableFolder, StringComparison.Ordinal, out var rest))
        {
            await disk.Append().ConfigureAwait(false);
        }
        else if (!context.Request.Path.StartsWithSegments(PlainFolder, StringComparison.Ordinal, out rest))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var text = rest.Value.AsSpan().TrimStart('/');
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || bytes > BytesMax)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/fhir+json";
        context.Response.ContentLength = bytes;
        await context.Response.Body.WriteAsync(body[..bytes], context.RequestAborted).ConfigureAwait(false);
    }
}
