namespace EHealthHub.Operator.Commands;

/// <summary>Progress of a count that comes from any thread.</summary>
internal sealed class PacedProgress(Func<long, string> text) : IProgress<long>
{
    private readonly Pace _pace = new();
    private readonly Lock _turn = new();

    public void Report(long value)
    {
        lock (_turn)
        {
            if (_pace.IsDue())
            {
                Say.Progress(text(value));
            }
        }
    }
}
