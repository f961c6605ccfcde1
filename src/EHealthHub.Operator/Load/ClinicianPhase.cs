using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Load;

/// <summary>Each client is dr-ayse in a session of her own and asks the next thing as soon as the last one is answered.</summary>
internal sealed class ClinicianPhase(HubClient hospital, Func<ClinicianSession> open, IReadOnlyList<SubmittedPatient> patients, LoadSettings settings, TimeProvider time)
{
    private static readonly Func<string, string>[] Searches =
    [
        patient => $"/fhir/Observation?patient={patient}&code=http%3A%2F%2Floinc.org%7C8867-4&_count=20",
        patient => $"/fhir/Observation?patient={patient}&category=laboratory&_count=20",
        patient => $"/fhir/Condition?patient={patient}&_count=20",
        patient => $"/fhir/MedicationRequest?patient={patient}&_count=20",
        patient => $"/fhir/Observation?patient={patient}&date=ge2020-01-01&_count=20",
    ];

    public Task<PhaseResult> Read(CancellationToken cancel) => Run("read", random =>
    {
        var patient = random.Pick(patients);
        return "/fhir/" + random.Pick(patient.Resources);
    }, cancel);

    public Task<PhaseResult> Search(CancellationToken cancel) => Run("search", random => random.Pick(Searches)(random.Pick(patients).Id), cancel);

    private Task<PhaseResult> Run(string name, Func<SeededSource, string> next, CancellationToken cancel) =>
        Meter.RunTimed(name, settings, time, (number, meter, stop) => Client((ulong)number, next, meter, stop), cancel);

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
