using EHealthHub.Trust;

namespace EHealthHub.Gateway.Tests;

public sealed class GatewayMetricsTests
{
    [Fact]
    public void Counters_and_buckets_add_up()
    {
        var metrics = new GatewayMetrics();
        metrics.Answered(200, TimeSpan.FromMilliseconds(3));
        metrics.Answered(200, TimeSpan.FromSeconds(60));
        metrics.Answered(404, TimeSpan.FromMilliseconds(0.2));
        metrics.Refused(TrustReason.Revoked);
        metrics.Throttled();

        var text = metrics.Write([("ehealthhub_audit_entries", "Entries.", 7)]);

        Assert.Contains("ehealthhub_responses_total{status=\"200\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_responses_total{status=\"404\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_identity_refusals_total{reason=\"certificate-revoked\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_throttled_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_response_seconds_bucket{le=\"0.001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_response_seconds_bucket{le=\"0.005\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_response_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_response_seconds_count 3\n", text, StringComparison.Ordinal);
        Assert.Contains("ehealthhub_audit_entries 7\n", text, StringComparison.Ordinal);
    }
}
