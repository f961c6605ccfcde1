using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>One HTTP/1.1 connection over mutual TLS whose bytes are the test's own, for requests that no client library would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _tls;
    private readonly List<byte> _read = [];
    private readonly byte[] _buffer = new byte[16_384];

    private RawConnection(TcpClient tcp, SslStream tls)
    {
        _tcp = tcp;
        _tls = tls;
    }

    public static async Task<RawConnection> Open(HubDirectory hub, string participant)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync("localhost", hub.Port);
        var tls = new SslStream(tcp.GetStream());
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(hub.Layout.Pki, "ca.crt"));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = [hub.Certificate(participant)],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => hub.Certificate(participant),
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } },
        });
        return new RawConnection(tcp, tls);
    }

    /// <summary>Sends a request with a body, whose length is told unless a header of the caller's tells it, and reads one response.</summary>
    public async Task<RawAnswer> Send(string method, string target, string headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var length = headers.Contains("Content-Length", StringComparison.OrdinalIgnoreCase) || headers.Contains("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || (body.Length == 0 && method is "GET" or "HEAD")
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        await _tls.WriteAsync(Encoding.Latin1.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n"), cancellationToken);
        await _tls.WriteAsync(body, cancellationToken);
        return await Answer(method == "HEAD", cancellationToken);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task Write(string bytes, CancellationToken cancellationToken) => await _tls.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellationToken);

    /// <summary>The statuses of all responses until the other side closes the connection.</summary>
    public async Task<List<int>> StatusesUntilClosed(CancellationToken cancellationToken)
    {
        var statuses = new List<int>();
        try
        {
            while (true)
            {
                statuses.Add((await Answer(headOnly: false, cancellationToken)).Status);
            }
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            // Closed, in order or not: what came before is what there is.
            return statuses;
        }
    }

    public void Dispose()
    {
        _tls.Dispose();
        _tcp.Dispose();
    }

    private async Task<RawAnswer> Answer(bool headOnly, CancellationToken cancellationToken)
    {
        int end;
        while ((end = IndexOf("\r\n\r\n"u8)) < 0)
        {
            await More(cancellationToken);
        }

        var head = Encoding.Latin1.GetString(_read.GetRange(0, end).ToArray()).Split("\r\n");
        _read.RemoveRange(0, end + 4);
        var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = head.Skip(1).Select(l => l.Split(':', 2)).ToLookup(p => p[0].Trim().ToUpperInvariant(), p => p[1].Trim());
        var length = headOnly || status is 204 or 304 ? 0 : int.Parse(headers["CONTENT-LENGTH"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        while (_read.Count < length)
        {
            await More(cancellationToken);
        }

        var body = Encoding.UTF8.GetString(_read.GetRange(0, length).ToArray());
        _read.RemoveRange(0, length);
        return new RawAnswer(status, headers, body);
    }

    private int IndexOf(ReadOnlySpan<byte> bytes) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_read).IndexOf(bytes);

    private async Task More(CancellationToken cancellationToken)
    {
        var count = await _tls.ReadAsync(_buffer, cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("The connection was closed.");
        }

        _read.AddRange(_buffer.AsSpan(0, count));
    }
}

/// <summary>A response as it came over the wire.</summary>
/// <param name="Status">Status.</param>
/// <param name="Headers">By name in upper case.</param>
/// <param name="Body">Body as text.</param>
internal sealed record RawAnswer(int Status, ILookup<string, string> Headers, string Body)
{
    public string? Receipt => Headers["EHEALTHHUB-RECEIPT"].FirstOrDefault();
}
