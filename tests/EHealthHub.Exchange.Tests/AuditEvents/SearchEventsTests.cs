using System.Text;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Confidential;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.AuditEvents;

/// <summary>ITI-81 over a real log: who is shown what, by which criteria, and that looking leaves its own trace.</summary>
public sealed class SearchEventsTests : IAsyncLifetime
{
    private static readonly ActContext Auditor = new(new Caller { PersonKind = PersonKind.Auditor, Person = "auditor-1", Purpose = "HCOMPL", Certificate = new string('9', 64) }, "audit-request", "10.9.8.0/24");

    private TestHub _hub = null!;
    private Ward _ward = null!;

    public async Task InitializeAsync()
    {
        _hub = await new TestHub().WithRegistry();
        _ward = new Ward(_hub);
        await _ward.Record('a');
        await _ward.Record('b');
        await _hub.Acts.Read.Execute(Ward.Ayse, "Observation", "o1-a", null, default);
        await _hub.Acts.Read.Execute(Ward.Ayse, "Observation", "nothing", null, default);
        await _hub.Acts.Search.Execute(Ward.Ayse, "Observation", [new("patient", "p-a"), new("code", "718-7")], true, default);
        _hub.Entries();
    }

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    private static ActContext Citizen(char letter) => Ward.Citizen("citizen-" + letter, Ward.NationalId(letter));

