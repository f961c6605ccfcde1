using System.Diagnostics;
using System.Globalization;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Running;
using EHealthHub.Records;

namespace EHealthHub.Operator.Load;

/// <summary>Starts a bare Kestrel beside the hub and drives it with the same clients: what this machine could do at best with this TLS, payload and concurrency.</summary>
internal static class BareProbe
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    public static async Task<PhaseResult> Run(HubLayout layout, int bytes, LoadSettings settings, TimeProvider time, CancellationToken cancel)
    {
        using var process = Start(layout, bytes);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(StartWithin, time, cancel).ConfigureAwait(false);
            if (line?.StartsWith(BareKestrel.Announcement, StringComparison.Ordinal) != true
                || !int.TryParse(line.AsSpan(BareKestrel.Announcement.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                throw new InvalidOperationException($"The bare Kestrel did not start: {line}");
            }

            using var client = HubClient.Open(layout, "hospital-ankara", new Uri($"https://localhost:{port}"), settings.Clients);
            return await Meter.RunTimed("bare", settings, time, (_, meter, stop) => Client(client, meter, time, stop), cancel).ConfigureAwait(false);
        }
        finally
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(StartWithin, time);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
    }

    private static Process Start(HubLayout layout, int bytes)
    {
        string[] arguments = [HubPrograms.Operator, "bare-kestrel", "--data", layout.Root, "--bytes", bytes.ToString(CultureInfo.InvariantCulture)];
        return Process.Start(new ProcessStartInfo(HubPrograms.Dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The bare Kestrel could not be started.");
    }

    private static async Task Client(HubClient client, ClientMeter meter, TimeProvider time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var since = time.GetTimestamp();
                var response = await client.Get("/fhir/Observation/1", null, stop).ConfigureAwait(false);
                meter.Good(since, response.Body.Length);
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
