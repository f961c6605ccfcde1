using EHealthHub.EndToEnd.Tests.Rest;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Crash;

/// <summary>Killed in the middle of a re-indexing, the hub goes on with it after the next start; until the end the parameter is refused, and then it answers exactly. The verifiers pass throughout.</summary>
public sealed class ReindexKilledTests : IDisposable
{
    private const int Patients = 60;

    private readonly HubDirectory _hub = HubDirectory.Create();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_killed_reindexing_goes_on_and_nothing_is_answered_by_half()
    {
        using (var gateway = await _hub.StartGatewayProcess("--reindex-rate", "5"))
        {
            using var ministry = _hub.Client("ministry");
            for (var i = 0; i < Patients; i++)
            {
                (await ministry.Post("fhir/Patient", Samples.Patient(i % 3 == 0 ? "Üçüncü" : "Öteki"))).Expect(201);
            }

            (await ministry.Post("fhir/SearchParameter", OwnSearchParameterTests.Parameter("kill-family", "Patient", "string", "Patient.name.family"))).Expect(201);
            (await ministry.Get("fhir/Patient?kill-family=x")).Refused(503, "search-parameter-reindexing");
            await Task.Delay(TimeSpan.FromSeconds(3));
            (await ministry.Post("fhir/Patient", Samples.Patient("Üçüncü"))).Expect(201);
            (await ministry.Get("fhir/Patient?kill-family=x", ("Prefer", "handling=lenient"))).Refused(503, "search-parameter-reindexing");
            gateway.Kill();
        }

        await _hub.ExpectLogWhole();
        await _hub.ExpectRecordsWhole();
        using (await _hub.StartGatewayProcess("--reindex-rate", "100"))
        {
            using var ministry = _hub.Client("ministry");
            await OwnSearchParameterTests.Settled(ministry);
            Assert.Equal((Patients / 3) + 1, (int?)(await ministry.Get("fhir/Patient?kill-family=üçüncü&_summary=count")).Expect(200).Json["total"]);
        }

        await _hub.ExpectLogWhole();
        await _hub.ExpectRecordsWhole();
        Assert.Equal(2, Directory.GetDirectories(_hub.Layout.Audit).Length);
    }
}
