namespace EHealthHub.Exchange.Deferred;

/// <summary>Where a deferred request stands, for the headers of the answer (R4, Asynchronous Request Patterns).</summary>
/// <param name="Job">Its name, below the base: <c>_job/…</c>.</param>
/// <param name="IsAccepted">True for the answer to the request itself, which says where to ask.</param>
/// <param name="Progress">For <c>X-Progress</c>; null once it is over.</param>
/// <param name="RetryAfterSeconds">When to ask again; 0 once it is over.</param>
/// <param name="Expires">When the result is forgotten; null before there is one.</param>
public sealed record DeferredState(string Job, bool IsAccepted, string? Progress, int RetryAfterSeconds, DateTimeOffset? Expires);