    [Fact]
    public async Task An_auditor_finds_everything_of_a_patient_and_the_answer_is_valid()
    {
        var result = await Search(Auditor, "patient=p-a");
        Assert.Equal(200, result.Status);
        Assert.True(FhirReader.Read(result.Body, new FhirLimits()).Try(out var bundle, out _));
        using (bundle)
        {
            Assert.Empty(new Validator().Validate(bundle, new FhirLimits()));
        }

        var events = Events(result);
        Assert.Equal(_hub.Log.ReadFrom(0).Count(e => e.Entry.Patients.Contains("p-a")), events.Count);
        Assert.Equal(events.OrderByDescending(e => e.GetProperty("recorded").GetString(), StringComparer.Ordinal).Select(Id), events.Select(Id));
        Assert.Contains(Convert.ToBase64String("Observation?patient=p-a&code=718-7"u8), Text(result), StringComparison.Ordinal);
        Assert.DoesNotContain("Patient/p-b", Text(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("patient=p-a&action=R&type=rest", 1)]
    [InlineData("patient=p-a&agent:identifier=https://ehealthhub.example/fhir/sid/person|dr-ayse", 3)]
    [InlineData("patient=p-a&subtype=search-released", 1)]
    [InlineData("patient=p-a&entity=Observation/o1-a&action=R", 1)]
    [InlineData("patient=p-a&outcome=4", 0)]
    [InlineData("patient=p-a&policy=none", 0)]
    [InlineData("patient=p-a&site=06/test&action=R&type=rest", 1)]
    [InlineData("patient=p-a&source:identifier=https://ehealthhub.example/fhir/sid/gateway|ehealthhub/06/test/6f1b0c1e&action=R&type=rest", 1)]
    [InlineData("patient=p-a&altid=2222222222222222222222222222222222222222222222222222222222222222", 3)]
    [InlineData("patient=p-a&entity-type=http://terminology.hl7.org/CodeSystem/audit-entity-type|1&action=R&type=rest", 1)]
    [InlineData("patient=p-a&address=127.0.0.0/24&action=R&type=rest", 1)]
    [InlineData("patient=p-a&date=lt2020-01-01", 0)]
    [InlineData("patient=p-a&date=ge2020-01-01&action=R&type=rest&_sort=-date", 1)]
    [InlineData("patient.identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|@&action=R&type=rest", 1)]
    [InlineData("agent:identifier=https://ehealthhub.example/fhir/sid/person|dr-ayse&subtype=search-asked", 1)]
    [InlineData("outcome=4&subtype=read", 1)]
    [InlineData("subtype=audit-read&patient=p-b", 1)]
    public async Task Criteria_choose_events(string query, int count)
    {
        var result = await Search(Auditor, query.Replace("@", Ward.NationalId('a'), StringComparison.Ordinal));
        Assert.True(result.Status == 200, result.Failure?.Issues[0].ToString());
        Assert.Equal(count, Events(result).Count);
    }

    [Theory]
    [InlineData("patient=p-a&_sort=date")]
    [InlineData("patient=p-a&_include=AuditEvent:patient")]
    [InlineData("agent.name=x")]
    [InlineData("patient=p-a&nonsense=1")]
    public async Task What_is_not_served_is_refused_by_name(string query) => Assert.Equal(400, (await Search(Auditor, query)).Status);

    [Fact]
    public async Task Pages_give_every_event_once_whether_a_patient_is_named_or_not()
    {
        foreach (var query in (string[])["patient=p-a&_count=2", "date=ge2020-01-01&_count=3"])
        {
            var (ids, cursor, pages) = (new List<string>(), (string?)null, 0);
            do
            {
                var result = await Search(Auditor, query + (cursor is null ? "" : "&_cursor=" + cursor));
                Assert.True(result.Status == 200, result.Failure?.Issues[0].ToString());
                ids.AddRange(Events(result).Select(Id));
                cursor = Next(result);
            }
            while (cursor is not null && ++pages < 100);
            Assert.Equal(ids.Distinct().Count(), ids.Count);
            var log = _hub.Log.ReadFrom(0).Select(e => e.Entry).Where(e => e.RequestId != "audit-request").ToList();
            Assert.True(ids.Count >= (query[0] == 'p' ? log.Count(e => e.Patients.Contains("p-a")) : log.Sum(e => Math.Max(1, e.Patients.Length))));
        }
    }

    [Fact]
    public async Task The_total_is_told_where_all_was_looked_at()
    {
        var all = await Search(Auditor, "patient=p-a");
        var counted = await Search(Auditor, "patient=p-a&_summary=count");
        Assert.Equal(Events(all).Count, Total(all));
        Assert.Equal(Total(all) + 1, Total(counted));
        Assert.Empty(Events(counted));
        Assert.Equal(Total(counted) + 1, Total(await Search(Auditor, "patient=p-a&_total=accurate&_count=1")));
    }

    [Fact]
    public async Task A_citizen_is_shown_the_own_events_and_nothing_that_auditors_alone_may_know()
    {
        var result = await Search(Citizen('a'), "patient=p-a");
        Assert.Equal(200, result.Status);
        var text = Text(result);
        Assert.Contains("dr-ayse", text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0", text, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('2', 64), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("Observation?patient=p-a&code=718-7"u8), text, StringComparison.Ordinal);

        // What is not shown is not found by either.
        Assert.Empty(Events(await Search(Citizen('a'), "patient=p-a&address=127.0.0.0/24")));
        Assert.Empty(Events(await Search(Citizen('a'), "patient=p-a&altid=" + new string('2', 64))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&outcome=0")]
    [InlineData("&_summary=count")]
    [InlineData("&agent:identifier=https://ehealthhub.example/fhir/sid/person|dr-ayse")]
    public async Task Nobody_else_learns_whether_there_is_such_a_patient(string more)
    {
        foreach (var caller in (ActContext[])[Ward.Ayse, Ward.Izmir, TestHub.Ankara, Citizen('b')])
        {
            var known = await Search(caller, "patient=p-a" + more);
            var unknown = await Search(caller, "patient=nobody" + more);
            Assert.Equal(403, known.Status);
            Assert.Equal(unknown.Failure!.Issues.Single(), known.Failure!.Issues.Single());
            Assert.Equal((unknown.Status, unknown.Body.Length), (known.Status, known.Body.Length));
        }

        // And the patient is told who tried.
        Assert.Contains(_hub.Entries(), e => e is { Kind: EntryKind.Refusal, ResourceType: "AuditEvent", Person: "dr-ayse" } && e.Patients.Contains("p-a"));
    }

    [Fact]
    public async Task An_event_is_read_by_its_id_by_those_whom_it_concerns_and_by_nobody_else()
    {
        var id = Id(Events(await Search(Auditor, "patient=p-a&action=R&type=rest"))[0]);
        var own = await _hub.Acts.Read.Execute(Citizen('a'), "AuditEvent", id, null, default);
        Assert.Equal(200, own.Status);
        Assert.Equal(1, own.Version);
        Assert.Equal(200, (await _hub.Acts.Read.Execute(Auditor, "AuditEvent", id, 1, default)).Status);
        Assert.Equal(200, (await _hub.Acts.Read.Execute(TestHub.Ministry, "AuditEvent", id, null, default)).Status);
        Assert.Equal(404, (await _hub.Acts.Read.Execute(Auditor, "AuditEvent", id, 2, default)).Status);
        foreach (var caller in (ActContext[])[Ward.Ayse, TestHub.Ankara, Citizen('b')])
        {
            var refused = await _hub.Acts.Read.Execute(caller, "AuditEvent", id, null, default);
            var unknown = await _hub.Acts.Read.Execute(caller, "AuditEvent", "nothing", null, default);
            Assert.Equal(404, refused.Status);
            Assert.Equal(unknown.Failure!.Issues.Single() with { Diagnostics = "" }, refused.Failure!.Issues.Single() with { Diagnostics = "" });
        }
    }

    [Fact]
    public async Task Looking_is_an_entry_that_names_the_patients_looked_at()
    {
        await Search(Auditor, "patient=p-a");
        var named = Assert.Single(_hub.Entries());
        Assert.Equal((EntryKind.AuditRead, "auditor-1", "AuditEvent?patient=p-a"), (named.Kind, named.Person, named.Detail));
        Assert.Equal("p-a", Assert.Single(named.Patients));

        await Search(Auditor, "date=ge2020-01-01");
        var entries = _hub.Entries();
        Assert.Equal([EntryKind.AuditRead, EntryKind.AuditRead], entries.Select(e => e.Kind));
        Assert.Empty(entries[0].Patients);
        Assert.Equal(["p-a", "p-b"], entries[1].Patients.Order(StringComparer.Ordinal));
        Assert.Contains("auditor-1", Text(await Search(Citizen('b'), "patient=p-b")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_writes_an_event()
    {
        using var resource = TestHub.Resource("""{"resourceType":"AuditEvent","type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type","code":"rest"},"recorded":"2026-11-24T09:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}}""");
        foreach (var caller in (ActContext[])[TestHub.Ministry, TestHub.Ankara, Ward.Ayse])
        {
            var created = await _hub.Acts.Submit.Create(caller, "AuditEvent", resource, null, default);
            Assert.Equal((405, "audit-events-not-written"), (created.Status, created.Failure!.Issues[0].Code));
            Assert.Equal(405, (await _hub.Acts.Submit.Delete(caller, "AuditEvent", "x", null, default)).Status);
        }
    }

    [Fact]
    public async Task A_compartment_and_a_search_of_the_system_give_the_same_events()
    {
        var plain = Events(await Search(Auditor, "patient=p-a&action=R&type=rest")).Select(Id);
        var compartment = await _hub.Acts.Search.ExecuteInCompartment(Auditor, "Patient", "p-a", "AuditEvent", [new("action", "R"), new("type", "rest")], true, default);
        var system = await _hub.Acts.Search.ExecuteSystem(Auditor, [new("_type", "AuditEvent"), new("patient", "p-a"), new("action", "R"), new("type", "rest")], true, default);
        Assert.Equal(plain, Events(compartment).Select(Id));
        Assert.Equal(plain, Events(system).Select(Id));
    }

    private ValueTask<ActResult> Search(ActContext caller, string query) => _hub.Acts.Search.Execute(caller, "AuditEvent", QueryText.Parse(query), true, default);

    private static List<JsonElement> Events(ActResult result)
    {
        using var document = JsonDocument.Parse(result.Body);
        return document.RootElement.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Select(e => e.GetProperty("resource").Clone())] : [];
    }

    private static string Id(JsonElement one) => one.GetProperty("id").GetString()!;

    private static string Text(ActResult result) => Encoding.UTF8.GetString(result.Body.Span);

    private static int Total(ActResult result)
    {
        using var document = JsonDocument.Parse(result.Body);
        return document.RootElement.GetProperty("total").GetInt32();
    }

    private static string? Next(ActResult result)
    {
        using var document = JsonDocument.Parse(result.Body);
        var url = document.RootElement.GetProperty("link").EnumerateArray().Where(l => l.GetProperty("relation").GetString() == "next").Select(l => l.GetProperty("url").GetString()).SingleOrDefault();
        return url?[(url.IndexOf("_cursor=", StringComparison.Ordinal) + 8)..];
    }
}
