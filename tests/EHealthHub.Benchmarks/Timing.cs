using System.Diagnostics;

namespace EHealthHub.Benchmarks;

/// <summary>How long something took, many times.</summary>
/// <param name="Sorted">Microseconds on the wall, ascending.</param>
/// <param name="Processor">Microseconds of processor time for each, of the whole process.</param>
internal sealed record Timing(double[] Sorted, double Processor)
{
    public double At(double quantile) => Sorted[(int)(quantile * (Sorted.Length - 1))];

    public static Timing Of(int count, Action<int> act)
    {
        var times = new double[count];
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            act(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        var processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / count;
        Array.Sort(times);
        return new Timing(times, processor);
    }

    public override string ToString() => $"p50 {At(0.5):n1} us, p99 {At(0.99):n1} us, processor {Processor:n1} us";
}
