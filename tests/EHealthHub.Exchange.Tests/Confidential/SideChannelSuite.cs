using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Exchange.Tests.Confidential;

/// <summary>
/// Records that differ in what a clinician may not know: one has a result of HIV, another a different one of another day in more versions, a third has none. Whatever the clinician asks, the answers are the same.
/// </summary>
public abstract class SideChannelSuite(string encounterClass, string letters) : IAsyncLifetime
{
    private TestHub _hub = null!;
    private readonly Dictionary<char, string> _encounters = [];
    private Ward _ward = null!;

    public async Task InitializeAsync()
    {
        _hub = await new TestHub().WithRegistry();
        _ward = new Ward(_hub);
        foreach (var letter in letters)
        {
            _encounters[letter] = await _ward.Record(letter, encounterClass);
        }

        await _ward.Hidden('a', "7917-8", "2026-02-01", "5.5");
        await _ward.Hidden('b', "718-7", "2026-03-20", "9", versions: 3);
    }

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    /// <summary>Searches that would tell: <c>@</c> is the patient's letter.</summary>
    public static TheoryData<string> Searches { get; } =
    [
        "Observation?patient=p-@",
        "Observation?patient=p-@&code=7917-8",
        "Observation?patient=p-@&code=http://loinc.org|718-7",
        "Observation?patient=p-@&code:not=718-7",
        "Observation?patient=p-@&code:text=gizli",
        "Observation?patient=p-@&code:missing=true",
        "Observation?patient=p-@&encounter:missing=false",
        "Observation?patient=p-@&date=ge2026-01-15&date=le2026-12-31",
        "Observation?patient=p-@&value-quantity=gt5",
        "Observation?patient=p-@&code-value-quantity=http://loinc.org|7917-8$5.5",
        "Observation?patient=p-@&code-value-quantity=http://loinc.org|718-7$9",
        "Observation?patient=p-@&identifier=urn:test:accession|7917-8-@",
        "Observation?identifier=urn:test:accession|7917-8-@",
        "Observation?patient=p-@&_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV",
        "Observation?patient=p-@&_security:missing=false",
        "Observation?patient=p-@&_id=h1-@",
        "Observation?_id=h1-@",
        "Observation?_id=h1-@,o1-@&patient=p-@",
        "Observation?patient=p-@&_lastUpdated=ge2020-01-01",
        "Observation?patient=p-@&_sort=date",
        "Observation?patient=p-@&_sort=-value-quantity,code",
        "Observation?patient=p-@&_total=accurate",
        "Observation?patient=p-@&_total=estimate&_count=1",
        "Observation?patient=p-@&_total=none&_count=3",
        "Observation?patient=p-@&_count=3",
        "Observation?patient=p-@&_count=2&_sort=-date",
        "Observation?patient=p-@&_summary=count",
        "Observation?patient=p-@&code=7917-8&_summary=count",
        "Observation?patient=p-@&_elements=code,subject",
        "Observation?patient=p-@&_content=gizli",
        "Observation?patient=p-@&_text=gizli",
        "Observation?patient=p-@&_filter=code eq http://loinc.org|7917-8 or date ge 2026-03-15",
        "Observation?patient=p-@&_filter=not (code eq 718-7)",
        "Observation?patient=p-@&_list=h3-@",
        "Observation?patient=p-@&encounter=h2-@",
        "Observation?patient=p-@&encounter.status=finished",
        "Observation?patient=p-@&encounter.date=ge2026-01-01",
        "Observation?patient=p-@&_has:Provenance:target:agent=Patient/p-@",
        "Observation?patient=p-@&_has:List:item:_id=h3-@",
        "Observation?patient=p-@&_include=Observation:encounter",
        "Observation?patient=p-@&_include=*&_revinclude=*",
        "Observation?patient=p-@&_revinclude=Provenance:target",
        "Observation?patient=p-@&_contained=both",
        "Patient?_id=p-@&_has:Observation:patient:code=7917-8",
        "Patient?_id=p-@&_has:Observation:patient:_id=h1-@",
        "Patient?_id=p-@&_has:Observation:patient:value-quantity=9",
        "Patient?_id=p-@&_has:Observation:patient:encounter.status=finished",
        "Patient?_id=p-@&_has:Condition:patient:code=B20",
        "Patient?_id=p-@&_revinclude=Observation:patient&_revinclude=Condition:patient&_revinclude=List:subject",
        "Encounter?patient=p-@",
        "Encounter?patient=p-@&_has:Observation:encounter:code=7917-8",
        "Encounter?patient=p-@&status=finished&_summary=count",
        "Encounter?_id=h2-@",
        "List?patient=p-@",
        "List?_id=h3-@",
        "Binary?_id=h4-@",
        "Condition?patient=p-@&code=B20,B24",
        "Condition?subject=p-@&_sort=onset-date&_total=accurate",
        "Provenance?patient=p-@&_include=Provenance:target",
        "Provenance?patient=p-@&target:Observation.code=7917-8,718-7&_summary=count",
        "Provenance?target=Observation/h1-@",
        "Provenance?patient=p-@&target=h1-@",
        "AuditEvent?patient=p-@",
        "AuditEvent?entity=Observation/h1-@",
    ];

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task A_search_tells_nothing(string search) => await Same(async letter =>
    {
        var (type, query) = Split(search, letter);
        return await _hub.Acts.Search.Execute(Ward.Ayse, type, query, strict: false, default);
    });

