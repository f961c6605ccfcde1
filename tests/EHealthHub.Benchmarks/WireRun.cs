using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Benchmarks;

/// <summary>
/// What a connection and a token cost on the wire, against a running hub (<c>wire DIR PORT [SECONDS]</c>): handshakes a second, full and with a session to resume, each with a client certificate and one small request; and tokens a second for
/// each grant over connections that stay open. A handshake counts as resumed by what the hub sent: without its certificate it is much shorter.
/// </summary>
internal static class WireRun
{
    private const int Clients = 8;

    // The hub's certificate alone has some 500 bytes, its signature 70.
    private const int ShortMax = 500;

    public static async Task<int> Execute(string data, int port, int seconds)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        using var ministry = Certificate(layout, "ministry");
        using var hospital = Certificate(layout, "hospital-ankara");
        using var card = Certificate(layout, "dr-ayse");
        using var anchor = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(layout.Pki, "ca.crt"));
        Console.WriteLine($"load average {(File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] : "unknown")}, {Clients} clients, {seconds} s each, client and hub on {Environment.ProcessorCount} processors");
        foreach (var protocol in new[] { SslProtocols.Tls13, SslProtocols.Tls12 })
        {
            foreach (var resume in new[] { false, true })
            {
                await Handshakes(port, protocol, Options(ministry, anchor, protocol, resume), resume, seconds);
            }
        }

        var fields = (string grant) => new Dictionary<string, string> { ["grant_type"] = grant };
        await Tokens(port, hospital, anchor, "client_credentials, tls_client_auth", _ => fields("client_credentials"), seconds);
        await Tokens(port, hospital, anchor, "jwt-bearer, card-signed", hub => new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = CardAssertion.Create(card, hub + "oauth/token", CertificateThumbprint.Of(hospital), "TREAT", TimeProvider.System.GetUtcNow()),
        }, seconds);
        return 0;
    }

    private static async Task Handshakes(int port, SslProtocols protocol, SslClientAuthenticationOptions options, bool resume, int seconds)
    {
        var (done, resumed) = (0, 0);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                using var tcp = new TcpClient("localhost", port);
                using var counted = new CountedStream(tcp.GetStream());
                using var tls = new SslStream(counted);
                await tls.AuthenticateAsClientAsync(options);
                var handshake = counted.BytesRead;
                await tls.WriteAsync(Encoding.ASCII.GetBytes("GET /oauth/jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
                var buffer = new byte[8_192];
                while (await tls.ReadAsync(buffer) > 0)
                {
                    // The ticket of a session comes with the answer.
                }

                Interlocked.Increment(ref done);
                if (handshake < ShortMax)
                {
                    Interlocked.Increment(ref resumed);
                }
            }
        })));
        var rate = done / clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{protocol} {(resume ? "with sessions kept" : "without sessions  ")}: {rate:0} handshakes/s, {done}, of them resumed {resumed}"));
    }

    private static async Task Tokens(int port, X509Certificate2 certificate, X509Certificate2 anchor, string name, Func<string, Dictionary<string, string>> form, int seconds)
    {
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = Options(certificate, anchor, SslProtocols.Tls13, false), MaxConnectionsPerServer = Clients });
        var hub = FormattableString.Invariant($"https://localhost:{port}/");
        var (granted, refused, times) = (0, new SortedDictionary<int, int>(), new List<double>());
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                using var content = new FormUrlEncodedContent(form(hub));
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.PostAsync(new Uri(hub + "oauth/token"), content);
                lock (times)
                {
                    if (answer.IsSuccessStatusCode)
                    {
                        granted++;
                        times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        continue;
                    }

                    refused[(int)answer.StatusCode] = refused.GetValueOrDefault((int)answer.StatusCode) + 1;
                }

                if (answer.Headers.RetryAfter?.Delta is { } later)
                {
                    // A quota is kept as a client keeps it, or refusals would be what is measured.
                    await Task.Delay(later);
                }
            }
        })));
        times.Sort();
        var told = times.Count == 0 ? "none granted" : string.Create(CultureInfo.InvariantCulture, $"{granted / clock.Elapsed.TotalSeconds:0} tokens/s, p50 {times[times.Count / 2]:0.0} ms, p99 {times[times.Count * 99 / 100]:0.0} ms");
        Console.WriteLine($"{name}: {told}; refused {(refused.Count == 0 ? "none" : string.Join(", ", refused.Select(r => $"{r.Value} with {r.Key}")))}");
    }

    private static X509Certificate2 Certificate(HubLayout layout, string name) => X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, name + ".crt"), Path.Combine(layout.Pki, name + ".key"));

    private static SslClientAuthenticationOptions Options(X509Certificate2 certificate, X509Certificate2 anchor, SslProtocols protocol, bool resume) => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = protocol,
        AllowTlsResume = resume,
        ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { anchor }, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
    };

    /// <summary>Counts what comes in.</summary>
    private sealed class CountedStream(Stream inner) : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(buffer, cancellationToken));

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            BytesRead += read;
            return read;
        }
    }
}
