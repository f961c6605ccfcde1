using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Running;

namespace EHealthHub.Operator.Load;

/// <summary>The whole run against a hub that is up, phase after phase.</summary>
internal sealed class LoadRun(OpenedHub hub, BundleSource source, LoadSettings settings, TimeProvider time)
{
    private const int PatientsOpened = 128;

    private readonly ProcessorClock _gateway = new(new HubService("gateway", "", hub.Layout, time).Running?.Id);
    private long _otherErrors;

    /// <summary>The report, or null after a sentence when the hub cannot be loaded at all.</summary>
    public async Task<LoadReport?> Run(CancellationToken cancel)
    {
        using var hospital = HubClient.Open(hub.Layout, "hospital-ankara", new Uri($"https://localhost:{settings.Port}"), settings.Clients);
        var before = DatabaseBytes();
        var ingest = new IngestPhase(hospital, source, settings, time);
        Say.Line($"load: {settings.Patients} patients, {settings.Clients} clients, {settings.Seconds} s a phase; the clients run on the hub's own cores");
        if (!await ingest.PostFirst(Say.Error, cancel).ConfigureAwait(false))
        {
            return null;
        }

        var cpu = _gateway.Now();
        var ingested = await ingest.Run(cancel).ConfigureAwait(false);
        ingested = ingested with { ServerTime = _gateway.Now() - cpu };
        var patients = ingest.Submitted.Where(p => p.Resources.Length > 0).Take(PatientsOpened).ToList();
        if (patients.Count == 0)
        {
            Say.Error("no new patient was submitted, so there is nobody to read; with --seed other patients are made");
            return null;
        }

        var grown = DatabaseBytes() - before;
        await OpenEncounters(hospital, patients, cancel).ConfigureAwait(false);
        var (measured, durable) = await RunPhases(hospital, patients, cancel).ConfigureAwait(false);
        return new LoadReport
        {
            Ingest = ingested,
            Phases = measured,
            Durable = durable,
            Fsync = FsyncProbe.Run(hub.Layout.Root, time),
            BytesPerJsonByte = ingest.AcceptedBytes > 0 ? grown / (double)ingest.AcceptedBytes : 0,
            OtherErrors = _otherErrors,
        };
    }

    private async Task<(List<MeasuredPhase> Measured, PhaseResult? Durable)> RunPhases(HubClient hospital, List<SubmittedPatient> patients, CancellationToken cancel)
    {
        var clinician = new ClinicianPhase(hospital, () => new ClinicianSession(hub.Identity, hub.Layout, hospital, "dr-ayse", time), patients, settings, time, _gateway);
        var transactions = new TransactionPhase(hospital, patients, settings, time, _gateway);
        var probe = await BareProbe.Start(hub.Layout, settings, time, cancel).ConfigureAwait(false);
        await using (probe.ConfigureAwait(false))
        {
            var measured = new List<MeasuredPhase>();
            PhaseResult? durable = null;
            foreach (var phase in settings.Phases.Where(p => p != LoadPhase.Durable))
            {
                Say.Line($"phase {phase.Name}: {phase.What}; then the same from a bare Kestrel");
                var result = await (phase == LoadPhase.Transaction ? transactions.Run(cancel) : clinician.Run(phase, cancel)).ConfigureAwait(false);
                measured.Add(new MeasuredPhase(phase, result, await probe.Run(result, durable: false, cancel).ConfigureAwait(false)));
                if (phase == LoadPhase.Read && settings.Phases.Contains(LoadPhase.Durable))
                {
                    durable = await probe.Run(result, durable: true, cancel).ConfigureAwait(false);
                }
            }

            return (measured, durable);
        }
    }

    /// <summary>A clinician sees a patient while an encounter at her institution is open.</summary>
    private async Task OpenEncounters(HubClient hospital, List<SubmittedPatient> patients, CancellationToken cancel)
    {
        foreach (var patient in patients)
        {
            var response = await hospital.Post("/fhir/Encounter", FhirBodies.Encounter(patient.Id, null, time.GetUtcNow(), null), null, cancel).ConfigureAwait(false);
            if (!response.IsGood)
            {
                _otherErrors++;
                Say.Error($"an encounter could not be opened: {response.Summary}");
            }
        }
    }

    private long DatabaseBytes() => new DirectoryInfo(hub.Layout.Databases).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
}