    /// <summary>Addresses with a compartment or several types.</summary>
    [Theory]
    [InlineData("Patient", "p-@", "*", "")]
    [InlineData("Patient", "p-@", "*", "_summary=count")]
    [InlineData("Patient", "p-@", "Observation", "_sort=date&_count=3")]
    [InlineData("Patient", "p-@", "Encounter", "")]
    [InlineData("Encounter", "h2-@", "Observation", "")]
    [InlineData("Encounter", "h2-@", "*", "")]
    public async Task A_search_in_a_compartment_tells_nothing(string compartment, string id, string type, string query) => await Same(async letter =>
        await _hub.Acts.Search.ExecuteInCompartment(Ward.Ayse, compartment, id.Replace('@', letter), type, QueryText.Parse(query), strict: false, default));

    [Theory]
    [InlineData("_type=Observation,Condition,Encounter&patient=p-@")]
    [InlineData("_type=Observation,List&patient=p-@&_count=3")]
    public async Task A_search_of_several_types_tells_nothing(string query) => await Same(async letter =>
        await _hub.Acts.Search.ExecuteSystem(Ward.Ayse, QueryText.Parse(query.Replace('@', letter)), strict: false, default));

    [Fact]
    public async Task Every_page_after_the_first_tells_nothing() => await Same(async letter =>
    {
        var (type, query) = Split("Observation?patient=p-@&_count=1", letter);
        var last = await _hub.Acts.Search.Execute(Ward.Ayse, type, query, strict: true, default);
        var pages = 1;
        for (; System.Text.Encoding.UTF8.GetString(last.Body.Span).Contains("_cursor", StringComparison.Ordinal); pages++)
        {
            last = await _hub.Acts.Search.Execute(Ward.Ayse, type, [.. query, new("_cursor", Cursor(last))], strict: true, default);
            Assert.Equal(200, last.Status);
        }

        Assert.Equal(letters.Contains('c', StringComparison.Ordinal) ? 3 : 4, pages);
        return last;
    });

    [Fact]
    public async Task A_page_is_for_its_caller_alone() => await Same(async letter =>
    {
        var (type, query) = Split("Observation?patient=p-@&_count=1", letter);
        var theirs = await _hub.Acts.Search.Execute(TestHub.Ministry, type, query, strict: true, default);
        var refused = await _hub.Acts.Search.Execute(Ward.Ayse, type, [.. query, new("_cursor", Cursor(theirs))], strict: true, default);
        Assert.Equal(400, refused.Status);
        return refused;
    });

    [Fact]
    public async Task Everything_and_the_last_of_each_code_tell_nothing()
    {
        await Same(async letter => await _hub.Acts.Everything.Execute(Ward.Ayse, "Patient", $"p-{letter}", [], default));
        await Same(async letter => await _hub.Acts.Everything.Execute(Ward.Ayse, "Patient", $"p-{letter}", QueryText.Parse("start=2026-02-01&end=2026-03-31&_count=2"), default));
        await Same(async letter => await _hub.Acts.Everything.Execute(Ward.Ayse, "Encounter", $"h2-{letter}", [], default));
        await Same(async letter => await _hub.Acts.Everything.Execute(Ward.Ayse, "Encounter", _encounters[letter], [], default));
        await Same(async letter => await _hub.Acts.Last.Execute(Ward.Ayse, QueryText.Parse($"patient=p-{letter}&category=laboratory"), strict: true, default));
    }

