using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Attacks;

/// <summary>Attacks below the requests: every one meets a bound, and the hub serves others meanwhile and afterwards.</summary>
public sealed class ConnectionAttackTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Headers_that_drip_in_are_cut_off_and_so_are_handshakes_that_never_end()
    {
        using var time = new CancellationTokenSource(Patience);
        using var slow = await RawConnection.Open(hub.Files, "hospital-ankara");
        await slow.Write("GET /fhir/Patient/1 HTTP/1.1\r\nHost: localhost\r\n", time.Token);
        var silent = Enumerable.Range(0, 200).Select(_ => new TcpClient()).ToList();
        try
        {
            await Task.WhenAll(silent.Select(c => c.ConnectAsync("localhost", hub.Files.Port, time.Token).AsTask()));
            await ServesAsBefore();
            for (var i = 0; i < 4; i++)
            {
                await slow.Write($"X-Drip-{i}: 1\r\n", time.Token);
                await Task.Delay(500, time.Token);
            }

            // 408 before the end, or nothing: never the resource.
            Assert.DoesNotContain(200, await slow.StatusesUntilClosed(time.Token));
            await Task.WhenAll(silent.Select(c => Closed(c, time.Token)));
        }
        finally
        {
            silent.ForEach(c => c.Dispose());
        }

        await ServesAsBefore();
    }

    [Fact]
    public async Task Streams_that_are_opened_and_reset_at_once_stop_nobody()
    {
        using (var attacker = hub.Client("hospital-ankara", HttpVersion.Version20))
        {
            (await attacker.Get("fhir/metadata")).Expect(200);
            var ended = 0;
            for (var round = 0; round < 20; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
                {
                    using var reset = new CancellationTokenSource();
                    var asked = attacker.Send(HttpMethod.Get, "fhir/Organization?_count=1", null, [], reset.Token);
                    await Task.Yield();
                    await reset.CancelAsync();
                    try
                    {
                        await asked;
                    }
                    catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
                    {
                        Interlocked.Increment(ref ended);
                    }
                }));
            }

            Assert.InRange(ended, 1, 2_000);
        }

        await ServesAsBefore();
    }

    [Theory]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: identity, chunked\r\nContent-Length: 0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n0;a\n\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task A_request_hidden_in_anothers_body_is_not_answered_on_a_connection_that_lives_on(string bytes)
    {
        using var time = new CancellationTokenSource(Patience);
        using var connection = await RawConnection.Open(hub.Files, "hospital-ankara");
        await connection.Write(bytes, time.Token);
        var statuses = await connection.StatusesUntilClosed(time.Token);

        // Two lengths, or none that is understood: the first request is refused, and whatever follows is not read on this connection.
        Assert.Equal(400, Assert.Single(statuses));
        await ServesAsBefore();
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(90_000)]
    [InlineData(400_000)]
    public async Task An_oversized_certificate_is_refused_or_ends_the_handshake(int bytes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=large", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("1.2.3.4.5", new byte[bytes], critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using var client = hub.ClientWith(certificate);
        try
        {
            (await client.Get("fhir/Patient/1")).Expect(403);
        }
        catch (HttpRequestException)
        {
            // Larger than the handshake takes.
            Assert.True(bytes > 50_000);
        }

        await ServesAsBefore();
    }

    private async Task ServesAsBefore()
    {
        using var ministry = hub.Client("ministry");
        (await ministry.Get("fhir/Organization?_count=1&name=Yok")).Expect(200);
    }

    private static async Task Closed(TcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[64], cancellationToken));
        }
        catch (IOException)
        {
            // Reset: closed all the same.
            Assert.True(client.Client.Poll(0, SelectMode.SelectRead));
        }
    }
}
