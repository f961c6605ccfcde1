using System.Text;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Support;

namespace EHealthHub.Exchange.Tests.Confidential;

/// <summary>Consents on the API (IHE PCF, ITI-108): the patient writes and searches them, what they say holds on the next request, and none is taken that would not be enforced to the letter.</summary>
public sealed class ConsentTests : IAsyncLifetime
{
    private const string ToIzmir = """ "type":"deny","actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"identifier":{"system":"https://ehealthhub.example/fhir/sid/institution","value":"hospital-izmir"}}}] """;

    private TestHub _hub = null!;

    private static ActContext Zeynep { get; } = Ward.Citizen("citizen-zeynep", Ward.NationalId('a'));

    private static ActContext Elif { get; } = Ward.Citizen("citizen-elif", Ward.NationalId('b'));

    public async Task InitializeAsync()
    {
        _hub = await new TestHub().WithRegistry();
        await new Ward(_hub).Record('a');
    }

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task A_consent_and_its_withdrawal_hold_on_the_next_request()
    {
        Assert.Equal((200, 200), await Looked());
        var made = await Write(Zeynep, ToIzmir);
        Assert.Equal(201, made.Status);
        Assert.Equal((404, 403), await Looked());

        var id = TestHub.IdOf(made);
        using (var withdrawn = Consent(ToIzmir, id, "inactive"))
        {
            Assert.Equal(200, (await _hub.Acts.Submit.Update(Zeynep, "Consent", id, withdrawn, null, null, default)).Status);
        }

        Assert.Equal((200, 200), await Looked());
        using (var again = Consent(ToIzmir, id))
        {
            Assert.Equal(200, (await _hub.Acts.Submit.Update(Zeynep, "Consent", id, again, null, null, default)).Status);
        }

        Assert.Equal((404, 403), await Looked());
        Assert.Equal(204, (await _hub.Acts.Submit.Delete(Zeynep, "Consent", id, null, default)).Status);
        Assert.Equal((200, 200), await Looked());
    }

    [Fact]
    public async Task Only_the_patient_writes_a_consent()
    {
        foreach (var other in new[] { Ward.Izmir, Ward.Ayse, TestHub.Ankara, Elif })
        {
            Assert.Equal(403, (await Write(other, ToIzmir)).Status);
        }

        var id = TestHub.IdOf(await Write(Zeynep, ToIzmir));
        foreach (var other in new[] { Ward.Izmir, Elif })
        {
            using var changed = Consent(ToIzmir, id, "inactive");
            Assert.Equal(404, (await _hub.Acts.Submit.Update(other, "Consent", id, changed, null, null, default)).Status);
            Assert.Equal(404, (await _hub.Acts.Submit.Delete(other, "Consent", id, null, default)).Status);
        }

        // Nothing but consents.
        using var observation = TestHub.Observation("p-a");
        Assert.Equal(403, (await _hub.Acts.Submit.Create(Zeynep, "Observation", observation, null, default)).Status);
    }

    [Theory]
    [InlineData("\"type\":\"deny\",\"action\":[{\"coding\":[{\"code\":\"access\"}]}]", "Consent.provision.action")]
    [InlineData("\"type\":\"deny\",\"actor\":[{\"role\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",\"code\":\"IRCP\"}]},\"reference\":{\"reference\":\"Organization/nobody\"}}]", "Consent.provision.actor[0]")]
    [InlineData("\"type\":\"permit\",\"provision\":[{\"type\":\"deny\",\"securityLabel\":[{\"system\":\"urn:own\",\"code\":\"secret\"}]}]", "Consent.provision.provision[0].securityLabel")]
    public async Task A_consent_that_is_not_understood_is_refused_with_the_element(string provision, string element)
    {
        var refused = await Write(Zeynep, provision);
        Assert.Equal((422, element), (refused.Status, refused.Failure?.Issues[0].Expression));

        using var bundle = TestHub.Resource($$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Consent"},"resource":{{{Json(provision, null, "active")}}}}]}""");
        var whole = await _hub.Acts.Bundle.Execute(Zeynep, bundle, "en", default);
        Assert.Equal((422, "Bundle.entry[0].resource." + element["Consent.".Length..]), (whole.Status, whole.Failure?.Issues[0].Expression));
        Assert.Equal((200, 200), await Looked());
    }

