using System.Diagnostics;
using EHealthHub.Auditor.Composition;
using EHealthHub.Auditor.Tests.Support;

namespace EHealthHub.Auditor.Tests.Composition;

public class ProcessTests
{
    private static string Program => typeof(AuditorSettings).Assembly.Location;

    [Fact]
    public async Task The_process_starts_is_ready_and_stops_on_sigterm_with_exit_code_0()
    {
        await using var hub = TestHub.Create();
        var port = FreePort();
        using var process = Run("--data", hub.Data, "--port", port);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = OnlyOurs(hub) } });
        await Eventually.Hold(async () =>
        {
            try
            {
                return await client.GetStringAsync($"https://localhost:{port}/health/ready") == "ready\n";
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("--data")]
    [InlineData("--data", "/nowhere/at/all")]
    [InlineData("--data", "/tmp", "--port", "70000")]
    [InlineData("--data", "/tmp", "--verbose", "1")]
    public void Wrong_options_are_refused_with_their_fault(params string[] arguments)
    {
        Assert.False(AuditorSettings.TryParse(arguments, out _, out var fault));
        Assert.StartsWith("EHealthHub.Auditor: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_auditors_key_file_nothing_starts()
    {
        await using var hub = TestHub.Create();
        File.Delete(hub.KeyFile);
        await Assert.ThrowsAnyAsync<IOException>(() => hub.Start());
    }

    private static Process Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static System.Security.Cryptography.X509Certificates.X509ChainPolicy OnlyOurs(TestHub hub)
    {
        var policy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(hub.Pki.Authority);
        return policy;
    }
}
