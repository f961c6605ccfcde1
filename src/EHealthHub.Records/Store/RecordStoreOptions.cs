namespace EHealthHub.Records.Store;

/// <summary>Bounds of the embedded store.</summary>
public sealed record RecordStoreOptions
{
    /// <summary>Most reading connections, 1 to 64.</summary>
    public int ReadersMax { get; init; } = 16;

    /// <summary>Page cache of each reading connection in KiB, 256 to 1,048,576.</summary>
    public int ReaderCacheKiB { get; init; } = 8_192;

    /// <summary>Page cache of the writer in KiB, 256 to 1,048,576.</summary>
    public int WriterCacheKiB { get; init; } = 65_536;

    /// <summary>Most data keys held unwrapped.</summary>
    public int KeysMax { get; init; } = 50_000;

    /// <summary>How long an unwrapped data key is held at most.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromMinutes(10);

    internal void ThrowIfFaulty()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadersMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReadersMax, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReaderCacheKiB, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReaderCacheKiB, 1_048_576);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriterCacheKiB, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WriterCacheKiB, 1_048_576);
    }
}
