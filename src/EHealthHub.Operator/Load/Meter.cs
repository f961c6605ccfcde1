using System.Globalization;
using EHealthHub.Operator.Commands;

namespace EHealthHub.Operator.Load;

/// <summary>What one phase came to.</summary>
/// <param name="Requests">Answered with success.</param>
/// <param name="Units">What the phase counts: resources for an ingest, requests otherwise.</param>
/// <param name="Errors">Answered with anything else, or not at all.</param>
/// <param name="Seconds">Wall-clock time.</param>
/// <param name="Latency">Of the successful requests.</param>
/// <param name="Bytes">Body bytes received.</param>
internal sealed record PhaseResult(long Requests, long Units, long Errors, double Seconds, LatencyHistogram Latency, long Bytes)
{
    /// <summary>Body bytes sent.</summary>
    public long BytesSent { get; init; }

    /// <summary>Processor time of the process that answered; null when it cannot be told.</summary>
    public TimeSpan? ServerTime { get; init; }

    /// <summary>Microseconds of the server's processor time for each answered request; null when it cannot be told.</summary>
    public double? ServerMicroseconds => Requests > 0 ? ServerTime?.TotalMicroseconds / Requests : null;

    /// <summary>Body bytes of an answer, on average.</summary>
    public int BytesReceivedEach => Requests > 0 ? (int)(Bytes / Requests) : 0;

    /// <summary>Body bytes of a request, on average.</summary>
    public int BytesSentEach => Requests > 0 ? (int)(BytesSent / Requests) : 0;

    public double RequestsPerSecond => Seconds > 0 ? Requests / Seconds : 0;

    public double UnitsPerSecond => Seconds > 0 ? Units / Seconds : 0;

    public double P50 => Latency.Milliseconds(500);

    public double P95 => Latency.Milliseconds(950);

    public double P99 => Latency.Milliseconds(990);
}

/// <summary>One client's own counters: no two clients write to the same memory while the clock runs.</summary>
internal sealed class ClientMeter(TimeProvider time)
{
    private long _requests;
    private long _units;
    private long _errors;

    public LatencyHistogram Latency { get; } = new();

    public long Requests => Volatile.Read(ref _requests);

    public long Units => Volatile.Read(ref _units);

    public long Errors => Volatile.Read(ref _errors);

    public long Bytes { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>The first failures, for people.</summary>
    public string? FirstError { get; private set; }

    public void Good(long since, int bytes, long units = 1, int sent = 0)
    {
        Latency.Add(time.GetElapsedTime(since));
        Bytes += bytes;
        BytesSent += sent;
        Volatile.Write(ref _requests, _requests + 1);
        Volatile.Write(ref _units, _units + units);
    }

    public void Bad(string why)
    {
        FirstError ??= why;
        Volatile.Write(ref _errors, _errors + 1);
    }
}

/// <summary>Runs the clients of a phase side by side, shows how they get on each second, and adds up.</summary>
internal static class Meter
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A phase of fixed length, after a warm-up that is not timed: what runs for weeks is not to be judged by the seconds in which its code is compiled. The same for the hub and for what it is compared with. Failures count from the start.
    /// </summary>
    public static async Task<PhaseResult> RunTimed(string name, LoadSettings settings, TimeProvider time, ProcessorClock server, Func<int, ClientMeter, CancellationToken, Task> client, CancellationToken cancel)
    {
        const string unit = "requests";
        var early = settings.WarmUpSeconds == 0
            ? 0
            : (await Run("warm-up", unit, settings.Clients, time, client, TimeSpan.FromSeconds(settings.WarmUpSeconds), cancel).ConfigureAwait(false)).Errors;
        var before = server.Now();
        var timed = await Run(name, unit, settings.Clients, time, client, TimeSpan.FromSeconds(settings.Seconds), cancel).ConfigureAwait(false);
        return timed with { Errors = early + timed.Errors, ServerTime = server.Now() - before };
    }

    /// <summary>Runs <paramref name="client"/> once for each number below <paramref name="clients"/>; a client ends when it has no more to do or the token says so.</summary>
    public static async Task<PhaseResult> Run(string name, string unit, int clients, TimeProvider time, Func<int, ClientMeter, CancellationToken, Task> client, TimeSpan? stopAfter, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (stopAfter is { } after)
        {
            stop.CancelAfter(after);
        }

        var meters = Enumerable.Range(0, clients).Select(_ => new ClientMeter(time)).ToArray();
        var since = time.GetTimestamp();
        var running = Task.WhenAll(meters.Select((meter, i) => Task.Run(() => client(i, meter, stop.Token), CancellationToken.None)));
        var before = 0L;
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Every, time, CancellationToken.None)).ConfigureAwait(false);
            var units = meters.Sum(m => m.Units);
            Say.Progress(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-12} {time.GetElapsedTime(since).TotalSeconds,5:0} s  {units,10:N0} {unit}  {units - before,8:N0} in the last second  {meters.Sum(m => m.Errors)} errors"));
            before = units;
        }

        await running.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        var seconds = time.GetElapsedTime(since).TotalSeconds;
        var latency = new LatencyHistogram();
        foreach (var meter in meters)
        {
            latency.Merge(meter.Latency);
        }

        if (meters.Select(m => m.FirstError).FirstOrDefault(e => e is not null) is { } error)
        {
            Say.Error($"{name}: the first failure was: {error}");
        }

        return new PhaseResult(meters.Sum(m => m.Requests), meters.Sum(m => m.Units), meters.Sum(m => m.Errors), seconds, latency, meters.Sum(m => m.Bytes))
        {
            BytesSent = meters.Sum(m => m.BytesSent),
        };
    }
}