    /// <summary>What is hidden answers as what never was: reads, versions, histories, metadata, validation, and writes of every kind.</summary>
    [Theory]
    [InlineData("Observation", "h1")]
    [InlineData("Encounter", "h2")]
    [InlineData("List", "h3")]
    [InlineData("Binary", "h4")]
    [InlineData("Condition", "h5")]
    public async Task What_is_hidden_answers_as_what_never_was(string type, string name)
    {
        Func<ActContext, string, Task<ActResult>>[] asks =
        [
            async (c, id) => await _hub.Acts.Read.Execute(c, type, id, null, default),
            async (c, id) => await _hub.Acts.Read.Execute(c, type, id, 1, default),
            async (c, id) => await _hub.Acts.Read.Execute(c, type, id, 9, default),
            async (c, id) => await _hub.Acts.History.Execute(c, type, id, Form(""), default),
            async (c, id) => await _hub.Acts.History.Execute(c, type, id, Form("_since=2020-01-01T00:00:00Z"), default),
            async (c, id) => await _hub.Acts.Meta.Get(c, type, id, null, default),
            async (c, id) => await _hub.Acts.Meta.Get(c, type, id, 2, default),
            async (c, id) => await _hub.Acts.Meta.Add(c, type, id, TestHub.Resource("""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}"""), null, default),
            async (c, id) => await _hub.Acts.Validation.Execute(c, type, id, null, [], "en", default),
            async (c, id) => await _hub.Acts.Submit.Delete(c, type, id, null, default),
            async (c, id) => await _hub.Acts.Submit.Delete(c, type, id, Tags("W/\"1\""), default),
            async (c, id) => await _hub.Acts.Submit.Update(c, type, id, Body(type, id), null, null, default),
            async (c, id) => await _hub.Acts.Submit.Update(c, type, id, Body(type, id), Tags("W/\"7\""), null, default),
            async (c, id) => await _hub.Acts.Submit.Update(c, type, id, Body(type, id), null, Tags("*"), default),
            async (c, id) => await _hub.Acts.Submit.Patch(c, "patch", type, id, _ => throw new InvalidOperationException("It was opened."), null, default),
        ];
        for (var i = 0; i < asks.Length; i++)
        {
            foreach (var caller in new[] { Ward.Ayse, Ward.Izmir })
            {
                await Same(async letter => await asks[i](caller, $"{name}-{letter}"), expected: 404);
            }
        }
    }

    /// <summary>Conditions of writes: what they find, and how many, is what a search would find.</summary>
    [Theory]
    [InlineData("create", "identifier=urn:test:accession|7917-8-@", 201)]
    [InlineData("create", "patient=p-@&code=7917-8", 201)]
    [InlineData("create", "patient=p-@&_security=HIV", 201)]
    [InlineData("create", "patient=p-@&encounter.status=finished", 201)]
    [InlineData("create", "patient=p-@&code=718-7&date=ge2026-03-15", 201)]
    [InlineData("update", "identifier=urn:test:accession|7917-8-@", 201)]
    [InlineData("update", "patient=p-@&code=718-7&date=ge2026-03-15", 201)]
    [InlineData("delete", "identifier=urn:test:accession|7917-8-@", 404)]
    [InlineData("delete", "patient=p-@&value-quantity=gt0&_security:missing=false", 404)]
    [InlineData("delete", "patient=p-@&date=ge2026-03-15", 404)]
    public async Task A_condition_tells_nothing(string verb, string condition, int status) => await Same(
        async letter =>
        {
            var where = TestHub.Condition("Observation", condition.Replace('@', letter));
            using var written = Written(letter);
            return verb switch
            {
                "create" => await _hub.Acts.Submit.Create(Ward.Ayse, "Observation", written, where, default),
                "update" => await _hub.Acts.Submit.Update(Ward.Ayse, where, written, null, null, default),
                _ => await _hub.Acts.Submit.Delete(Ward.Ayse, where, null, default),
            };
        },
        expected: status);

    /// <summary>Entries of a transaction and of a batch: one that is refused is refused as one for what does not exist, also where another entry has a fault.</summary>
    [Theory]
    [InlineData("transaction", """{"request":{"method":"PUT","url":"Observation/h1-@"},"resource":{"resourceType":"Observation","id":"h1-@","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"}}}""")]
    [InlineData("transaction", """{"request":{"method":"DELETE","url":"Observation/h1-@"}},{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier=urn:none|none"}}}""")]
    [InlineData("transaction", """{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"},"derivedFrom":[{"reference":"Observation?identifier=urn:test:accession|7917-8-@"}]}}""")]
    [InlineData("transaction", """{"request":{"method":"GET","url":"Observation/h1-@"}},{"request":{"method":"GET","url":"Observation?patient=p-@&_summary=count"}},{"request":{"method":"GET","url":"Observation/h1-@/_history"}}""")]
    [InlineData("batch", """{"request":{"method":"GET","url":"Observation/h1-@","ifNoneMatch":"W/\"1\""}},{"request":{"method":"GET","url":"Binary/h4-@"}},{"request":{"method":"DELETE","url":"List/h3-@"}},{"request":{"method":"GET","url":"Encounter/h2-@/$everything"}}""")]
    [InlineData("batch", """{"request":{"method":"DELETE","url":"Observation?patient=p-@&code=7917-8"}},{"request":{"method":"GET","url":"Observation?patient=p-@&code=7917-8&_sort=date"}}""")]
    public async Task An_entry_of_a_bundle_tells_nothing(string kind, string entries) => await Same(async letter =>
    {
        using var bundle = TestHub.Resource($$$"""{"resourceType":"Bundle","type":"{{{kind}}}","entry":[{{{entries}}}]}""".Replace('@', letter));
        return await _hub.Acts.Bundle.Execute(Ward.Ayse, bundle, "en", default);
    });

