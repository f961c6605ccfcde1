using System.Globalization;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>The C2SP tlog-proof of a receipt, once a signed checkpoint covers it. Hashes only: it tells nothing of what an entry says.</summary>
internal sealed class ProofEndpoint(HubParts parts)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/audit/proof", ["GET", "HEAD"], Proof);

    private async Task Proof(HttpContext context)
    {
        var request = HubRequest.Of(context);
        var query = context.Request.Query;
        var known = query["origin"] is [{ } origin] && string.Equals(origin, parts.Log.Origin, StringComparison.Ordinal);
        var asked = long.TryParse(query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        var proof = known && asked ? parts.Log.Proof(index) : null;
        if (proof is not null)
        {
            var entry = parts.Acts.Journal.Entry(request.Act(), EntryKind.AuditRead, "proof", "", "", "proof", []) with { Detail = index.ToString(CultureInfo.InvariantCulture) };
            request.Receipt = await parts.Acts.Journal.Record(entry, context.RequestAborted).ConfigureAwait(false);
            await Responses.Send(context, request, 200, Encoding.UTF8.GetBytes(proof), "text/plain; charset=utf-8").ConfigureAwait(false);
            return;
        }

        var failure = !asked
            ? Failure.Of(400, "invalid", "proof-index-invalid", "Ask with origin and index as in the receipt.", "index")
            : known && index < parts.Log.Size
                ? Failure.Of(404, "transient", "proof-not-yet", "No signed checkpoint covers this entry yet. Ask again in a few seconds.", "index")
                : Failure.Of(404, "not-found", "proof-unknown", "This hub's log has no such entry.", known ? "index" : "origin");
        var refused = await parts.Acts.Journal.Refuse(request.Act(), "proof", "", "", failure.Issues[0].Code, [], failure, context.RequestAborted).ConfigureAwait(false);
        if (failure.Issues[0].Code == "proof-not-yet")
        {
            context.Response.Headers.RetryAfter = "2";
        }

        await Responses.Send(context, request, parts.Hub, refused).ConfigureAwait(false);
    }
}
