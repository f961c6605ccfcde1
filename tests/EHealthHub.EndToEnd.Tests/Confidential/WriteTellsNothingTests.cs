using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>Writes over the wire: what conditions find, how many, what references lead to, and which entry of a Bundle failed and why, tell nothing of what is hidden.</summary>
[Collection(SharedWorlds.Name)]
public sealed class WriteTellsNothingTests(Worlds worlds)
{
    private const string Fresh = """{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"999-9"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2025-01-01"}""";

    /// <summary>Clinicians' tokens write nothing, and a hospital's system does not search: what it may ask by is one exact identifier. That of something hidden is nobody's, so it creates.</summary>
    [Theory]
    [InlineData("identifier=urn:test:accession|acc-@", 201)]
    [InlineData("identifier=urn:test:accession|none-@", 201)]
    [InlineData("patient=p-@&code=7917-8", 403)]
    [InlineData("patient=p-@&_security=HIV", 403)]
    [InlineData("patient=p-@&encounter.status=finished", 403)]
    [InlineData("_id=h1-@", 403)]
    [InlineData("_id=h1-@&patient=p-@", 403)]
    [InlineData("identifier=urn:test:accession|acc-@&_has:List:item:_id=h3-@", null)]
    [InlineData("identifier=acc-@", null)]
    [InlineData("identifier=urn:test:accession|acc-@,urn:test:accession|other", null)]
    public async Task A_create_if_none_exists(string condition, int? status)
    {
        await worlds.Same(worlds.Izmir, HttpMethod.Post, "Observation", body: Fresh, expected: status, headers: ("If-None-Exist", condition));
        await worlds.Same(worlds.Izmir, HttpMethod.Post, "Observation", Worlds.Masked, Fresh, headers: ("If-None-Exist", condition));
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Observation", body: Fresh, headers: ("If-None-Exist", condition));
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Observation", Worlds.Masked, Fresh, headers: ("If-None-Exist", condition));
    }

