using System.Globalization;
using System.Text.RegularExpressions;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>What is named by its address: hidden, deleted, and never there answer alike in status, headers and bytes, whatever the method, the conditions and the faults of the request. What is masked answers as another that is masked.</summary>
[Collection(SharedWorlds.Name)]
public sealed partial class InstanceTellsNothingTests(Worlds worlds)
{
    private static readonly string[] Named = ["Observation/h1-@", "Encounter/h2-@", "List/h3-@", "Binary/h4-@", "Condition/h5-@", "Group/h6-@", "Binary/h7-@"];

    /// <summary>Of the clinician who may not know of it, and of the hospital's system.</summary>
    private async Task Unknown(HttpMethod method, Func<string, string> path, string? body = null, string contentType = "application/fhir+json", params (string Name, string Value)[] headers)
    {
        foreach (var named in Named)
        {
            var type = named.Split('/')[0];
            var sent = body?.Replace("{type}", type, StringComparison.Ordinal).Replace("{id}", named.Split('/')[1], StringComparison.Ordinal);
            foreach (var client in new[] { worlds.Mehmet, worlds.Izmir, worlds.Ayse })
            {
                await worlds.Same(client, method, path(named), body: sent, expected: 404, contentType: contentType, headers: headers);

                // And as what no patient's record ever had.
                var hidden = await worlds.Ask(client, method, path(named), 'a', sent, 404, contentType, headers);
                var never = await worlds.Ask(client, method, Regex.Replace(path(named), "h[1-7]-@", "zz-z"), 'a', sent is null ? null : Regex.Replace(sent, "h[1-7]-@", "zz-z"), 404, contentType, headers);
                Assert.Equal(Name().Replace(hidden, "name"), Name().Replace(never, "name"));
            }
        }
    }

    private async Task MaskedAlike(string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        foreach (var named in Named)
        {
            await worlds.Same(worlds.Mehmet, method ?? HttpMethod.Get, path.Replace("{named}", named, StringComparison.Ordinal), Worlds.Masked, headers: headers);
        }
    }

    [Fact]
    public async Task A_read()
    {
        await Unknown(HttpMethod.Get, n => n);
        await MaskedAlike("{named}");
    }

    [Fact]
    public async Task A_head()
    {
        await Unknown(HttpMethod.Head, n => n);
        await MaskedAlike("{named}", HttpMethod.Head);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("4")]
    [InlineData("2147483647")]
    [InlineData("0")]
    [InlineData("99999999999")]
    [InlineData("x")]
    public async Task A_version_that_is_guessed(string version)
    {
        await Unknown(HttpMethod.Get, n => $"{n}/_history/{version}");
        await MaskedAlike("{named}/_history/" + version);
    }

    [Fact]
    public async Task A_history()
    {
        await Unknown(HttpMethod.Get, n => n + "/_history");
        await Unknown(HttpMethod.Get, n => n + "/_history?_since=2020-01-01T00:00:00Z&_count=1");
        await Unknown(HttpMethod.Get, n => n + "/_history?_at=2026-06-01T00:00:00Z");
        await MaskedAlike("{named}/_history");
    }

    [Fact]
    public async Task A_history_of_what_is_seen()
    {
        await worlds.Same("Observation/o1-@/_history", expected: 200);
        await worlds.Same("Patient/p-@/_history", expected: 200);
        await worlds.Same("Observation/o1-@/_history", Worlds.Masked, expected: 200);
    }

    [Fact]
    public async Task A_history_of_a_type_and_of_everything()
    {
        await worlds.Same("Observation/_history?_at=2026-06-01T00:00:00Z", expected: 403);
        await worlds.Same("_history", expected: 403);
    }

    [Theory]
    [InlineData("If-None-Match", "W/\"1\"")]
    [InlineData("If-None-Match", "*")]
    [InlineData("If-None-Match", "W/\"1\", W/\"2\", W/\"3\", W/\"4\"")]
    [InlineData("If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT")]
    [InlineData("If-Match", "W/\"1\"")]
    [InlineData("If-Unmodified-Since", "Fri, 01 Jan 2027 00:00:00 GMT")]
    public async Task A_conditional_read(string header, string value)
    {
        await Unknown(HttpMethod.Get, n => n, headers: (header, value));
        await Unknown(HttpMethod.Head, n => n, headers: (header, value));
        await MaskedAlike("{named}", null, (header, value));
    }

