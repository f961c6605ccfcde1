namespace EHealthHub.Exchange.Deferred;

/// <summary>What deferred requests may cost, in one place.</summary>
public sealed record DeferredBounds
{
    /// <summary>Requests of one caller that wait or run; the next is 429.</summary>
    public int UnfinishedPerCallerMax { get; init; } = 4;

    /// <summary>Requests of one caller that run at the same time; the others wait.</summary>
    public int RunningPerCallerMax { get; init; } = 2;

    /// <summary>Requests of one caller, finished ones too; beyond it the oldest finished one is forgotten.</summary>
    public int KeptPerCallerMax { get; init; } = 16;

    /// <summary>Requests of all callers that run at the same time.</summary>
    public int RunningMax { get; init; } = 4;

    /// <summary>Requests of all callers, finished ones too; the next is 503.</summary>
    public int KeptMax { get; init; } = 256;

    /// <summary>Bytes of one result; a larger one is forgotten, and its end is 413.</summary>
    public int ResultBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of all bodies that wait and all results that are kept; beyond it the next request is 503.</summary>
    public long BytesMax { get; init; } = 512L * 1024 * 1024;

    /// <summary>How long one request may wait and run, all in all.</summary>
    public TimeSpan RunTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a result is kept.</summary>
    public TimeSpan KeepTime { get; init; } = TimeSpan.FromMinutes(15);
}
