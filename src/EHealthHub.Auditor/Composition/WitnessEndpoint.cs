using System.Net;
using EHealthHub.Audit.Witness;
using EHealthHub.Auditor.Logs;

namespace EHealthHub.Auditor.Composition;

/// <summary>
/// The auditors are a witness out of the box: a plain listener on loopback takes the logs' checkpoints (C2SP tlog-witness) and answers with cosignatures. It asks nobody who they are, as the protocol says: only what a log's key signed counts.
/// Where it listens and with what key stands in <c>DIR/auditor/witness.txt</c>, where the gateway finds it.
/// </summary>
internal sealed class WitnessEndpoint(AuditorSettings settings, KeyRingFile keys, TimeProvider time) : IDisposable
{
    private const string KeyName = "ehealthhub/auditor";
    private const string Path = "/add-checkpoint";

    private readonly WitnessKeyFile _key = WitnessKeyFile.Open(System.IO.Path.Combine(settings.Own, "witness.key"), KeyName);
    private LogWitness? _witness;

    /// <summary>Opens what was seen before, and tells where to find it. Throws <see cref="IOException"/> when another process has it open.</summary>
    public void Begin(Uri submission)
    {
        _witness = new LogWitness(System.IO.Path.Combine(settings.Own, "witness"), origin => keys.For(origin)?.CheckpointKeys[origin], _key, time);
        File.WriteAllText(settings.Witness, WitnessList.Line(new WitnessAddress(_witness.Key, submission)));
    }

    /// <summary>Whatever comes by the plain listener ends here.</summary>
    public async Task Serve(HttpContext context, RequestDelegate next)
    {
        if (context.Request.IsHttps)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (context.Request.Path != Path || !HttpMethods.IsPost(context.Request.Method) || _witness is not { } witness)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var answer = witness.AddCheckpoint(body.GetBuffer().AsSpan(0, (int)body.Length));
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _witness?.Dispose();
        _key.Dispose();
    }
}
