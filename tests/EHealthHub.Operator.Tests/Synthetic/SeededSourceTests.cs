using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Tests.Synthetic;

public sealed class SeededSourceTests
{
    [Fact]
    public void Streams_of_one_seed_differ_and_repeat()
    {
        Assert.Equal(new SeededSource(1, 2).Next(), new SeededSource(1, 2).Next());
        Assert.NotEqual(new SeededSource(1, 2).Next(), new SeededSource(1, 3).Next());
        Assert.NotEqual(new SeededSource(1, 2).Next(), new SeededSource(2, 2).Next());
    }

    [Fact]
    public void Numbers_stay_in_their_bounds_and_reach_them()
    {
        var source = new SeededSource(3, 0);
        var seen = Enumerable.Range(0, 2_000).Select(_ => source.Between(-2, 3)).ToHashSet();
        Assert.Equal([-2, -1, 0, 1, 2, 3], seen.Order());
    }

    [Fact]
    public void Numbers_are_spread_evenly()
    {
        var source = new SeededSource(4, 0);
        var counts = new int[10];
        for (var i = 0; i < 100_000; i++)
        {
            counts[source.Below(10)]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 9_500, 10_500));
    }

    [Fact]
    public void Uuids_are_of_version_4() => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", new SeededSource(5, 0).Uuid().ToString("D"));
}