    [Fact]
    public async Task The_patient_searches_the_own_consents_by_status_and_by_whom_they_name()
    {
        await Write(Zeynep, ToIzmir);
        await Write(Zeynep, "\"type\":\"permit\"");
        foreach (var (query, count) in new[] { ("patient=p-a&status=active", 2), ($"patient.identifier={DecisionFacts.NationalIdSystem}|{Ward.NationalId('a')}&status=active", 2), ("patient=p-a&status=inactive", 0), ("patient=Patient/p-a&status=active&_count=1", 2) })
        {
            var found = await _hub.Acts.Search.Execute(Zeynep, "Consent", QueryText.Parse(query), strict: true, default);
            Assert.Contains($"\"total\":{count}", Encoding.UTF8.GetString(found.Body.Span), StringComparison.Ordinal);
        }

        Assert.Equal(403, (await _hub.Acts.Search.Execute(Elif, "Consent", QueryText.Parse("patient=p-a&status=active"), strict: true, default)).Status);
    }

    [Fact]
    public async Task Who_is_permitted_by_name_looks_as_a_caregiver_and_names_nobody()
    {
        Assert.Equal(403, (await _hub.Acts.Search.Execute(Elif, "Observation", QueryText.Parse("patient=p-a"), strict: true, default)).Status);
        await Write(Zeynep, ToCitizen(Ward.NationalId('b')));
        Assert.Equal(200, (await _hub.Acts.Search.Execute(Elif, "Observation", QueryText.Parse("patient=p-a"), strict: true, default)).Status);
        Assert.Equal(403, (await Write(Elif, ToCitizen(Ward.NationalId('c')))).Status);
    }

    [Fact]
    public async Task A_discharge_closes_access_on_the_next_request()
    {
        var open = (await _hub.Acts.Search.Execute(Ward.Ayse, "Encounter", QueryText.Parse("patient=p-a&status=in-progress"), strict: true, default)).Body;
        using var found = System.Text.Json.JsonDocument.Parse(open);
        var id = found.RootElement.GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString()!;
        using var finished = TestHub.Resource($$$"""{"resourceType":"Encounter","id":"{{{id}}}","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/p-a"},"period":{"start":"2026-01-05T08:00:00Z","end":"2026-01-05T09:00:00Z"}}""");
        Assert.Equal(200, (await _hub.Acts.Submit.Update(Ward.Izmir, "Encounter", id, finished, null, null, default)).Status);
        Assert.Equal((404, 403), await Looked());
    }

    private static string ToCitizen(string nationalId) =>
        $$$$""" "type":"permit","actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"identifier":{"system":"{{{{DecisionFacts.NationalIdSystem}}}}","value":"{{{{nationalId}}}}"}}}] """;

    private async Task<(int Read, int Search)> Looked() => (
        (await _hub.Acts.Read.Execute(Ward.Ayse, "Observation", "o1-a", null, default)).Status,
        (await _hub.Acts.Search.Execute(Ward.Ayse, "Observation", QueryText.Parse("patient=p-a"), strict: true, default)).Status);

    private async Task<ActResult> Write(ActContext caller, string provision)
    {
        using var consent = Consent(provision);
        return await _hub.Acts.Submit.Create(caller, "Consent", consent, null, default);
    }

    private static Fhir.Reading.FhirResource Consent(string provision, string? id = null, string status = "active") => TestHub.Resource(Json(provision, id, status));

    private static string Json(string provision, string? id, string status) =>
        $$$"""{"resourceType":"Consent",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"{{{status}}}","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p-a"},"dateTime":"2026-01-01","performer":[{"reference":"Patient/p-a"}],"policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},"provision":{ {{{provision}}} } }""";
}
