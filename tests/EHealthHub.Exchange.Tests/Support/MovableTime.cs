namespace EHealthHub.Exchange.Tests.Support;

/// <summary>The real clock with an offset that a test moves.</summary>
internal sealed class MovableTime : TimeProvider
{
    private TimeSpan _offset;

    public void Move(TimeSpan by) => _offset += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _offset;
}
