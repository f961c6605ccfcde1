using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Load;

/// <summary>Each client is dr-ayse in a session of her own and asks the next thing as soon as the last one is answered.</summary>
internal sealed class ClinicianPhase(HubClient hospital, Func<ClinicianSession> open, IReadOnlyList<SubmittedPatient> patients, LoadSettings settings, TimeProvider time, ProcessorClock gateway)
{
    /// <summary>Runs a phase that has a path.</summary>
    public Task<PhaseResult> Run(LoadPhase phase, CancellationToken cancel) =>
        Meter.RunTimed(phase.Name, settings, time, gateway, (number, meter, stop) => Client((ulong)number, random => phase.Path!(random, patients), meter, stop), cancel);

    private async Task Client(ulong number, Func<SeededSource, string> next, ClientMeter meter, CancellationToken stop)
    {
        using var session = open();
        var random = new SeededSource(settings.Seed, number);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await session.Token(stop).ConfigureAwait(false) is not { } token)
                {
                    meter.Bad($"token: {session.LastAnswer?.Summary}");
                    return;
                }

                var path = next(random);
                var since = time.GetTimestamp();
                var response = await hospital.Get(path, token, stop).ConfigureAwait(false);
                if (response.IsGood)
                {
                    meter.Good(since, response.Body.Length);
                }
                else
                {
                    meter.Bad($"{path}: {response.Summary}");
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The phase is over; the request under way does not count.
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                meter.Bad(e.Message);
            }
        }
    }
}
