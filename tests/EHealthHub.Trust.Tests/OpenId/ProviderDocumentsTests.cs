using System.Net;
using System.Net.Sockets;
using EHealthHub.Trust.OpenId;
using EHealthHub.Trust.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace EHealthHub.Trust.Tests.OpenId;

public sealed class ProviderDocumentsTests
{
    [Fact]
    public async Task What_cannot_be_reached_is_unavailable_and_asked_for_no_more_often_than_it_must()
    {
        using var gone = new TcpListener(IPAddress.Loopback, 0);
        gone.Start();
        var port = ((IPEndPoint)gone.LocalEndpoint).Port;
        gone.Stop();
        var time = new ManualTime();
        await using var documents = new ProviderDocuments(new OpenIdProvider { Authority = FormattableString.Invariant($"https://localhost:{port}"), Audience = "x" }, time, NullLogger.Instance);
        Assert.False(await documents.Fetch());
        Assert.Null(documents.Current);
        Assert.False(documents.Ask());
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(documents.Ask());
        Assert.True(documents.Ask());
        Assert.False(await documents.Fetch());
        Assert.False(documents.Ask());
    }
}
