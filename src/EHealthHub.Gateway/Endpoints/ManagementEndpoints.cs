using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Health and metrics, on the management port only. Says nothing of patients or callers.</summary>
internal sealed class ManagementEndpoints(HubParts parts, GatewayMetrics metrics, Readiness readiness, Func<RevocationKind, double> revocationFreshSeconds, Witnessing witnessing)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithMetadata(new ManagementEndpoint());
        group.MapGet("/health/live", () => Results.Text("live\n"));
        group.MapGet("/health/ready", () => readiness.IsReady ? Results.Text("ready\n") : Results.Text(readiness.Reason + "\n", statusCode: 503));
        group.MapGet("/metrics", () => Results.Text(
            metrics.Write(
            [
                ("ehealthhub_audit_entries", "Durable entries in the audit log of this process.", parts.Log.Size),
                ("ehealthhub_audit_witnessed_age_seconds", "Seconds since a witness last cosigned the audit log's checkpoint; -1 without witnesses.", witnessing.AgeSeconds),
                ("ehealthhub_audit_witnesses_accusing", "Witnesses that have seen another history of the audit log, or a longer one.", witnessing.Accusing),
                ("ehealthhub_audit_heads_failing", "1 while the patients' heads cannot be written down.", parts.Log.HeadsProblem is null ? 0 : 1),
                ("ehealthhub_search_generation", "Generation of search parameters that facts are extracted by.", parts.Records.Generations.Number),
                ("ehealthhub_reindexing", "1 while facts are extracted again and the newest search parameters are not in force.", parts.Records.Generations.IsRunning ? 1 : 0),
                ("ehealthhub_reindexed_resources", "Resources whose facts were extracted again for the present generation.", parts.Records.Generations.Resources),
                ("ehealthhub_erasures", "Compartments erased since the start.", parts.Records.Cases.Erased),
                ("ehealthhub_erasures_waiting", "Erasures that are begun and not at their end: somebody reads what would have to be folded in.", parts.Records.Cases.Waiting),
                ("ehealthhub_revocation_fresh_seconds", "Seconds until the stalest revocation list is too old, its grace included; then its authority's certificates are refused.", revocationFreshSeconds(RevocationKind.List)),
                ("ehealthhub_ocsp_fresh_seconds", "Seconds until the stalest OCSP answer is too old, its grace included; then its certificate is refused.", revocationFreshSeconds(RevocationKind.Ocsp)),
                ("ehealthhub_memory_bytes", "Managed memory in use.", GC.GetTotalMemory(false)),
                ("ehealthhub_allocated_bytes", "Managed memory allocated since the start.", GC.GetTotalAllocatedBytes()),
            ]),
            "text/plain; version=0.0.4"));
    }
}

/// <summary>Whether the hub may be sent requests, and why not.</summary>
public sealed class Readiness
{
    private volatile string? _reason = "starting";

    /// <summary>True when requests may come.</summary>
    public bool IsReady => _reason is null;

    /// <summary>Why not, in one word or sentence without names.</summary>
    public string Reason => _reason ?? "ready";

    /// <summary>Ready from now on.</summary>
    public void Set() => _reason = null;

    /// <summary>No longer.</summary>
    public void Unset(string reason) => _reason = reason;
}
