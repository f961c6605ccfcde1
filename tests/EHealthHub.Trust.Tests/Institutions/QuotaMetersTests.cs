using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

public sealed class QuotaMetersTests
{
    private readonly TickingTime _time = new();
    private readonly QuotaMeters _meters;

    public QuotaMetersTests() => _meters = new QuotaMeters(_time);

    [Fact]
    public void Requests_a_second_come_back_with_time()
    {
        var hospital = Hospital(perSecond: 2, null);
        Assert.Equal([QuotaBound.None, QuotaBound.None, QuotaBound.RequestsPerSecond], Many(hospital, 3));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal([QuotaBound.None, QuotaBound.RequestsPerSecond], Many(hospital, 2));
    }

    [Fact]
    public void Requests_a_minute_say_when_to_come_again()
    {
        var hospital = Hospital(1_000, new Quota(6, 100, 1_000_000));
        Assert.Equal(6, Many(hospital, 7).Count(b => b == QuotaBound.None));
        Assert.Equal(QuotaBound.RequestsPerMinute, _meters.Begin(hospital, out var retryAfter));
        Assert.Equal(10, retryAfter.TotalSeconds, 3);
        _time.Advance(retryAfter);
        Assert.Equal(QuotaBound.None, Once(hospital));
    }

    [Fact]
    public void Requests_at_once_are_given_back_at_their_end()
    {
        var hospital = Hospital(1_000, new Quota(1_000, 2, 1_000_000));
        Assert.Equal(QuotaBound.None, _meters.Begin(hospital, out _));
        Assert.Equal(QuotaBound.None, _meters.Begin(hospital, out _));
        Assert.Equal(QuotaBound.Concurrent, _meters.Begin(hospital, out _));
        _meters.End(hospital, 0);
        Assert.Equal(QuotaBound.None, _meters.Begin(hospital, out _));
    }

    [Fact]
    public void One_large_body_is_let_through_and_the_next_requests_wait_for_it()
    {
        var hospital = Hospital(1_000, new Quota(1_000, 10, 60_000));
        Assert.Equal(QuotaBound.None, _meters.Begin(hospital, out _));
        _meters.End(hospital, 120_000);
        Assert.Equal(QuotaBound.BytesPerMinute, _meters.Begin(hospital, out var retryAfter));
        Assert.Equal(60, retryAfter.TotalSeconds, 1);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(QuotaBound.None, _meters.Begin(hospital, out _));
    }

    [Fact]
    public void Changed_quota_holds_for_the_next_request_and_keeps_what_was_used()
    {
        Assert.Equal(QuotaBound.RequestsPerMinute, Many(Hospital(1_000, new Quota(3, 10, 1_000_000)), 4)[^1]);
        var wider = Hospital(1_000, new Quota(5, 10, 1_000_000));
        Assert.Equal([QuotaBound.None, QuotaBound.None, QuotaBound.RequestsPerMinute], Many(wider, 3));
        Assert.Equal(QuotaBound.RequestsPerMinute, Once(Hospital(1_000, new Quota(4, 10, 1_000_000))));
        Assert.Equal(QuotaBound.None, Once(Hospital(1_000, null)));
    }

    [Fact]
    public void Institutions_do_not_share()
    {
        Many(Hospital(1, null), 5);
        Assert.Equal(QuotaBound.None, Once(Hospital(1, null) with { Id = "hospital-izmir" }));
    }

    private static Institution Hospital(int perSecond, Quota? quota) => TestRegistry.Snapshot().Institutions[0] with { RequestsPerSecondMax = perSecond, Quota = quota };

    private List<QuotaBound> Many(Institution institution, int times) => [.. Enumerable.Range(0, times).Select(_ => Once(institution))];

    private QuotaBound Once(Institution institution)
    {
        var bound = _meters.Begin(institution, out _);
        if (bound == QuotaBound.None)
        {
            _meters.End(institution, 0);
        }

        return bound;
    }

    private sealed class TickingTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