    [Theory]
    [InlineData("identifier=urn:test:accession|acc-@")]
    [InlineData("patient=p-@&code=718-7&date=ge2026-03-15")]
    [InlineData("patient=p-@&_id=h1-@")]
    [InlineData("_id=h1-@")]
    public async Task A_conditional_update(string condition)
    {
        await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation?" + condition, body: Fresh);
        await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation?" + condition, Worlds.Masked, Fresh);
        await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation?" + condition, body: Fresh, headers: ("If-Match", "W/\"1\""));
        await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation?" + condition, body: Fresh.Insert(1, "\"id\":\"h1-@\","));
        await worlds.Same(worlds.Izmir, HttpMethod.Put, "Observation?" + condition, body: Fresh);
    }

    [Theory]
    [InlineData("identifier=urn:test:accession|acc-@")]
    [InlineData("patient=p-@&value-quantity=gt0&_security:missing=false")]
    [InlineData("patient=p-@&date=ge2026-03-15")]
    [InlineData("patient=p-@&_id=h1-@")]
    public async Task A_conditional_delete(string condition)
    {
        await worlds.Same(worlds.Mehmet, HttpMethod.Delete, "Observation?" + condition, expected: 404);
        await worlds.Same(worlds.Mehmet, HttpMethod.Delete, "Observation?" + condition, Worlds.Masked);
        await worlds.Same(worlds.Izmir, HttpMethod.Delete, "Observation?" + condition);
    }

    [Fact]
    public async Task A_conditional_patch()
    {
        const string patch = """[{"op":"test","path":"/status","value":"final"}]""";
        await worlds.Same(worlds.Mehmet, HttpMethod.Patch, "Observation?identifier=urn:test:accession|acc-@", body: patch, expected: 404, contentType: "application/json-patch+json");
        await worlds.Same(worlds.Mehmet, HttpMethod.Patch, "Observation?patient=p-@&_security:missing=false", body: patch, contentType: "application/json-patch+json");
        await worlds.Same(worlds.Mehmet, HttpMethod.Patch, "Observation?identifier=urn:test:accession|acc-@", Worlds.Masked, patch, contentType: "application/json-patch+json");
    }

    [Theory]
    [InlineData("\"encounter\":{\"reference\":\"Encounter/h2-@\"}")]
    [InlineData("\"derivedFrom\":[{\"reference\":\"Observation/h1-@\"}]")]
    [InlineData("\"derivedFrom\":[{\"reference\":\"Observation/h1-@/_history/3\"}]")]
    [InlineData("\"hasMember\":[{\"reference\":\"Observation/h1-@\"}],\"basedOn\":[{\"reference\":\"ServiceRequest/h1-@\"}]")]
    [InlineData("\"extension\":[{\"url\":\"urn:x\",\"valueUrl\":\"Binary/h4-@\"}]")]
    [InlineData("\"id\":\"h1-@\"")]
    [InlineData("\"identifier\":[{\"system\":\"urn:test:accession\",\"value\":\"acc-@\"}]")]
    public async Task A_create_that_refers_to_it(string member)
    {
        var body = Fresh.Insert(1, member + ",").Replace("999-9", "998-8", StringComparison.Ordinal);
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Observation", body: body);
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Observation", Worlds.Masked, body);
        await worlds.Same(worlds.Izmir, HttpMethod.Post, "Observation", body: body);
    }

    [Theory]
    [InlineData("transaction", """{"request":{"method":"PUT","url":"Observation/h1-@"},"resource":{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}}""")]
    [InlineData("transaction", """{"request":{"method":"DELETE","url":"Observation/h1-@"}},{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier=urn:none|none"}}}""")]
    [InlineData("transaction", """{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","nonsense":1}},{"request":{"method":"DELETE","url":"Observation/h1-@"}}""")]
    [InlineData("transaction", """{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"},"derivedFrom":[{"reference":"Observation?identifier=urn:test:accession|acc-@"}]}}""")]
    [InlineData("transaction", """{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"},"encounter":{"reference":"Encounter?patient=p-@&status=finished"}}}""")]
    [InlineData("transaction", """{"request":{"method":"POST","url":"Observation","ifNoneExist":"identifier=urn:test:accession|acc-@"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}},{"request":{"method":"DELETE","url":"Observation/nobody"}}""")]
    [InlineData("transaction", """{"request":{"method":"GET","url":"Observation/h1-@"}},{"request":{"method":"GET","url":"Observation?patient=p-@&_summary=count"}},{"request":{"method":"GET","url":"Observation/h1-@/_history"}}""")]
    [InlineData("transaction", """{"request":{"method":"PATCH","url":"Observation/h1-@"},"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="}}""")]
    [InlineData("batch", """{"request":{"method":"GET","url":"Observation/h1-@","ifNoneMatch":"W/\"1\""}},{"request":{"method":"GET","url":"Binary/h4-@"}},{"request":{"method":"DELETE","url":"List/h3-@"}},{"request":{"method":"GET","url":"Encounter/h2-@/$everything"}}""")]
    [InlineData("batch", """{"request":{"method":"DELETE","url":"Observation?patient=p-@&code=7917-8"}},{"request":{"method":"GET","url":"Observation?patient=p-@&code=7917-8&_sort=date"}},{"request":{"method":"HEAD","url":"Observation/h1-@"}}""")]
    [InlineData("batch", """{"request":{"method":"GET","url":"Binary/h7-@"}},{"request":{"method":"GET","url":"Binary/h7-@","ifNoneMatch":"*"}},{"request":{"method":"PUT","url":"Observation/h1-@","ifMatch":"W/\"1\""},"resource":{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}}""")]
    public async Task An_entry_of_a_bundle(string kind, string entries)
    {
        var bundle = $$$"""{"resourceType":"Bundle","type":"{{{kind}}}","entry":[{{{entries}}}]}""";
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "", body: bundle);
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, "", Worlds.Masked, bundle);
        await worlds.Same(worlds.Izmir, HttpMethod.Post, "", body: bundle);
    }

    [Fact]
    public async Task An_entry_that_meets_a_hidden_id_twice() => await worlds.Same(
        worlds.Mehmet, HttpMethod.Post, "", body: """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/h1-@"}},{"request":{"method":"DELETE","url":"Observation?identifier=urn:test:accession|acc-@"}}]}""");

    /// <summary>A resource that names no patient but something hidden of somebody's belongs to no record.</summary>
    [Theory]
    [InlineData("Observation", """{"resourceType":"Observation","status":"final","code":{"text":"x"},"encounter":{"reference":"Encounter/h2-@"}}""")]
    [InlineData("Binary", """{"resourceType":"Binary","contentType":"text/plain","securityContext":{"reference":"Observation/h1-@"},"data":"eA=="}""")]
    [InlineData("Provenance", """{"resourceType":"Provenance","target":[{"reference":"Observation/h1-@"}],"recorded":"2026-03-11T10:00:00Z","agent":[{"who":{"display":"x"}}]}""")]
    [InlineData("List", """{"resourceType":"List","status":"current","mode":"working","entry":[{"item":{"reference":"Observation/h1-@"}}]}""")]
    [InlineData("DocumentReference", """{"resourceType":"DocumentReference","status":"current","subject":{"reference":"Patient/p-@"},"content":[{"attachment":{"url":"Binary/h4-@"}}]}""")]
    [InlineData("DiagnosticReport", """{"resourceType":"DiagnosticReport","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"},"result":[{"reference":"Observation/h1-@"}]}""")]
    public async Task A_resource_that_speaks_of_it(string type, string body)
    {
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, type, body: body);
        await worlds.Same(worlds.Mehmet, HttpMethod.Post, type, Worlds.Masked, body);
        await worlds.Same(worlds.Izmir, HttpMethod.Post, type, body: body);
    }

    /// <summary>A provider that registers somebody learns that there is a record of the person; nobody else does, by whatever condition.</summary>
    [Fact]
    public async Task A_patients_identifier_in_a_condition_of_those_who_register_nobody()
    {
        using var citizen = worlds.Hub.Client(Zeynep.Name);
        using var insurer = worlds.Hub.Client("insurer");
        using var auditor = worlds.Hub.Client("auditor");
        const string known = $"identifier={Samples.NationalIdSystem}|";
        foreach (var client in new[] { citizen, insurer, auditor })
        {
            foreach (var ask in (Func<string, Task<string>>[])
            [
                id => Told(client, HttpMethod.Post, "Patient", Samples.Patient("X", id), ("If-None-Exist", known + id)),
                id => Told(client, HttpMethod.Put, "Patient?" + known + id, Samples.Patient("X", id)),
                id => Told(client, HttpMethod.Delete, "Patient?" + known + id, null),
                id => Told(client, HttpMethod.Get, "Patient?" + known + id, null),
                id => Told(client, HttpMethod.Get, $"Observation?patient.{known}{id}", null),
                id => Told(client, HttpMethod.Post, "", Samples.Bundle("transaction", Samples.Entry("urn:uuid:01997a2e-0000-7000-8000-000000000001", Consent($"Patient?{known}{id}"), "POST", "Consent"))),
                id => Told(client, HttpMethod.Post, "", Samples.Bundle("batch", Samples.Entry("urn:uuid:01997a2e-0000-7000-8000-000000000001", Samples.Patient("X", id), "POST", "Patient", $",\"ifNoneExist\":\"{known}{id}\""))),
                id => Told(client, HttpMethod.Post, "", Samples.Bundle("transaction", Samples.Entry("urn:uuid:01997a2e-0000-7000-8000-000000000001", Samples.Observation($"Patient?{known}{id}"), "POST", "Observation"))),
            ])
            {
                Assert.Equal(await ask(Worlds.NationalId('z')), await ask(Worlds.NationalId('a')));
            }
        }

        // A clinician, too, learns no more than that: the record stays shut.
        Assert.Equal(
            await Told(worlds.Ayse, HttpMethod.Get, $"Observation?patient.{known}{Worlds.NationalId('z')}", null), await Told(worlds.Ayse, HttpMethod.Get, $"Observation?patient.{known}{Worlds.NationalId('a')}", null));
    }

    [Fact]
    public async Task A_request_id_of_somebody_else()
    {
        // A write of the ministry under a request id; who guesses the id and the very request gets an answer of their own.
        const string body = """{"resourceType":"Condition","id":"h5-a","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]},"subject":{"reference":"Patient/p-a"},"onsetDateTime":"2026-02-01"}""";
        (await worlds.Ministry.Put("fhir/Condition/h5-a", body, ("X-Request-Id", "guessed-1"))).Expect(200);
        foreach (var client in new[] { worlds.Mehmet, worlds.Izmir, worlds.Ayse })
        {
            var again = await Told(client, HttpMethod.Put, "Condition/h5-a", body, ("X-Request-Id", "guessed-1"));
            Assert.Equal(await Told(client, HttpMethod.Put, "Condition/h5-c", body.Replace("5-a", "5-c", StringComparison.Ordinal).Replace("p-a", "p-c", StringComparison.Ordinal), ("X-Request-Id", "guessed-2")), again.Replace("guessed-1", "guessed-2", StringComparison.Ordinal));
            Assert.StartsWith("404", again, StringComparison.Ordinal);
        }
    }

    private static string Consent(string patient) => $$$"""{"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"{{{patient}}}"},"performer":[{"reference":"{{{patient}}}"}],"dateTime":"2026-11-01","policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},"provision":{"type":"permit"}}""";

    private async Task<string> Told(FhirClient client, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var told = await worlds.Ask(client, method, path.Replace('@', '_'), '_', body, null, "application/fhir+json", headers);
        return told.Replace(Worlds.NationalId('a'), "somebody", StringComparison.Ordinal).Replace(Worlds.NationalId('z'), "somebody", StringComparison.Ordinal);
    }
}
