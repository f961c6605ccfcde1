using System.Collections.Concurrent;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Crash;

/// <summary>
/// The process is killed at arbitrary moments under load, at least twenty times. Afterwards the verifiers pass, every acknowledged write is there, and every response that was released has its entry.
/// </summary>
public sealed class KillNineTests : IAsyncLifetime
{
    private const int Kills = 20;
    private const int Writers = 6;

    private readonly HubDirectory _hub = HubDirectory.Create();
    private readonly ConcurrentDictionary<string, int> _acknowledged = new();
    private readonly ConcurrentBag<string> _receipts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _hub.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Killed_twenty_times_under_load_nothing_acknowledged_is_lost()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            using var gateway = await _hub.StartGatewayProcess();
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Writers).Select(w => Load(w, stop.Token)).ToArray();

            // Once writes flow, moments spread over 640 ms: within a commit, between intent and outcome, within integration and checkpoint.
            await WritesFlow(_acknowledged.Count + 2);
            await Task.Delay(TimeSpan.FromMilliseconds(kill * 331 % 640));
            gateway.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        Assert.True(_acknowledged.Count > 50, $"only {_acknowledged.Count} writes were acknowledged: the load was no load");
        using (await _hub.StartGatewayProcess())
        {
            await EveryAcknowledgedWriteIsThere();
        }

        await _hub.ExpectLogWhole();
        await _hub.ExpectRecordsWhole();
        _hub.ExpectEntries(_receipts);
    }

    /// <summary>Waits until this many writes are acknowledged: on a busy machine the first handshakes take their time.</summary>
    private async Task WritesFlow(int count)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (_acknowledged.Count < count)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "no write was acknowledged within a minute");
            await Task.Delay(5);
        }
    }

    /// <summary>Creates, updates, small transactions and reads, until the process is gone.</summary>
    private async Task Load(int writer, CancellationToken stop)
    {
        using var client = _hub.Client("hospital-ankara");
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                await (i % 3 == 2 ? Transaction(client) : CreateAndUpdate(client, writer));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // Killed in between: what was not answered was not promised.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task CreateAndUpdate(FhirClient client, int writer)
    {
        var created = await client.Post("fhir/Patient", Samples.Patient("Yazar" + (char)('A' + writer)));
        if (Keep(created) && created.Status == 201)
        {
            var id = created.IdFromLocation();
            _acknowledged[$"Patient/{id}"] = 1;
            var updated = await client.Put($"fhir/Patient/{id}", Samples.Patient("Güncel").Insert(1, $"\"id\":\"{id}\","));
            if (Keep(updated) && updated.Status == 200)
            {
                _acknowledged[$"Patient/{id}"] = 2;
            }

            Keep(await client.Get($"fhir/Patient/{id}"));
        }
    }

    private async Task Transaction(FhirClient client)
    {
        const string patient = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60";
        var bundle = Samples.Bundle(
            "transaction",
            Samples.Entry(patient, Samples.Patient("Toplu"), "POST", "Patient"),
            Samples.Entry("urn:uuid:1b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f61", Samples.Encounter(patient, "finished"), "POST", "Encounter"),
            Samples.Entry("urn:uuid:2b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f62", Samples.Observation(patient), "POST", "Observation"));
        var answer = await client.Post("fhir", bundle);
        if (Keep(answer) && answer.Status == 200)
        {
            foreach (var entry in answer.Json["entry"]!.AsArray())
            {
                var parts = ((string)entry!["response"]!["location"]!).Split('/');
                _acknowledged[$"{parts[^4]}/{parts[^3]}"] = 1;
            }
        }
    }

    private bool Keep(FhirAnswer answer)
    {
        if (answer.Receipt is { } receipt)
        {
            _receipts.Add(receipt);
        }
        else
        {
            Assert.Equal(503, answer.Status);
        }

        return answer.Status is 200 or 201;
    }

    private async Task EveryAcknowledgedWriteIsThere()
    {
        using var ministry = _hub.Client("ministry");
        foreach (var (reference, version) in _acknowledged)
        {
            var read = (await ministry.Get("fhir/" + reference)).Expect(200);
            var stored = int.Parse((string)read.Json["meta"]!["versionId"]!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(stored >= version, $"{reference} was acknowledged as version {version} and is {stored}");
        }
    }
}
