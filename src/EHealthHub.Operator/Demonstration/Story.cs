using System.Globalization;
using EHealthHub.Operator.Commands;

namespace EHealthHub.Operator.Demonstration;

/// <summary>Tells the demonstration, a line for each step, and stops at the first step that does not hold: what comes after builds upon it.</summary>
internal sealed class Story(TimeProvider time)
{
    private readonly long _begin = time.GetTimestamp();
    private int _number;

    /// <summary>True while every step held.</summary>
    public bool Holds { get; private set; } = true;

    /// <summary>Steps that held.</summary>
    public int Steps => Holds ? _number : _number - 1;

    /// <summary>Takes the next step, unless one before did not hold.</summary>
    public async Task Step(Func<CancellationToken, Task<StepOutcome>> act, CancellationToken cancel)
    {
        if (!Holds)
        {
            return;
        }

        _number++;
        StepOutcome outcome;
        try
        {
            outcome = await act(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or TimeoutException or KeyNotFoundException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            outcome = StepOutcome.Broken(e.Message);
        }

        Holds = outcome.Held;
        var line = string.Create(CultureInfo.InvariantCulture, $"{_number,2}. {outcome.Done}");
        if (outcome.Held)
        {
            Say.Good($"{line} -> {outcome.Proves}");
        }
        else
        {
            Say.Bad(line);
        }
    }

    /// <summary>The last line.</summary>
    public void End()
    {
        var seconds = time.GetElapsedTime(_begin).TotalSeconds;
        if (Holds)
        {
            Say.Good(string.Create(CultureInfo.InvariantCulture, $"all {_number} steps held, in {seconds:0.0} s"));
        }
        else
        {
            Say.Bad($"step {_number} did not hold");
        }
    }
}