    [Theory]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=399999-")]
    [InlineData("bytes=-1")]
    [InlineData("bytes=800000-800001")]
    [InlineData("bytes=0-1,4-5")]
    public async Task A_range_of_a_file(string range)
    {
        foreach (var accept in new[] { "*/*", "application/fhir+json" })
        {
            await Unknown(HttpMethod.Get, n => n, headers: [("Range", range), ("Accept", accept)]);
            await Unknown(HttpMethod.Head, n => n, headers: [("Range", range), ("Accept", accept)]);
            await MaskedAlike("{named}", null, ("Range", range), ("Accept", accept));
        }

        foreach (var file in (string[])["Binary/h4-@", "Binary/h7-@"])
        {
            await worlds.Same(file, expected: 404, headers: [("Range", range), ("Accept", "text/plain")]);
            await worlds.Same(file, Worlds.Masked, headers: [("Range", range), ("Accept", "text/plain")]);
        }
    }

    [Theory]
    [InlineData("?_format=xml")]
    [InlineData("?_format=json&_pretty=true")]
    [InlineData("?_summary=true")]
    [InlineData("?_summary=text")]
    [InlineData("?_elements=meta")]
    public async Task In_other_forms(string query)
    {
        await Unknown(HttpMethod.Get, n => n + query);
        await MaskedAlike("{named}" + query);
    }

    [Theory]
    [InlineData("?_format=nonsense")]
    [InlineData("?_summary=count")]
    [InlineData("?_elements=nonsense")]
    [InlineData("?_summary=nonsense")]
    public async Task A_fault_in_what_is_asked(string query)
    {
        foreach (var named in Named)
        {
            await worlds.Same(named + query);
            await worlds.Same(named + query, Worlds.Masked);
        }
    }

    [Fact]
    public async Task Meta()
    {
        await Unknown(HttpMethod.Get, n => n + "/$meta");
        await Unknown(HttpMethod.Get, n => n + "/_history/1/$meta");
        await Unknown(HttpMethod.Post, n => n + "/$meta-add", """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}""");
        await Unknown(HttpMethod.Post, n => n + "/$meta-delete", """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}""");
        await MaskedAlike("{named}/$meta");
        await worlds.Same("Observation/$meta", expected: 403);
        await worlds.Same("$meta", expected: 403);
    }

    [Fact]
    public async Task Validate()
    {
        await Unknown(HttpMethod.Get, n => n + "/$validate");
        await Unknown(HttpMethod.Get, n => n + "/$validate?mode=profile&profile=http://hl7.org/fhir/StructureDefinition/Observation");
        await MaskedAlike("{named}/$validate");
        foreach (var named in Named)
        {
            foreach (var mode in new[] { "create", "update", "delete" })
            {
                var body = $$$"""{"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"{{{mode}}}"},{"name":"resource","resource":{"resourceType":"{{{named.Split('/')[0]}}}","id":"{{{named.Split('/')[1]}}}"}}]}""";
                await worlds.Same(worlds.Mehmet, HttpMethod.Post, named + "/$validate", body: body);
                await worlds.Same(worlds.Mehmet, HttpMethod.Post, named + "/$validate", Worlds.Masked, body);
            }
        }
    }

    [Fact]
    public async Task A_deletion()
    {
        await Unknown(HttpMethod.Delete, n => n);
        await Unknown(HttpMethod.Delete, n => n, headers: ("If-Match", "W/\"1\""));
        await MaskedAlike("{named}", HttpMethod.Delete);
    }

