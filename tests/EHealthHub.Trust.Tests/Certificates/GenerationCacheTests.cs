using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tests.Certificates;

public sealed class GenerationCacheTests
{
    [Fact]
    public void What_is_asked_for_again_and_again_outlives_any_number_of_strangers()
    {
        var cache = new GenerationCache<int, string>(100);
        cache.Set(-1, "kept");
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(i, "stranger");
            Assert.True(cache.TryGet(-1, out var kept));
            Assert.Equal("kept", kept);
            Assert.InRange(cache.Count, 1, 101);
        }

        Assert.False(cache.TryGet(0, out _));
    }

    [Fact]
    public void Setting_again_replaces()
    {
        var cache = new GenerationCache<int, string>(10);
        cache.Set(1, "a");
        cache.Set(1, "b");
        Assert.True(cache.TryGet(1, out var value));
        Assert.Equal("b", value);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Many_threads_do_not_break_the_bound()
    {
        var cache = new GenerationCache<int, string>(64);
        Parallel.For(0, 100_000, i => cache.Set(i, "x"));
        Assert.InRange(cache.Count, 1, 64 + (4 * Environment.ProcessorCount) + 64);
    }
}
