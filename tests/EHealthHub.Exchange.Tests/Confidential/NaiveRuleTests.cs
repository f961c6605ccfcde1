using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using Xunit.Abstractions;

namespace EHealthHub.Exchange.Tests.Confidential;

/// <summary>
/// Over random records, labels, consents and relationships and random questions, what a clinician learns is what the naive rule allows: decide for each resource by itself whether it may be read, copy those that may into a fresh hub, and let the
/// registry's authority, from which nothing is kept, ask there. What decides is written down here a second time, from what the test made and not from facts.
/// </summary>
public sealed class NaiveRuleTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const int Questions = 45;

    [Fact]
    public async Task What_is_learned_is_what_the_naive_rule_allows()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (ulong round = 1; round <= Rounds; round++)
        {
            await Round(new Dice(round * 0x9E3779B97F4A7C15), counts);
        }

        output.WriteLine(string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}")));
        Assert.True(counts["pages with entries"] > counts["pages"] / 4);
        Assert.All(new[] { "seen", "masked", "hidden", "questions", "pages", "reads" }, k => Assert.True(counts.GetValueOrDefault(k) > 0, k));
    }

    private static async Task Round(Dice dice, SortedDictionary<string, int> counts)
    {
        await using var whole = await new TestHub().WithRegistry();
        await using var allowed = await new TestHub().WithRegistry();
        var encounterClass = dice.Of("AMB", "IMP", "EMER", "AMB");
        var items = new List<Item> { new("Patient", "p-a", null, "2000-01-01", [], "ministry", "", null) };
        var open = new Item("Encounter", "open", null, "2026-01-05", [], "hospital-izmir", "", encounterClass);
        items.Add(open);
        for (var i = 0; i < 24; i++)
        {
            var type = dice.Of("Observation", "Observation", "Condition", "Encounter");
            var labels = dice.Next(3) == 0 ? dice.Of(["HIV"], ["PSY"], ["R"], new[] { "V" }) : [];
            items.Add(new Item(type, $"{char.ToLowerInvariant(type[0])}{i}", type == "Encounter" ? null : dice.Of("A", "B", "C"), $"2026-0{1 + dice.Next(6)}-1{dice.Next(10)}", labels, dice.Of("ministry", "ministry", "hospital-izmir"), $"{1 + dice.Next(9)}", dice.Next(2) == 0 ? items.FindLast(x => x is { Type: "Encounter" })!.Id : null));
        }

        var consents = Enumerable.Range(0, dice.Next(3)).Select(i => Consent(dice, $"k{i}", items)).ToList();
        foreach (var item in items)
        {
            await Commit(whole, item.Type, item.Id, item.Json(), item.Submitter);
        }

        foreach (var consent in consents)
        {
            await Commit(whole, "Consent", JsonDocument.Parse(consent).RootElement.GetProperty("id").GetString()!, consent, "ministry");
        }

        // The naive rule.
        var (directives, setting) = ConsentReader.ReadAll(
            consents.Select(c => JsonDocument.Parse(c).RootElement),
            (_, system, value) => system == "https://ehealthhub.example/fhir/sid/institution" ? new ConsentActor(ActorKind.Institution, value!) : new ConsentActor(ActorKind.NotUnderstood, ""));
        var request = new AccessRequest
        {
            Caller = Ward.Ayse.Caller,
            Interaction = Access.Policy.Interaction.Read,
            ResourceType = "Observation",
            Compartment = CompartmentKind.Patient,
            PatientId = "p-a",
            Now = TimeProvider.System.GetUtcNow(),
            Known = new PatientKnowledge
            {
                PatientId = "p-a",
                Submitter = "ministry",
                Encounters = [new CareEncounter("hospital-izmir", "open", CareEncounter.SettingOf(encounterClass), IsOpen: true, Day("2026-01-05"))],
                Consents = directives,
                Setting = setting,
            },
        };
        var sight = items.ToDictionary(i => i, i => AccessPolicy.Decide(request with { ResourceType = i.Type, Submitter = i.Submitter, Resource = i.Traits() }) is var d && !d.Granted ? Sight.Hide : d.Masked ? Sight.Mask : Sight.See);
        foreach (var item in items)
        {
            counts["seen"] = counts.GetValueOrDefault("seen") + (sight[item] == Sight.See ? 1 : 0);
            counts["masked"] = counts.GetValueOrDefault("masked") + (sight[item] == Sight.Mask ? 1 : 0);
            counts["hidden"] = counts.GetValueOrDefault("hidden") + (sight[item] == Sight.Hide ? 1 : 0);
            if (sight[item] != Sight.Hide)
            {
                await Commit(allowed, item.Type, item.Id, sight[item] == Sight.See ? item.Json() : item.Stub(), item.Submitter);
            }
        }

        foreach (var item in items)
        {
            var read = await whole.Acts.Read.Execute(Ward.Ayse, item.Type, item.Id, null, default);
            Assert.Equal((item.Id, sight[item] == Sight.Hide ? 404 : 200), (item.Id, read.Status));
            Assert.Equal(sight[item] == Sight.See, read.Version is not null);
            counts["reads"] = counts.GetValueOrDefault("reads") + 1;
        }

        for (var i = 0; i < Questions; i++)
        {
            var (type, query) = Question(dice, items);
            await Ask(whole, allowed, type, query, sight.Where(s => s.Value == Sight.Mask).Select(s => $"{s.Key.Type}/{s.Key.Id}").ToHashSet(), counts);
        }
    }

    /// <summary>One question in both hubs, page by page.</summary>
    private static async Task Ask(TestHub whole, TestHub allowed, string type, string query, HashSet<string> masked, SortedDictionary<string, int> counts)
    {
        counts["questions"] = counts.GetValueOrDefault("questions") + 1;
        var (asked, naive) = (QueryText.Parse(query), QueryText.Parse(query));
        while (true)
        {
            var mine = await whole.Acts.Search.Execute(Ward.Ayse, type, asked, strict: true, default);
            var told = await allowed.Acts.Search.Execute(TestHub.Ministry, type, naive, strict: true, default);
            if (mine.Status == 403 && mine.Failure!.Issues[0].Code == "access-denied")
            {
                // Where all is denied, it is said of the whole: then there is nothing that the naive rule shows either.
                Assert.Equal(0, JsonDocument.Parse(told.Body).RootElement.TryGetProperty("entry", out var entries) ? entries.GetArrayLength() : 0);
                counts["denied whole"] = counts.GetValueOrDefault("denied whole") + 1;
                return;
            }

            Assert.Equal((query, Told(told, masked)), (query, Told(mine, masked)));
            counts["pages"] = counts.GetValueOrDefault("pages") + 1;
            counts["pages with entries"] = counts.GetValueOrDefault("pages with entries") + (Told(mine, masked).Contains('\n', StringComparison.Ordinal) && !Told(mine, masked).EndsWith('\n') ? 1 : 0);
            if (mine.Status != 200 || Next(mine) is not { } next)
            {
                return;
            }

            (asked, naive) = ([.. QueryText.Parse(query), new("_cursor", next)], [.. QueryText.Parse(query), new("_cursor", Next(told)!)]);
        }
    }

    /// <summary>Status, code, total, whether there is more, and each entry: of masked ones no more than that they are there.</summary>
    private static string Told(ActResult result, HashSet<string> masked)
    {
        if (result.Status != 200)
        {
            return $"{result.Status} {result.Failure!.Issues[0].Code}";
        }

        using var bundle = JsonDocument.Parse(result.Body);
        var root = bundle.RootElement;
        var entries = root.TryGetProperty("entry", out var list) ? list.EnumerateArray().ToList() : [];
        return $"total {(root.TryGetProperty("total", out var total) ? total.GetInt32() : "?")} more {Next(result) is not null}\n" + string.Join('\n', entries.Select(e =>
        {
            var resource = e.GetProperty("resource");
            var name = $"{resource.GetProperty("resourceType").GetString()}/{resource.GetProperty("id").GetString()}";
            var members = masked.Contains(name) ? "masked" : string.Join(',', resource.EnumerateObject().Where(m => m.Name != "meta").Select(m => m.Value.GetRawText()));
            return $"{e.GetProperty("search").GetProperty("mode").GetString()} {name} {members}";
        }));
    }

    private static string? Next(ActResult result)
    {
        using var bundle = JsonDocument.Parse(result.Body);
        var next = bundle.RootElement.GetProperty("link").EnumerateArray().FirstOrDefault(l => l.GetProperty("relation").GetString() == "next");
        return next.ValueKind == JsonValueKind.Undefined ? null : next.GetProperty("url").GetString()!.Split("_cursor=")[1];
    }

    private static (string Type, string Query) Question(Dice dice, List<Item> items)
    {
        var type = dice.Of("Observation", "Observation", "Condition", "Encounter", "Patient");
        var id = items[dice.Next(items.Count)];
        string[] pool = type switch
        {
            "Observation" =>
            [
                "code=urn:c|A", "code=B,C", "code:not=urn:c|A", "date=ge2026-03-01", "date=lt2026-04-15", "value-quantity=gt4", "value-quantity=le6", $"_id={id.Id}", $"encounter={items.Find(i => i.Type == "Encounter")!.Id}",
                "encounter.status=finished", "encounter.date=ge2026-02-01", "encounter:missing=true", "_security:missing=true", "code-value-quantity=urn:c|A$gt3", "_filter=code eq urn:c|A or value-quantity gt 7", "status=final", "category=laboratory", "_content=B",
                "_sort=date", "_sort=-value-quantity", "_sort=code,-date", "_count=3", "_count=1", "_summary=count", "_elements=code", "_include=Observation:encounter", "_total=none", "_has:Provenance:target:_id=none",
            ],
            "Condition" => ["code=urn:c|A", "onset-date=ge2026-03-01", "_sort=onset-date", "_count=2", "_summary=count", "encounter.class=AMB", "_include=Condition:encounter", "code:not=B", "_text=x"],
            "Encounter" => ["status=finished", "date=ge2026-03-01", "class=AMB", "_has:Observation:encounter:code=urn:c|A", "_has:Condition:encounter:code=B", "_revinclude=Observation:encounter", "_revinclude=Condition:encounter", "_sort=-date", "_count=2", "_summary=count", $"_id={id.Id}"],
            _ => ["_has:Observation:patient:code=urn:c|A", "_has:Observation:patient:value-quantity=gt8", "_has:Condition:patient:code=C", "_has:Observation:patient:encounter.status=finished", "_revinclude=Observation:patient", "_revinclude=Condition:subject", "_summary=count"],
        };
        var chosen = Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => pool[dice.Next(pool.Length)]).DistinctBy(p => p.Split('=')[0]).ToList();
        return (type, string.Join('&', chosen.Prepend(type == "Patient" ? "_id=p-a" : "patient=p-a").DistinctBy(p => type == "Patient" ? p : p.Split('=')[0])));
    }

    private static string Consent(Dice dice, string id, List<Item> items)
    {
        const string Izmir = """ ,"actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"identifier":{"system":"https://ehealthhub.example/fhir/sid/institution","value":"hospital-izmir"}}}] """;
        var about = dice.Next(6) switch
        {
            0 => $$""" ,"class":[{"system":"http://hl7.org/fhir/resource-types","code":"{{dice.Of("Observation", "Condition", "Encounter")}}"}] """,
            1 => $$""" ,"code":[{"coding":[{"system":"urn:c","code":"{{dice.Of("A", "B", "C")}}"}]}] """,
            2 => $$""" ,"securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{{dice.Of("HIV", "PSY")}}"}] """,
            3 => """ ,"dataPeriod":{"start":"2026-02-01","end":"2026-04-30"} """,
            4 => items[2 + dice.Next(items.Count - 2)] is var item ? $$$""" ,"data":[{"meaning":"instance","reference":{"reference":"{{{item.Type}}}/{{{item.Id}}}"}}] """ : "",
            _ => dice.Next(3) == 0 ? "" : """ ,"class":[{"system":"http://hl7.org/fhir/resource-types","code":"Condition"}] """,
        };
        return $$$"""{"resourceType":"Consent","id":"{{{id}}}","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p-a"},"dateTime":"2026-01-01","performer":[{"reference":"Patient/p-a"}],"policyRule":{"text":"x"},"provision":{"type":"{{{dice.Of("permit", "deny", "deny")}}}"{{{(dice.Next(2) == 0 ? Izmir : "")}}}{{{about}}} } }""";
    }

    /// <summary>Past all acts: so that both hubs hold just what the test wants them to hold.</summary>
    private static async Task Commit(TestHub hub, string type, string id, string json, string submitter)
    {
        using var resource = TestHub.Resource(json);
        var ask = new CommitAsk
        {
            Entries = [new WriteEntry { Action = EntryAction.Create, Type = type, Id = id, Compartment = CompartmentKind.Patient, CompartmentName = "p-a", Version = 1, Resource = resource }],
            Resolved = new Dictionary<IdentifierCondition, string>(),
            References = new Dictionary<string, string>(),
            Submitter = submitter,
            Time = TimeProvider.System.GetUtcNow(),
            Salt = new byte[16],
        };
        var receipt = await hub.Log.Append(new AuditEntry { Kind = EntryKind.WriteIntent, Time = TimeProvider.System.GetUtcNow() }, ask.Hash(), default);
        Assert.Equal(CommitStatus.Committed, (await hub.Records.Commit(ask, receipt, default)).Status);
    }

    private static DateTimeOffset Day(string date) => new(DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeSpan.FromHours(3));

    /// <summary>A resource of the record; of encounters <paramref name="Link"/> is the class, of others the encounter.</summary>
    private sealed record Item(string Type, string Id, string? Code, string Date, string[] Labels, string Submitter, string Value, string? Link)
    {
        private bool IsOpen => Id == "open";

        public string Json() => $$"""{"resourceType":"{{Type}}","id":"{{Id}}"{{Meta}},{{Members}}}""";

        /// <summary>What stands for it where it is masked: the patient alone.</summary>
        public string Stub() => Type == "Patient" ? $$"""{"resourceType":"Patient","id":"{{Id}}"}""" : $$$"""{"resourceType":"{{{Type}}}","id":"{{{Id}}}","subject":{"reference":"Patient/p-a"} }""";

        public ResourceTraits Traits() => new()
        {
            Type = Type,
            Id = Id,
            Submitter = Submitter,
            Labels = Labels.Aggregate(default(ResourceLabels), (all, l) => all.With(SystemOf(l), l)),
            CareFrom = Type == "Patient" ? null : Day(Date),
            CareUntil = Type == "Patient" || IsOpen ? null : Day(Date).AddDays(1),
            Codes = [.. Code is null ? [] : new[] { "urn:c|" + Code }, .. Type == "Observation" ? new[] { "http://terminology.hl7.org/CodeSystem/observation-category|laboratory" } : []],
            Authors = [],
            Related = [],
        };

        private string Meta => Labels.Length == 0 ? "" : $$""","meta":{"security":[{{string.Join(',', Labels.Select(l => $$"""{"system":"{{SystemOf(l)}}","code":"{{l}}"}"""))}}]}""";

        private string Encounter => Link is null ? "" : $$$""","encounter":{"reference":"Encounter/{{{Link}}}"}""";

        private string Members => Type switch
        {
            "Patient" => """ "name":[{"family":"Yılmaz"}] """,
            "Encounter" when IsOpen => $$""" "status":"in-progress","class":{"code":"{{Link}}"},"subject":{"reference":"Patient/p-a"},"period":{"start":"{{Date}}"} """,
            "Encounter" => $$""" "status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p-a"},"period":{"start":"{{Date}}","end":"{{Date}}"} """,
            "Condition" => $$""" "code":{"coding":[{"system":"urn:c","code":"{{Code}}"}]},"subject":{"reference":"Patient/p-a"}{{Encounter}},"onsetDateTime":"{{Date}}" """,
            _ => $$""" "status":"final",{{Ward.Lab}},"code":{"coding":[{"system":"urn:c","code":"{{Code}}"}]},"subject":{"reference":"Patient/p-a"}{{Encounter}},"effectiveDateTime":"{{Date}}","valueQuantity":{"value":{{Value}},"unit":"g"} """,
        };

        private static string SystemOf(string label) => label is "R" or "V" ? ResourceLabels.ConfidentialitySystem : ResourceLabels.SensitivitySystem;
    }

    /// <summary>The same throws for the same seed, everywhere.</summary>
    private sealed class Dice(ulong seed)
    {
        private ulong _state = seed;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state % (ulong)below);
        }

        public T Of<T>(params T[] choices) => choices[Next(choices.Length)];
    }
}
