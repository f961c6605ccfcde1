using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
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

namespace EHealthHub.Benchmarks;

/// <summary>
/// How fast does a Binary of some hundred megabytes go in and out of a hub that runs (<c>./hub up</c>), beside a bare Kestrel in a process of its own with the same TLS that throws away and makes up the same bytes? <c>contents DIR PORT [MIB]</c>.
/// </summary>
internal static class LongContentRun
{
    private const int Rounds = 3;
    private const string Announcement = "listening on ";

    public static async Task<int> Execute(string data, int port, int mebibytes)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        using var bare = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(LongContentRun).Assembly.Location, "contents-bare", layout.Root]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await bare.StandardOutput.ReadLineAsync().ConfigureAwait(false);
        var barePort = int.Parse(line!.AsSpan(Announcement.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        var length = mebibytes * 1_048_576L;
        using var hub = Client(layout, port);
        using var other = Client(layout, barePort);
        for (var round = 1; round <= Rounds; round++)
        {
            var (bareUp, _) = await Upload(other, length).ConfigureAwait(false);
            var bareDown = await Download(other, $"fhir/Binary/{length}", null).ConfigureAwait(false);
            var (up, location) = await Upload(hub, length).ConfigureAwait(false);
            var down = await Download(hub, location, null).ConfigureAwait(false);
            var wrapped = await Download(hub, location, "application/fhir+json").ConfigureAwait(false);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: up {up:0} MB/s of {bareUp:0} ({up / bareUp:0.00}), down {down:0} MB/s of {bareDown:0} ({down / bareDown:0.00}), as FHIR JSON {wrapped:0} MB/s of what is sent"));
        }

        bare.StandardInput.Close();
        await bare.WaitForExitAsync().ConfigureAwait(false);
        return 0;
    }

    /// <summary>The limit: takes whatever is posted, and gives as many bytes as the address says.</summary>
    public static async Task<int> Bare(string data)
    {
        var layout = new HubLayout(data);
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, "server.crt"), Path.Combine(layout.Pki, "server.key"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            }));
        });
        var app = builder.Build();
        app.Run(Answer);
        await app.StartAsync().ConfigureAwait(false);
        Console.WriteLine(Announcement + new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port);
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null)
        {
            // Only the end counts.
        }

        await app.StopAsync().ConfigureAwait(false);
        return 0;
    }

    private static async Task Answer(HttpContext context)
    {
        var piece = new byte[256 * 1024];
        if (HttpMethods.IsPost(context.Request.Method))
        {
            while (await context.Request.Body.ReadAsync(piece, context.RequestAborted).ConfigureAwait(false) > 0)
            {
                // Thrown away.
            }

            context.Response.StatusCode = 201;
            return;
        }

        var left = long.Parse(context.Request.Path.Value!.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture);
        context.Response.ContentLength = left;
        for (; left > 0; left -= Math.Min(left, piece.Length))
        {
            await context.Response.BodyWriter.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static HttpClient Client(HubLayout layout, int port)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(layout.Pki, "ca.crt"));
        var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, "ministry.crt"), Path.Combine(layout.Pki, "ministry.key"));
        var ssl = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } },
            ClientCertificates = [certificate],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = ssl, UseProxy = false }) { BaseAddress = new Uri($"https://localhost:{port}/"), Timeout = TimeSpan.FromMinutes(10) };
    }

    private static async Task<(double MegabytesPerSecond, string Location)> Upload(HttpClient client, long length)
    {
        using var content = new MadeUp(length);
        var since = Stopwatch.GetTimestamp();
        using var answer = await client.PostAsync(new Uri("fhir/Binary", UriKind.Relative), content).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        var rate = length / 1e6 / Stopwatch.GetElapsedTime(since).TotalSeconds;
        return (rate, answer.Headers.Location?.AbsolutePath.Split("/_history")[0].TrimStart('/') ?? "");
    }

    private static async Task<double> Download(HttpClient client, string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        var since = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        var stream = await answer.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var (buffer, length) = (new byte[256 * 1024], 0L);
        await using (stream.ConfigureAwait(false))
        {
            for (int read; (read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                length += read;
            }
        }

        return length / 1e6 / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private sealed class MadeUp : HttpContent
    {
        private readonly long _length;

        public MadeUp(long length)
        {
            _length = length;
            Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[64 * 1024];
            for (var left = _length; left > 0; left -= Math.Min(left, piece.Length))
            {
                await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length))).ConfigureAwait(false);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
