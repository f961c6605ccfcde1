using System.Collections.Concurrent;
using System.Text.Json;
using EHealthHub.Operator.Connecting;

namespace EHealthHub.Operator.Load;

/// <summary>A submitted patient and some of the resources that a clinician may read.</summary>
internal sealed record SubmittedPatient(string Id, string[] Resources);

/// <summary>The clients post patients' Bundles as hospital-ankara, each the next one, until all are in; <paramref name="without"/> is the index of one that was posted before.</summary>
internal sealed class IngestPhase(HubClient hospital, BundleSource source, LoadSettings settings, TimeProvider time, int? without = null)
{
    // Enough to spread reads over compartments, few enough to remember.
    private const int PatientsKept = 256;
    private const int ResourcesKept = 64;

    private readonly ConcurrentQueue<SubmittedPatient> _submitted = new();
    private readonly ConcurrentDictionary<string, long> _bytesOfFile = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _referringDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _referringLeft = source.Referring;
    private int _next = -1;
    private long _acceptedBytes;

    /// <summary>Patients for the clinicians.</summary>
    public IReadOnlyList<SubmittedPatient> Submitted => [.. _submitted];

    /// <summary>Bytes of the accepted resources, without insignificant whitespace.</summary>
    public long AcceptedBytes => Interlocked.Read(ref _acceptedBytes);

    /// <summary>What the others refer to: posted first, not timed. False when one was refused.</summary>
    public async Task<bool> PostFirst(Action<string> say, CancellationToken cancel)
    {
        foreach (var bundle in source.First())
        {
            var response = await hospital.Post("/fhir", bundle.Json, null, cancel).ConfigureAwait(false);
            var result = TransactionResult.Read(response.Json);
            if (!response.IsGood || result.Refused > 0)
            {
                say($"{bundle.Name}: {(response.IsGood ? result.FirstFault : response.Summary)}");
                return false;
            }

            if (result.Created.Count > 0)
            {
                Interlocked.Add(ref _acceptedBytes, BundleSource.ResourceBytes(bundle.Json));
            }
        }

        return true;
    }

    public Task<PhaseResult> Run(CancellationToken cancel) => Meter.Run("ingest", "resources", settings.Clients, time, Client, null, cancel);

    private async Task Client(int number, ClientMeter meter, CancellationToken cancel)
    {
        // The next Bundle is made while the clock of the last one stands: what is timed is the hub, on the same two cores all the same.
        while (Interlocked.Increment(ref _next) is var index && index < settings.Patients && !cancel.IsCancellationRequested)
        {
            if (index >= source.Referring && source.Referring > 0 && settings.Patients > source.Referring)
            {
                await _referringDone.Task.WaitAsync(cancel).ConfigureAwait(false);
            }

            try
            {
                if (index != without)
                {
                    await Post(index, meter, cancel).ConfigureAwait(false);
                }
            }
            finally
            {
                if (index < source.Referring && Interlocked.Decrement(ref _referringLeft) == 0)
                {
                    _referringDone.SetResult();
                }
            }
        }
    }

    private async Task Post(int index, ClientMeter meter, CancellationToken cancel)
    {
        var bundle = source.Patient(index);
        var since = time.GetTimestamp();
        HubResponse response;
        try
        {
            response = await hospital.Post("/fhir", bundle.Json, null, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            meter.Bad($"{bundle.Name}: {e.Message}");
            return;
        }

        if (!response.IsGood || response.Receipt is null)
        {
            meter.Bad($"{bundle.Name}: {(response.IsGood ? "no receipt" : response.Summary)}");
            return;
        }

        using var answer = JsonDocument.Parse(response.Body);
        var result = TransactionResult.Read(answer.RootElement);
        if (result.Refused > 0)
        {
            meter.Bad($"{bundle.Name}: {result.FirstFault}");
            return;
        }

        meter.Good(since, response.Body.Length, result.Accepted, bundle.Json.Length);
        Remember(bundle, result);
    }

    private void Remember(PostableBundle bundle, TransactionResult result)
    {
        // A patient who was there already adds nothing to the databases.
        if (result.Created.Count > 0)
        {
            var bytes = source.IsGenerated ? BundleSource.ResourceBytes(bundle.Json) : _bytesOfFile.GetOrAdd(bundle.Name, _ => BundleSource.ResourceBytes(bundle.Json));
            Interlocked.Add(ref _acceptedBytes, bytes);
        }

        if (result.PatientId is { } id && _submitted.Count < PatientsKept)
        {
            _submitted.Enqueue(new SubmittedPatient(id, [.. result.Created.Where(IsReadable).Take(ResourcesKept)]));
        }
    }

    private static bool IsReadable(string resource) => resource.Split('/')[0] is "Patient" or "Observation" or "Condition" or "Encounter" or "MedicationRequest" or "Immunization" or "Procedure";
}
