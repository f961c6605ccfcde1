using System.Diagnostics;
using System.Globalization;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Running;
using EHealthHub.Records;

namespace EHealthHub.Operator.Load;

/// <summary>
/// A bare Kestrel beside the hub, driven by the same clients with bodies of the same sizes: what this machine could do at best with this TLS, payload and concurrency. Each phase has its limit measured right after it, in the same weather.
/// </summary>
internal sealed class BareProbe : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly HubClient _client;
    private readonly LoadSettings _settings;
    private readonly TimeProvider _time;
    private readonly ProcessorClock _clock;

    private BareProbe(Process process, HubClient client, LoadSettings settings, TimeProvider time)
    {
        _process = process;
        _client = client;
        _settings = settings;
        _time = time;
        _clock = new ProcessorClock(process.Id);
    }

    public static async Task<BareProbe> Start(HubLayout layout, LoadSettings settings, TimeProvider time, CancellationToken cancel)
    {
        string[] arguments = [HubPrograms.Operator, "bare-kestrel", "--data", layout.Root];
        var process = Process.Start(new ProcessStartInfo(HubPrograms.Dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The bare Kestrel could not be started.");
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(StartWithin, time, cancel).ConfigureAwait(false);
            if (line?.StartsWith(BareKestrel.Announcement, StringComparison.Ordinal) != true
                || !int.TryParse(line.AsSpan(BareKestrel.Announcement.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                throw new InvalidOperationException($"The bare Kestrel did not start: {line}");
            }

            return new BareProbe(process, HubClient.Open(layout, "hospital-ankara", new Uri($"https://localhost:{port}"), settings.Clients), settings, time);
        }
        catch
        {
            await End(process, time).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Requests and answers of the sizes that <paramref name="phase"/> had.</summary>
    public Task<PhaseResult> Run(PhaseResult phase, bool durable, CancellationToken cancel)
    {
        var path = BareKestrel.PathOf(phase.BytesReceivedEach, durable);
        var body = new byte[phase.BytesSentEach];
        return Meter.RunTimed(durable ? LoadPhase.Durable.Name : "bare", _settings, _time, _clock, (_, meter, stop) => Client(path, body, meter, stop), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await End(_process, _time).ConfigureAwait(false);
    }

    private static async Task End(Process process, TimeProvider time)
    {
        using (process)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(StartWithin, time);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
    }

    private async Task Client(string path, ReadOnlyMemory<byte> body, ClientMeter meter, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var since = _time.GetTimestamp();
                var response = await (body.IsEmpty ? _client.Get(path, null, stop) : _client.Post(path, body, null, stop)).ConfigureAwait(false);
                if (response.IsGood)
                {
                    meter.Good(since, response.Body.Length, 1, body.Length);
                }
                else
                {
                    meter.Bad($"bare Kestrel: {response.Status}");
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The phase is over.
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                meter.Bad(e.Message);
            }
        }
    }
}
