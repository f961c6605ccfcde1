using System.Diagnostics;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Records.Store;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>
/// Outermost step: what was thrown becomes an OperationOutcome, and nothing of an exception's text leaves or is logged, for it may hold what was being worked on. No durable audit, no data: an unavailable log or store is 503.
/// </summary>
internal sealed class ErrorBoundary(RequestDelegate next, HubParts parts, GatewayMetrics metrics, ILogger<ErrorBoundary> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = HubRequest.From(context, parts.Time);
        context.Features.Set(request);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (AuditUnavailableException e)
        {
            Log.AuditUnavailable(logger, e.Message);
            await Answer(context, request, Failure.Of(503, "transient", "audit-unavailable", "The audit log cannot be written, so nothing is released. If this was a write, its outcome is unknown: send it again with the same X-Request-Id.")).ConfigureAwait(false);
        }
        catch (RecordsUnavailableException e)
        {
            Log.RecordsUnavailable(logger, e.Message);
            await Counted(context, request, Failure.Of(503, "transient", "store-unavailable", "The record store cannot be used. If this was a write, its outcome is unknown: send it again with the same X-Request-Id.")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left, or took longer than the bound: there is nobody to answer, or the time is over.
            await Answer(context, request, Failure.Of(503, "timeout", "timeout", "The request took too long.")).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await Counted(context, request, Failure.Of(e.StatusCode, "invalid", "http-invalid", "The HTTP request is malformed or beyond a bound.")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Unexpected(logger, e.GetType().Name, Place(e), request.RequestId);
            await Counted(context, request, Failure.Of(500, "exception", "internal-error", "The hub failed. Nothing of this request was released.")).ConfigureAwait(false);
        }
        finally
        {
            metrics.Answered(context.Response.StatusCode, Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>The stack without the message: where it happened, never what it happened to.</summary>
    public static string Place(Exception e) => (e.StackTrace ?? "").Split('\n').FirstOrDefault(line => line.Contains("EHealthHub", StringComparison.Ordinal))?.Trim() ?? "outside the hub's code";

    private async Task Counted(HttpContext context, HubRequest request, Failure failure)
    {
        try
        {
            request.Receipt ??= await parts.Acts.Refusals.Count(EntryKind.Refusal, failure.Issues[0].Code, request.Source, "error", failure.Status, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AuditUnavailableException e)
        {
            Log.AuditUnavailable(logger, e.Message);
            failure = Failure.Of(503, "transient", "audit-unavailable", "The audit log cannot be written, so nothing is released.");
        }

        await Answer(context, request, failure).ConfigureAwait(false);
    }

    private static Task Answer(HttpContext context, HubRequest request, Failure failure)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return Responses.Send(context, request, failure);
    }
}
