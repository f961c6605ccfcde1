using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Wrapping;

public sealed class DataKeyCacheTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly DataKeyCache _cache;

    public DataKeyCacheTests() => _cache = new DataKeyCache(new DataKeyCacheOptions { KeysMax = 3, Lifetime = TimeSpan.FromMinutes(10) }, _time);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_key_that_was_added_is_lent_by_compartment_and_epoch()
    {
        var key = DataKey.Create(2);
        _cache.Add(5, key).Dispose();
        Assert.True(_cache.TryLease(5, 2, out var lease));
        Assert.Same(key, lease.Key);
        Assert.False(_cache.TryLease(5, 1, out _));
        Assert.False(_cache.TryLease(6, 2, out _));
        lease.Dispose();
    }

    [Fact]
    public void The_least_recently_used_key_goes_when_the_cache_is_full_and_is_zeroed()
    {
        var keys = Enumerable.Range(0, 3).Select(_ => DataKey.Create(1)).ToArray();
        for (var i = 0; i < 3; i++)
        {
            _cache.Add(i, keys[i]).Dispose();
        }

        Assert.True(_cache.TryLease(0, 1, out var used));
        used.Dispose();
        _cache.Add(9, DataKey.Create(1)).Dispose();
        Assert.Equal(3, _cache.Count);
        Assert.False(_cache.TryLease(1, 1, out _));
        Assert.Throws<ObjectDisposedException>(() => keys[1].Bytes.ToArray());
        Assert.NotEmpty(keys[0].Bytes.ToArray());
    }

    [Fact]
    public void A_key_on_loan_outlives_its_removal_and_is_zeroed_when_given_back()
    {
        var key = DataKey.Create(1);
        var lease = _cache.Add(1, key);
        Assert.True(_cache.TryLease(1, 1, out var second));
        _cache.Remove(1);
        Assert.False(_cache.TryLease(1, 1, out _));
        Assert.Equal(32, lease.Key.Bytes.Length);
        lease.Dispose();
        lease.Dispose();
        Assert.Equal(32, second.Key.Bytes.Length);
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.ToArray());
        Assert.Throws<ObjectDisposedException>(() => second.Key);
    }

    [Fact]
    public void A_key_is_over_after_its_lifetime_even_if_it_was_used_and_no_timer_ran()
    {
        var key = DataKey.Create(1);
        _cache.Add(1, key).Dispose();
        _time.AdvanceQuietly(TimeSpan.FromMinutes(9));
        Assert.True(_cache.TryLease(1, 1, out var lease));
        lease.Dispose();
        _time.AdvanceQuietly(TimeSpan.FromMinutes(1));
        Assert.False(_cache.TryLease(1, 1, out _));
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.ToArray());
    }

    [Fact]
    public void A_key_that_nobody_asks_for_is_swept_out()
    {
        var key = DataKey.Create(1);
        _cache.Add(1, key).Dispose();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, _cache.Count);
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.ToArray());
    }

    [Fact]
    public void The_second_of_two_who_add_gets_the_first_ones_key()
    {
        var first = DataKey.Create(1);
        var second = DataKey.Create(1);
        using var a = _cache.Add(1, first);
        using var b = _cache.Add(1, second);
        Assert.Same(first, b.Key);
        Assert.Throws<ObjectDisposedException>(() => second.Bytes.ToArray());
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Removal_takes_every_epoch_of_the_compartment_and_nothing_else()
    {
        _cache.Add(1, DataKey.Create(1)).Dispose();
        _cache.Add(1, DataKey.Create(2)).Dispose();
        _cache.Add(2, DataKey.Create(1)).Dispose();
        _cache.Remove(1);
        Assert.Equal(1, _cache.Count);
        Assert.True(_cache.TryLease(2, 1, out var lease));
        lease.Dispose();
        _cache.Clear();
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void Leases_stay_whole_while_other_threads_evict()
    {
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var lease = _cache.TryLease(i % 7, 1, out var held) ? held : _cache.Add(i % 7, DataKey.Create(1));
            Assert.Contains(lease.Key.Bytes.ToArray(), b => b != 0);
        });
        Assert.Equal(3, _cache.Count);
    }

    [Fact]
    public void Faulty_bounds_are_reported_together()
    {
        var e = Assert.Throws<ArgumentException>(() => new DataKeyCache(new DataKeyCacheOptions { KeysMax = 0, Lifetime = TimeSpan.FromDays(1) }, _time));
        Assert.Contains("KeysMax", e.Message, StringComparison.Ordinal);
        Assert.Contains("Lifetime", e.Message, StringComparison.Ordinal);
    }
}
