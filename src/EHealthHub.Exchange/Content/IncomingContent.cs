using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Exchange.Content;

/// <summary>Takes bytes in; returns when they are kept, so that who sends faster waits.</summary>
public delegate ValueTask ContentSink(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

/// <summary>The content of a Binary while it is still on its way: read only when it is known that the caller may write it.</summary>
public sealed class IncomingContent
{
    /// <summary>Hands all of the content, at least one byte, to a sink in pieces; the failure where it is too long, too slow or cut off.</summary>
    public required Func<ContentSink, CancellationToken, ValueTask<Failure?>> Receive { get; init; }

    /// <summary>The retry key of the request, when all of its content was received; null where the caller gave no request id.</summary>
    public required Func<string?> RetryKey { get; init; }
}