    [Fact]
    public async Task An_update()
    {
        const string fine = """{"resourceType":"{type}","id":"{id}"}""";
        foreach (var headers in ((string, string)[][])[[], [("If-Match", "W/\"1\"")], [("If-Match", "W/\"9\"")], [("If-None-Match", "*")], [("Prefer", "return=OperationOutcome")]])
        {
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation/h1-@", body: """{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}""", expected: 404, headers: headers);
            await worlds.Same(worlds.Izmir, HttpMethod.Put, "Observation/h1-@", body: """{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}""", expected: 404, headers: headers);
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Observation/h1-@", Worlds.Masked, """{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}""", headers: headers);
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, "Condition/h5-@", body: """{"resourceType":"Condition","id":"h5-@","subject":{"reference":"Patient/p-@"}}""", expected: 404, headers: headers);
        }

        // Faults of the content, of its id and of its place: told of what is hidden as of what never was.
        foreach (var faulty in new[]
        {
            fine, """{"resourceType":"{type}"}""", """{"resourceType":"{type}","id":"other"}""", """{"resourceType":"{type}","id":"{id}","nonsense":1}""", """{"resourceType":"Basic","id":"{id}"}""", "{", "[]",
            """{"resourceType":"{type}","id":"{id}","subject":{"reference":"Patient/p-c"}}""", """{"resourceType":"{type}","id":"{id}","subject":{"reference":"Observation?identifier=urn:test:accession|acc-@"}}""",
        })
        {
            foreach (var named in Named)
            {
                var body = faulty.Replace("{type}", named.Split('/')[0], StringComparison.Ordinal).Replace("{id}", named.Split('/')[1], StringComparison.Ordinal);
                await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, body: body);
                await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, Worlds.Masked, body);
                await worlds.Same(worlds.Izmir, HttpMethod.Put, named, body: body);
            }
        }
    }

    [Fact]
    public async Task A_file_in_its_own_form()
    {
        foreach (var named in (string[])["Binary/h4-@", "Binary/h7-@"])
        {
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, body: "x", contentType: "text/plain", expected: 404);
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, body: new string('x', 300_000), contentType: "text/plain", expected: 404);
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, body: "x", contentType: "text/plain", headers: ("X-Security-Context", "Patient/p-@"));
            await worlds.Same(worlds.Mehmet, HttpMethod.Put, named, Worlds.Masked, new string('x', 300_000), contentType: "text/plain");
        }
    }

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"test","path":"/status","value":"final"}]""")]
    [InlineData("application/json-patch+json", """[{"op":"nonsense"}]""")]
    [InlineData("application/json-patch+json", "{")]
    [InlineData("application/fhir+json", """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Observation.identifier"}]}]}""")]
    [InlineData("application/xml-patch+xml", "<diff/>")]
    public async Task A_patch(string contentType, string patch)
    {
        foreach (var named in Named)
        {
            foreach (var headers in ((string, string)[][])[[], [("If-Match", "W/\"1\"")], [("If-Match", "W/\"3\"")]])
            {
                await worlds.Same(worlds.Mehmet, HttpMethod.Patch, named, body: patch, contentType: contentType, headers: headers);
                await worlds.Same(worlds.Izmir, HttpMethod.Patch, named, body: patch, contentType: contentType, headers: headers);
                await worlds.Same(worlds.Mehmet, HttpMethod.Patch, named, Worlds.Masked, patch, contentType: contentType, headers: headers);
            }
        }
    }

    [Fact]
    public async Task Methods_that_are_not_served()
    {
        foreach (var method in (string[])["OPTIONS", "TRACE", "POST", "NONSENSE"])
        {
            foreach (var named in Named)
            {
                await worlds.Same(worlds.Mehmet, new HttpMethod(method), named);
            }
        }

        await worlds.Same("Observation/h1-@/$nonsense");
        await worlds.Same("Observation/h1-@/nonsense/more");
    }

    [Fact]
    public async Task An_operation_of_patients_on_somebody_elses()
    {
        foreach (var operation in (string[])["$access-report", "$document", "$everything", "$request-erasure", "$legal-hold", "$explain-access", "$erasures", "$meta", "_history"])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
            {
                // dr-ayse treats none of them; a patient, and nobody.
                var known = await worlds.Ask(worlds.Ayse, method, $"Patient/p-@/{operation}", 'a');
                var nobody = await worlds.Ask(worlds.Ayse, method, $"Patient/z-z/{operation}", 'a');
                Assert.Equal(Name().Replace(known.Replace("p-x", "name", StringComparison.Ordinal), "name"), Name().Replace(nobody.Replace("z-z", "name", StringComparison.Ordinal), "name"));
            }
        }
    }

    [Fact]
    public async Task A_patient_whom_one_may_not_know_of_and_nobody()
    {
        using var insurer = worlds.Hub.Client("insurer");
        using var citizen = worlds.Hub.Client(Zeynep.Name);
        foreach (var client in new[] { worlds.Ayse, insurer, citizen })
        {
            foreach (var path in new[] { "Patient/{0}", "Patient/{0}/_history/1", "Patient?_id={0}", "Observation?patient={0}", "Observation?patient=Patient/{0}&_summary=count", "Patient/{0}/Observation", "Patient/{0}/$everything", "Observation/$lastn?patient={0}", "Consent?patient={0}", "AuditEvent?patient={0}" })
            {
                var known = await worlds.Ask(client, HttpMethod.Get, string.Format(CultureInfo.InvariantCulture, path, "p-@"), 'a');
                var nobody = await worlds.Ask(client, HttpMethod.Get, string.Format(CultureInfo.InvariantCulture, path, "z-z"), 'a');
                Assert.Equal(known.Replace("p-x", "name", StringComparison.Ordinal), nobody.Replace("z-z", "name", StringComparison.Ordinal));
            }
        }
    }

    [GeneratedRegex("h[1-7]-x|zz-z")]
    private static partial Regex Name();
}
