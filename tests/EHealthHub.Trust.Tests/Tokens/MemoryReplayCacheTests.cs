using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class MemoryReplayCacheTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void An_id_is_used_once_until_its_time_is_over()
    {
        var cache = new MemoryReplayCache(_time);
        var until = _time.Now.AddSeconds(10);
        Assert.True(cache.TryUse("a", until));
        Assert.False(cache.TryUse("a", until));
        Assert.True(cache.TryUse("b", until));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(cache.TryUse("a", _time.Now.AddSeconds(10)));
    }

    [Fact]
    public void A_full_cache_refuses_until_something_is_over()
    {
        var cache = new MemoryReplayCache(_time, 2);
        Assert.True(cache.TryUse("a", _time.Now.AddSeconds(5)));
        Assert.True(cache.TryUse("b", _time.Now.AddSeconds(9)));
        Assert.False(cache.TryUse("c", _time.Now.AddSeconds(9)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(cache.TryUse("c", _time.Now.AddSeconds(9)));
        Assert.False(cache.TryUse("b", _time.Now.AddSeconds(9)));
    }

    [Fact]
    public void Of_many_at_once_exactly_one_is_first()
    {
        var cache = new MemoryReplayCache(_time);
        var first = 0;
        Parallel.For(0, 64, _ =>
        {
            if (cache.TryUse("a", _time.Now.AddSeconds(5)))
            {
                Interlocked.Increment(ref first);
            }
        });
        Assert.Equal(1, first);
    }
}
