namespace EHealthHub.Keys.Tests;

/// <summary>A clock that tests move, with its timers.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(() => callback(state), _now + dueTime.Ticks, period.Ticks);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        _now += by.Ticks;
        _timers.ForEach(t => t.FireUpTo(_now));
    }

    /// <summary>Moves the clock and lets no timer run: a machine that was busy.</summary>
    public void AdvanceQuietly(TimeSpan by) => _now += by.Ticks;

    private sealed class ManualTimer(Action fire, long dueAt, long period) : ITimer
    {
        private bool _disposed;

        public void FireUpTo(long now)
        {
            for (; !_disposed && dueAt <= now; dueAt += period)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
