using EHealthHub.Exchange.Submit;

namespace EHealthHub.Exchange.Tests.Submit;

public class TurnsTests
{
    [Fact]
    public async Task One_has_the_turn_and_the_next_gets_it_when_that_one_is_done()
    {
        var turns = new Turns();
        Assert.True(await turns.Wait(default));
        var second = turns.Wait(default).AsTask();
        var third = turns.Wait(default).AsTask();
        Assert.False(second.IsCompleted);
        turns.Done();
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        turns.Done();
        Assert.True(await third);
    }

    [Fact]
    public async Task Who_leaves_takes_no_turn()
    {
        var turns = new Turns();
        await turns.Wait(default);
        using var gone = new CancellationTokenSource();
        var leaving = turns.Wait(gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        var staying = turns.Wait(default).AsTask();
        turns.Done();
        Assert.True(await staying);
    }
}