    /// <summary>The labels that a submission gets from what it refers to are those of what its author may read.</summary>
    [Fact]
    public async Task The_labels_of_what_is_written_tell_nothing() => await Same(async letter =>
    {
        using var report = TestHub.Resource("""{"resourceType":"DiagnosticReport","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-@"},"result":[{"reference":"Observation/h1-@"}]}""".Replace('@', letter));
        return await _hub.Acts.Submit.Create(Ward.Ayse, "DiagnosticReport", report, null, default);
    }, expected: 201);

    /// <summary>To those who may know of it all of this is there: the tests above compare what is not the same.</summary>
    [Fact]
    public async Task Whoever_may_know_of_it_sees_the_difference()
    {
        foreach (var search in new[] { "Observation?patient=p-@", "Observation?patient=p-@&_summary=count", "Patient?_id=p-@&_has:Observation:patient:code=7917-8", "Observation?_id=h1-@" })
        {
            var told = new List<string>();
            foreach (var letter in letters)
            {
                var (type, query) = Split(search, letter);
                told.Add(_ward.Told(await _hub.Acts.Search.Execute(TestHub.Ministry, type, query, strict: false, default), letter));
            }

            Assert.True(told.Distinct().Count() > 1 || letters.Length == 2);
        }
    }

    private async Task Same(Func<char, Task<ActResult>> ask, int expected = 0)
    {
        var results = new Dictionary<char, ActResult>();
        foreach (var letter in letters)
        {
            results[letter] = await ask(letter);
        }

        if (expected != 0 && letters.Contains('c', StringComparison.Ordinal))
        {
            Assert.Equal(expected, results['c'].Status);
        }

        foreach (var (letter, result) in results)
        {
            Assert.Equal(_ward.Told(results[letters[^1]], letters[^1]), _ward.Told(result, letter));
        }
    }

    private static (string Type, List<KeyValuePair<string, string>> Query) Split(string search, char letter)
    {
        var at = search.IndexOf('?', StringComparison.Ordinal);
        return (search[..at], QueryText.Parse(search[(at + 1)..].Replace('@', letter)));
    }

    private static string Cursor(ActResult page)
    {
        var text = System.Text.Encoding.UTF8.GetString(page.Body.Span);
        var from = text.IndexOf("_cursor=", StringComparison.Ordinal) + "_cursor=".Length;
        return text[from..text.IndexOf('"', from)];
    }

    private static FhirResource Written(char letter) => TestHub.Resource($$"""{"resourceType":"Observation","status":"final",{{Ward.Lab}},"code":{"coding":[{"system":"http://loinc.org","code":"999-9"}]},"subject":{"reference":"Patient/p-{{letter}}"},"effectiveDateTime":"2025-01-01"}""");

    private static FhirResource Body(string type, string id) => TestHub.Resource(type switch
    {
        "Observation" => $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p-{{{id[^1]}}}"}}""",
        "Encounter" => $$$"""{"resourceType":"Encounter","id":"{{{id}}}","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p-{{{id[^1]}}}"}}""",
        "List" => $$$"""{"resourceType":"List","id":"{{{id}}}","status":"current","mode":"working","subject":{"reference":"Patient/p-{{{id[^1]}}}"}}""",
        "Binary" => $$$"""{"resourceType":"Binary","id":"{{{id}}}","contentType":"text/plain","securityContext":{"reference":"Patient/p-{{{id[^1]}}}"},"data":"eA=="}""",
        _ => $$$"""{"resourceType":"Condition","id":"{{{id}}}","subject":{"reference":"Patient/p-{{{id[^1]}}}"}}""",
    });

    private static HistoryForm Form(string query) => HistoryForm.Parse(QueryText.Parse(query)).Try(out var form, out _) ? form : throw new InvalidOperationException(query);

    private static VersionTags Tags(string header) => VersionTags.Parse("If-Match", header).Try(out var tags, out _) ? tags : throw new InvalidOperationException(header);
}

/// <summary>Let in by the institution's encounter alone, the clinician is not to know that there is anything sensitive of others.</summary>
public sealed class HiddenSideChannelTests() : SideChannelSuite("AMB", "abc");

/// <summary>In the ward the clinician may know that it is there: type and id, and nothing else.</summary>
public sealed class MaskedSideChannelTests() : SideChannelSuite("IMP", "ab");
