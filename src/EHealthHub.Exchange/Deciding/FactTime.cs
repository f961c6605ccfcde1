namespace EHealthHub.Exchange.Deciding;

/// <summary>Ends of a fact's date (microseconds since 1970, both inclusive) as moments; null where open, or beyond what a moment can say.</summary>
internal static class FactTime
{
    private static readonly long Min = DateTimeOffset.MinValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
    private static readonly long Max = DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    /// <summary>The beginning, inclusive.</summary>
    public static DateTimeOffset? From(long microseconds) =>
        microseconds >= Min / TimeSpan.TicksPerMicrosecond && microseconds <= Max / TimeSpan.TicksPerMicrosecond ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : null;

    /// <summary>The end, exclusive.</summary>
    public static DateTimeOffset? Until(long microseconds) => microseconds == long.MaxValue ? null : From(microseconds + 1);
}
