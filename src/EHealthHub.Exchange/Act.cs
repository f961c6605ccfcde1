using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Content;
using EHealthHub.Exchange.Deferred;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange;

/// <summary>What every act knows of the request that it answers.</summary>
/// <param name="Caller">Who, proven.</param>
/// <param name="RequestId">X-Request-Id, or the one that the gateway gave.</param>
/// <param name="Source">Remote address prefix.</param>
/// <param name="RetryKey">Set where the caller gave a request id: the same request sent again gets the first result.</param>
/// <param name="Return">What a writer wants back (R4 3.1.0.1.8).</param>
public sealed record ActContext(Caller Caller, string RequestId, string Source, string? RetryKey = null, ReturnPreference Return = ReturnPreference.Unstated)
{
    /// <summary>The content of the Binary that is written, where it is long and still on its way; the resource is then the Binary without it.</summary>
    public IncomingContent? Incoming { get; init; }

    /// <summary>Language of texts in what is made for the caller: tr or en.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The same content once it was received: staged, and named by the commit.</summary>
    internal StoredContent? Content { get; init; }
}

/// <summary>How an act ended: what the gateway sends.</summary>
public sealed record ActResult
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Where the entry of this act stands: no response without one.</summary>
    public required LogPosition Receipt { get; init; }

    /// <summary>The body: a stored resource or a Bundle, JSON; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Content that belongs to the body, a Binary without <c>data</c>; null for none.</summary>
    public ReleasedContent? Content { get; init; }

    /// <summary>The refusal that becomes an OperationOutcome; null on success.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What is said of a success to those who asked for an OperationOutcome; else empty.</summary>
    public ImmutableArray<Issue> Outcome { get; init; } = [];

    /// <summary>Version for the ETag; null where there is none.</summary>
    public int? Version { get; init; }

    /// <summary>Time for Last-Modified; null where there is none.</summary>
    public DateTimeOffset? LastUpdated { get; init; }

    /// <summary>Relative versioned location (<c>Type/id/_history/n</c>); null where there is none.</summary>
    public string? Location { get; init; }

    /// <summary>Set where the answer is about a request that the caller does not wait for.</summary>
    public DeferredState? Deferred { get; init; }

    /// <summary>A refusal.</summary>
    public static ActResult Refused(Failure failure, LogPosition receipt) => new() { Status = failure.Status, Failure = failure, Receipt = receipt };
}
