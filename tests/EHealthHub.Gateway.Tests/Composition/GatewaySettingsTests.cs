using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Tests.Composition;

public sealed class GatewaySettingsTests
{
    [Fact]
    public void Ports_have_their_defaults()
    {
        Assert.True(GatewaySettings.TryParse(["--data", Path.GetTempPath()], out var settings, out _));
        Assert.Equal(8443, settings.Port);
        Assert.Equal(8080, settings.ManagementPort);
    }

    [Fact]
    public void All_faults_are_told_together()
    {
        Assert.False(GatewaySettings.TryParse(["--data", "/no/such/folder", "--port", "99999", "--management-port", "x", "--verbose", "1"], out _, out var fault));
        Assert.Contains("--port", fault, StringComparison.Ordinal);
        Assert.Contains("--management-port", fault, StringComparison.Ordinal);
        Assert.Contains("--verbose", fault, StringComparison.Ordinal);
        Assert.Contains("--data", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "1", "--port", "2")]
    [InlineData("port", "1")]
    public void Malformed_arguments_are_refused(params string[] args) => Assert.False(GatewaySettings.TryParse([.. args, "--data", Path.GetTempPath()], out _, out _));
}
