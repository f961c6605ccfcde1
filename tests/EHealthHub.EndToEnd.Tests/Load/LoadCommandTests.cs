using System.Text.Json;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Operator.Load;

namespace EHealthHub.EndToEnd.Tests.Load;

/// <summary><c>hub load</c> against a real hub: every phase answers, and the figures are written beside their limits.</summary>
public sealed class LoadCommandTests
{
    [Fact]
    public async Task Every_phase_of_a_load_run_is_answered_and_reported_beside_its_limit()
    {
        using var hub = HubDirectory.Create();
        using var gateway = await hub.StartGatewayProcess();
        var file = Path.Combine(hub.Layout.Root, "load.json");
        var port = hub.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (code, output) = await hub.Hub("load", "--port", port, "--patients", "2", "--phases", "all", "--seconds", "1", "--warm-up", "0", "--clients", "4", "--seed", "7", "--json", file);
        Assert.True(code == 0, output);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        var root = json.RootElement;
        Assert.Equal(0, root.GetProperty("errors").GetInt64());
        foreach (var phase in LoadPhase.All)
        {
            Assert.True(root.GetProperty(phase.JsonName).GetProperty("requests_per_s").GetDouble() > 0, phase.Name);
            Assert.Contains($"phase {(phase == LoadPhase.Durable ? "read" : phase.Name)}:", output, StringComparison.Ordinal);
        }

        Assert.InRange(root.GetProperty("everything").GetProperty("ratio_to_bare_kestrel").GetDouble(), 0.000_1, 1.5);
        Assert.False(File.Exists(Path.Combine(hub.Layout.Root, "durable.probe")));
    }
}
