namespace EHealthHub.Auditor.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits until a condition holds, up to ten seconds.</summary>
    public static async Task Hold(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("The condition did not come to hold.");
    }
}
