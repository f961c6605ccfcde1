namespace EHealthHub.Operator.Commands;

/// <summary>Says when it is time for the next line of progress: every second, on a terminal oftener.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Every = Say.IsTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(1);
    private long _last = TimeProvider.System.GetTimestamp();

    public bool IsDue()
    {
        if (TimeProvider.System.GetElapsedTime(_last) < Every)
        {
            return false;
        }

        _last = TimeProvider.System.GetTimestamp();
        return true;
    }
}
