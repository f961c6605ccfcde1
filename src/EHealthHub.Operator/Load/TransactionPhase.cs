using System.Text.Json;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Load;

/// <summary>Each client is the hospital's monitoring: fifty heart rates of one of its patients in one transaction, and then the next fifty.</summary>
internal sealed class TransactionPhase(HubClient hospital, IReadOnlyList<SubmittedPatient> patients, LoadSettings settings, TimeProvider time, ProcessorClock gateway)
{
    public const int Entries = 50;

    // Numbers of the clients of other phases end below this: other numbers, other Bundles.
    private const ulong FirstStream = 1_000_000;

    public Task<PhaseResult> Run(CancellationToken cancel) => Meter.RunTimed(LoadPhase.Transaction.Name, settings, time, gateway, Client, cancel);

    /// <summary>A transaction that creates <see cref="Entries"/> Observations of a patient.</summary>
    public static ReadOnlyMemory<byte> Bundle(SeededSource random, string patient)
    {
        using var bundle = new BundleJson();
        var at = PatientGenerator.AsOf.ToDateTime(new TimeOnly(random.Between(0, 23), 0)).AddDays(-random.Between(1, 365));
        for (var i = 0; i < Entries; i++)
        {
            var json = bundle.Json;
            bundle.Begin("Observation", random.Uuid());
            json.WriteString("status", "final");
            bundle.Concepts("category", Systems.Hl7 + "observation-category", "vital-signs", "Vital Signs");
            bundle.Concept("code", Systems.Loinc, "8867-4", "Heart rate");
            bundle.Reference("subject", "Patient/" + patient);
            json.WriteString("effectiveDateTime", BundleJson.Instant(at.AddMinutes(i)));
            bundle.Quantity("valueQuantity", BundleJson.Fixed(random.Around(75, 5), 0), "/min");
            bundle.End("Observation");
        }

        return bundle.Finish();
    }

    private async Task Client(int number, ClientMeter meter, CancellationToken stop)
    {
        var random = new SeededSource(settings.Seed, FirstStream + (ulong)number);
        while (!stop.IsCancellationRequested)
        {
            var bundle = Bundle(random, random.Pick(patients).Id);
            try
            {
                var since = time.GetTimestamp();
                var response = await hospital.Post("/fhir", bundle, null, stop).ConfigureAwait(false);
                Count(response, since, bundle.Length, meter);
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

    private static void Count(HubResponse response, long since, int sent, ClientMeter meter)
    {
        if (!response.IsGood)
        {
            meter.Bad($"transaction: {response.Summary}");
            return;
        }

        using var answer = JsonDocument.Parse(response.Body);
        var result = TransactionResult.Read(answer.RootElement);
        if (result.Accepted == Entries)
        {
            meter.Good(since, response.Body.Length, Entries, sent);
        }
        else
        {
            meter.Bad($"transaction: {result.FirstFault}");
        }
    }
}
