namespace EHealthHub.Trust.Tests.Support;

/// <summary>A clock that stands until it is told to go on; its timers are real.</summary>
internal sealed class ManualTime : TimeProvider
{
    internal DateTimeOffset Now { get; set; } = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    internal void Advance(TimeSpan by) => Now += by;
}
