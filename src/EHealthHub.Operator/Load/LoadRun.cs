using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Preparing;

namespace EHealthHub.Operator.Load;

/// <summary>The whole run against a hub that is up, phase after phase.</summary>
internal sealed class LoadRun(OpenedHub hub, BundleSource source, LoadSettings settings, TimeProvider time)
{
    private const int PatientsOpened = 128;
    private const int ProbeBytesOtherwise = 1_024;

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

        var ingested = await ingest.Run(cancel).ConfigureAwait(false);
        var patients = ingest.Submitted.Where(p => p.Resources.Length > 0).Take(PatientsOpened).ToList();
        if (patients.Count == 0)
        {
            Say.Error("no new patient was submitted, so there is nobody to read; with --seed other patients are made");
            return null;
        }

        await OpenEncounters(hospital, patients, cancel).ConfigureAwait(false);
        var clinician = new ClinicianPhase(hospital, () => new ClinicianSession(hub.Identity, hub.Layout, hospital, "dr-ayse", time), patients, settings, time);
        var read = await clinician.Read(cancel).ConfigureAwait(false);
        var search = await clinician.Search(cancel).ConfigureAwait(false);
        var payload = read.Requests > 0 ? (int)(read.Bytes / read.Requests) : ProbeBytesOtherwise;
        var bare = await BareProbe.Run(hub.Layout, payload, settings, time, cancel).ConfigureAwait(false);
        return new LoadReport
        {
            Ingest = ingested,
            Read = read,
            Search = search,
            Bare = bare,
            Fsync = FsyncProbe.Run(hub.Layout.Root, time),
            BytesPerJsonByte = ingest.AcceptedBytes > 0 ? (DatabaseBytes() - before) / (double)ingest.AcceptedBytes : 0,
            OtherErrors = _otherErrors,
        };
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
