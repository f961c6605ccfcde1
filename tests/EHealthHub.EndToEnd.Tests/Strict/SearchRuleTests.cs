using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>How searches are asked and answered (R4 3.1.1.3, 3.1.1.5, 3.1.1.6).</summary>
public sealed class SearchRuleTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.1.3, 3.1.1.4.4, 3.1.1.7; E17.
    [Fact]
    public async Task Only_what_is_unknown_may_be_ignored_and_only_when_asked()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Bilinmez"));
        (await ministry.Get($"fhir/Patient?_id={patient}&colour=red", ("Prefer", "handling=strict"))).Refused(400, "search-parameter-unknown");
        (await ministry.Get($"fhir/Patient?_id={patient}&colour=red")).Refused(400, "search-parameter-unknown");
        Assert.Equal(1, (int?)(await ministry.Get($"fhir/Patient?_id={patient}&family=&colour=")).Expect(200).Json["total"]);
        foreach (var bad in (string[])["_query=nobodys", "family:sideways=x", "gender:text:exact=x", "birthdate=yesterday", "birthdate=2013-01-14T10", "active:missing=perhaps", "_count=many", "_sort=colour", "_total=roughly", "general-practitioner:Patient=1", "_has:Observation:colour:code=1", "_include=Patient:colour"])
        {
            (await ministry.Get($"fhir/Patient?_id={patient}&{bad}", ("Prefer", "handling=lenient"))).Refused(400);
        }
    }

    // R4 3.1.1.6; E18.
    [Fact]
    public async Task The_self_link_shows_what_was_used_and_nothing_else()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Kendi"));
        var page = (await ministry.Get($"fhir/Patient?_id={patient}&colour=red&family=&gender=female&_count=7", ("Prefer", "handling=lenient"))).Expect(200);
        var self = Links.Of(page, "self")!;
        Assert.Contains("gender=female", self, StringComparison.Ordinal);
        Assert.Contains("_count=7", self, StringComparison.Ordinal);
        Assert.DoesNotContain("colour", self, StringComparison.Ordinal);
        Assert.DoesNotContain("family", self, StringComparison.Ordinal);
        Assert.Equal(1, (int?)(await ministry.Get(self)).Expect(200).Json["total"]);
    }

    // R4 3.1.1.5.3, .5.7; E19.
    [Fact]
    public async Task Count_zero_only_counts_and_equal_sort_keys_never_repeat_or_lose_a_match()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Eşit"));
        for (var i = 0; i < 7; i++)
        {
            await ministry.Create("Observation", Samples.Observation($"Patient/{patient}"));
        }

        foreach (var count in (string[])["_count=0", "_summary=count"])
        {
            var counted = (await ministry.Get($"fhir/Observation?patient={patient}&{count}&_include=Observation:patient")).Expect(200);
            Assert.Equal((7, null, null), ((int?)counted.Json["total"], Links.Next(counted), counted.Json["entry"]));
        }

        var seen = new List<string>();
        for (var url = $"fhir/Observation?patient={patient}&_sort=date&_count=3&_include=Observation:patient"; url is not null;)
        {
            var page = (await ministry.Get(url)).Expect(200);
            Assert.Equal([patient], Ask.Included(page));
            Assert.Equal(7, (int?)page.Json["total"]);
            Assert.InRange(Ask.Matches(page).Count(), 1, 3);
            seen.AddRange(Ask.Matches(page));
            url = Links.Next(page);
            Assert.DoesNotContain("offset", url ?? "", StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal((7, 7), (seen.Count, seen.Distinct().Count()));
    }

    // R4 3.1.1.5.8, .9; E29.
    [Fact]
    public async Task Parts_keep_what_is_mandatory_and_say_that_they_are_parts()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Parçalı"));
        await ministry.Create("Observation", Samples.Observation($"Patient/{patient}").Insert(1, "\"note\":[{\"text\":\"Not\"}],"));
        foreach (var part in (string[])["_elements=subject", "_summary=true", "_summary=text"])
        {
            var resource = (await ministry.Get($"fhir/Observation?patient={patient}&{part}")).Expect(200).Json["entry"]![0]!["resource"]!;
            Assert.Contains(resource["meta"]!["tag"]!.AsArray(), t => (string?)t!["code"] == "SUBSETTED");
            Assert.Equal(("final", "8867-4"), ((string?)resource["status"], (string?)resource["code"]!["coding"]![0]!["code"]));
            Assert.Null(resource["note"]);
        }

        Assert.Null((await ministry.Get($"fhir/Observation?patient={patient}&_summary=data")).Expect(200).Json["entry"]![0]!["resource"]!["text"]);
        (await ministry.Get($"fhir/Observation?patient={patient}&_summary=text&_include=Observation:patient")).Refused(400);
        (await ministry.Get($"fhir/Observation?patient={patient}&_summary=text&_revinclude=Provenance:target")).Refused(400);

        // What was stored is whole: reading a part changes nothing of it.
        Assert.Equal("Not", (string?)(await ministry.Get($"fhir/Observation?patient={patient}")).Expect(200).Json["entry"]![0]!["resource"]!["note"]![0]!["text"]);
    }

    // R4 3.1.1.5.4; E26.
    [Fact]
    public async Task Includes_iterate_only_when_asked_come_once_and_leave_out_what_is_not_there()
    {
        using var ministry = hub.Client("ministry");
        var top = await ministry.Create("Organization", """{"resourceType":"Organization","name":"Tepe"}""");
        var middle = await ministry.Create("Organization", $$$"""{"resourceType":"Organization","name":"Orta","partOf":{"reference":"Organization/{{{top}}}"}}""");
        var low = await ministry.CreateAll("Organization", [.. Enumerable.Repeat($$$"""{"resourceType":"Organization","name":"Dahil Dip","partOf":{"reference":"Organization/{{{middle}}}"}}""", 2)]);
        var lost = await ministry.Create("Organization", """{"resourceType":"Organization","name":"Dahil Kayıp","partOf":{"reference":"Organization/gone-long-ago"}}""");

        var once = (await ministry.Get("fhir/Organization?name=Dahil&_include=Organization:partof")).Expect(200);
        Assert.Equal([.. low.Append(lost).Order()], Ask.Matches(once).Order());
        Assert.Equal([middle], Ask.Included(once));
        var iterated = (await ministry.Get("fhir/Organization?name=Dahil&_include:iterate=Organization:partof")).Expect(200);
        Assert.Equal(new[] { middle, top }.Order(), Ask.Included(iterated).Order());
        Assert.Equal([middle], Ask.Included((await ministry.Get("fhir/Organization?name=Dahil&_include=Organization:partof:Organization")).Expect(200)));
        Assert.Equal([middle], Ask.Included((await ministry.Get("fhir/Organization?name=Dahil&_include=*")).Expect(200)));
    }

    // R4 3.1.1.5.5, ref-1; E30.
    [Fact]
    public async Task Contained_resources_are_not_returned_by_themselves_and_must_be_there()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Kapsayan"));
        string Body(string reference) => Samples.Observation($"Patient/{patient}").Insert(1, "\"contained\":[{\"resourceType\":\"Practitioner\",\"id\":\"p\",\"name\":[{\"family\":\"Kapsanan\"}]}],\"performer\":[{\"reference\":\"" + reference + "\"}],");
        var id = await ministry.Create("Observation", Body("#p"));
        Assert.Equal(0, (int?)(await ministry.Get("fhir/Practitioner?family=Kapsanan")).Expect(200).Json["total"]);
        Assert.Equal([id], Ask.Matches((await ministry.Get($"fhir/Observation?patient={patient}")).Expect(200)));
        Assert.Empty(Ask.Matches((await ministry.Get($"fhir/Observation?patient={patient}&performer:Practitioner.family=Baska")).Expect(200)));
        var dangling = await ministry.Post("fhir/Observation", Body("#q"));
        Assert.InRange(dangling.Refused(dangling.Status).Status, 400, 422);
    }
}
