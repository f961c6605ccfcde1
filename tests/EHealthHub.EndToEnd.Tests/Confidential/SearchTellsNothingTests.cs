namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>Searches over the wire: records that differ in what the clinician may not know of give the same status, the same headers and the same bytes. <c>@</c> is the record's letter.</summary>
[Collection(SharedWorlds.Name)]
public sealed class SearchTellsNothingTests(Worlds worlds)
{
    private async Task Same(params string[] searches)
    {
        foreach (var search in searches)
        {
            await worlds.Same(search);
            await worlds.Same(search, Worlds.Masked);
        }
    }

    [Fact]
    public Task A_criterion_that_only_what_is_hidden_meets() => Same(
        "Observation?patient=p-@",
        "Observation?patient=p-@&code=7917-8",
        "Observation?patient=p-@&code=http://loinc.org|718-7",
        "Observation?patient=p-@&code:not=718-7",
        "Observation?patient=p-@&code:text=gizli",
        "Observation?patient=p-@&encounter:missing=false",
        "Observation?patient=p-@&date=ge2026-01-15&date=le2026-12-31",
        "Observation?patient=p-@&value-quantity=gt5",
        "Observation?patient=p-@&_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV",
        "Observation?patient=p-@&_security:missing=false",
        "Observation?patient=p-@&_lastUpdated=ge2020-01-01",
        "Condition?patient=p-@&code=B20,B24",
        "Binary?_id=h4-@",
        "Binary?_id=h7-@");

    [Fact]
    public Task An_identifier_or_id_of_what_is_hidden() => Same(
        "Observation?identifier=urn:test:accession|acc-@",
        "Observation?patient=p-@&identifier=urn:test:accession|acc-@",
        "Observation?_id=h1-@",
        "Observation?_id=h1-@,o1-@&patient=p-@",
        "Encounter?_id=h2-@",
        "List?_id=h3-@",
        "Group?_id=h6-@");

    [Fact]
    public Task Has() => Same(
        "Patient?_id=p-@&_has:Observation:patient:code=7917-8",
        "Patient?_id=p-@&_has:Observation:patient:_id=h1-@",
        "Patient?_id=p-@&_has:Observation:patient:value-quantity=9",
        "Patient?_id=p-@&_has:Observation:patient:encounter.status=finished",
        "Patient?_id=p-@&_has:Condition:patient:code=B20",
        "Patient?_id=p-@&_has:Group:member:_id=h6-@",
        "Encounter?patient=p-@&_has:Observation:encounter:code=7917-8",
        "Observation?patient=p-@&_has:List:item:_id=h3-@",
        "Observation?patient=p-@&_has:Provenance:target:agent=Patient/p-@");

    [Fact]
    public Task Chains() => Same(
        "Observation?patient=p-@&encounter=h2-@",
        "Observation?patient=p-@&encounter.status=finished",
        "Observation?patient=p-@&encounter.date=ge2026-01-01",
        "Observation?patient.identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|1&code=7917-8",
        "Provenance?patient=p-@&target:Observation.code=7917-8,718-7&_summary=count",
        "Provenance?patient=p-@&target=h1-@",
        "Provenance?target=Observation/h1-@");

    [Fact]
    public Task Composites() => Same(
        "Observation?patient=p-@&code-value-quantity=http://loinc.org|7917-8$5.5",
        "Observation?patient=p-@&code-value-quantity=http://loinc.org|718-7$9",
        "Observation?patient=p-@&combo-code-value-quantity=http://loinc.org|718-7$gt5");

    [Fact]
    public Task Order() => Same(
        "Observation?patient=p-@&_sort=date",
        "Observation?patient=p-@&_sort=-value-quantity,code",
        "Observation?patient=p-@&_sort=-_lastUpdated&_count=2",
        "Condition?subject=p-@&_sort=onset-date&_total=accurate");

    [Fact]
    public Task Totals() => Same(
        "Observation?patient=p-@&_total=accurate",
        "Observation?patient=p-@&_total=estimate&_count=1",
        "Observation?patient=p-@&_total=none&_count=3",
        "Observation?patient=p-@&_count=3",
        "Observation?patient=p-@&_count=0");

    [Fact]
    public Task Counts() => Same(
        "Observation?patient=p-@&_summary=count",
        "Observation?patient=p-@&code=7917-8&_summary=count",
        "Encounter?patient=p-@&status=finished&_summary=count",
        "Patient/p-@/*?_summary=count");

    [Fact]
    public Task What_comes_along() => Same(
        "Observation?patient=p-@&_include=Observation:encounter",
        "Provenance?patient=p-@&_include=Provenance:target",
        "Provenance?patient=p-@&_include=Provenance:target&_include:iterate=Observation:encounter",
        "Observation?patient=p-@&_include=*&_revinclude=*");

    [Fact]
    public Task What_comes_along_in_reverse() => Same(
        "Observation?patient=p-@&_revinclude=Provenance:target",
        "Observation?patient=p-@&_id=o1-@&_revinclude=List:item",
        "Patient?_id=p-@&_revinclude=Observation:patient&_revinclude=Condition:patient&_revinclude=List:subject&_revinclude=Group:member",
        "Patient?_id=p-@&_revinclude=Encounter:patient&_revinclude:iterate=Observation:encounter");

    [Fact]
    public Task Elements_and_summaries() => Same(
        "Observation?patient=p-@&_elements=code,subject",
        "Observation?patient=p-@&_elements=meta",
        "Observation?patient=p-@&_summary=true",
        "Observation?patient=p-@&_summary=data",
        "Observation?patient=p-@&_summary=text");

    [Fact]
    public Task Words_of_content_and_text() => Same(
        "Observation?patient=p-@&_content=gizli",
        "Observation?patient=p-@&_text=gizli");

    [Fact]
    public Task Filters() => Same(
        "Observation?patient=p-@&_filter=code eq http://loinc.org|7917-8 or date ge 2026-03-15",
        "Observation?patient=p-@&_filter=not (code eq 718-7)");

    [Fact]
    public Task Lists() => Same("Observation?patient=p-@&_list=h3-@", "List?patient=p-@");

    [Fact]
    public Task Groups() => Same("Group?member=Patient/p-@", "Group?member=p-@&_summary=count");

    [Fact]
    public Task Contained_resources() => Same(
        "Observation?patient=p-@&_contained=both",
        "Device?patient=p-@&_contained=true",
        "Device?patient=p-@&_contained=true&_containedType=contained",
        "Observation?patient=p-@&device.status=active");

    [Fact]
    public Task Compartments() => Same("Patient/p-@/*", "Patient/p-@/Observation?_sort=date&_count=3", "Patient/p-@/Encounter", "Encounter/h2-@/Observation", "Encounter/h2-@/*");

    [Fact]
    public Task Several_types() => Same("?_type=Observation,Condition,Encounter&patient=p-@", "?_type=Observation,List&patient=p-@&_count=3");

    [Fact]
    public Task Everything() => Same("Patient/p-@/$everything", "Patient/p-@/$everything?start=2026-02-01&end=2026-03-31&_count=2", "Patient/p-@/$everything?_since=2020-01-01T00:00:00Z", "Encounter/h2-@/$everything");

    [Fact]
    public async Task Everything_of_the_open_encounter()
    {
        foreach (var letters in new[] { Worlds.Hidden, Worlds.Masked })
        {
            var told = new List<string>();
            foreach (var letter in letters)
            {
                told.Add(await worlds.Ask(worlds.Mehmet, HttpMethod.Get, $"Encounter/{worlds.Encounters[letter]}/$everything", letter, expected: 200));
            }

            Assert.Single(told.Distinct());
        }
    }

    [Fact]
    public Task The_last_of_each_code() => Same("Observation/$lastn?patient=p-@&category=laboratory", "Observation/$lastn?patient=p-@&code=7917-8", "Observation/$lastn?patient=p-@&max=3");

    [Fact]
    public Task A_document_of_the_record() => Same("Patient/p-@/$document");

    [Fact]
    public Task The_log_as_AuditEvents() => Same("AuditEvent?patient=p-@", "AuditEvent?entity=Observation/h1-@", "AuditEvent?date=ge2026-01-01&entity=Patient/p-@");

    [Fact]
    public Task Errors_in_a_search_of_what_is_hidden() => Same(
        "Observation?patient=p-@&_id=h1-@&nonsense=1",
        "Observation?_id=h1-@&_sort=nonsense",
        "Observation?_id=h1-@&_cursor=AAAA",
        "Observation?_id=h1-@&date=never",
        "Encounter/h2-@/Nonsense",
        "Observation?encounter=h2-@");

    [Theory]
    [InlineData("application/fhir+xml")]
    [InlineData("application/fhir+json; fhirVersion=4.0")]
    [InlineData("text/html")]
    public async Task In_other_forms(string accept)
    {
        await worlds.Same("Observation?patient=p-@&_pretty=true", headers: ("Accept", accept));
        await worlds.Same("Observation?patient=p-@", Worlds.Masked, headers: ("Accept", accept));
    }

    [Fact]
    public async Task Compressed_answers_have_the_same_length()
    {
        await worlds.Same("Observation?patient=p-@", headers: ("Accept-Encoding", "gzip, br, deflate"));
        await worlds.Same("Observation/h1-@", headers: ("Accept-Encoding", "gzip, br, deflate"));
    }

    [Fact]
    public async Task By_post()
    {
        foreach (var letters in new[] { Worlds.Hidden, Worlds.Masked })
        {
            await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Observation/_search", letters, "patient=p-@&code=7917-8,718-7&_sort=-date", 200, "application/x-www-form-urlencoded");
            await worlds.Same(worlds.Mehmet, HttpMethod.Post, "Patient/p-@/Observation/_search", letters, "_summary=count", 200, "application/x-www-form-urlencoded");
        }
    }

    [Fact]
    public async Task Head_of_a_search()
    {
        await worlds.Same(worlds.Mehmet, HttpMethod.Head, "Observation?patient=p-@");
        await worlds.Same(worlds.Mehmet, HttpMethod.Head, "Observation?patient=p-@", Worlds.Masked);
    }

    /// <summary>To those who may know of it all of this is there: what is compared above is not the same.</summary>
    [Fact]
    public async Task Whoever_may_know_of_it_sees_the_difference()
    {
        foreach (var search in new[] { "Observation?patient=p-@", "Observation?patient=p-@&_summary=count", "Patient?_id=p-@&_has:Observation:patient:code=7917-8", "Observation?_id=h1-@", "Binary/h7-@", "Observation/h1-@/_history" })
        {
            var told = new List<string>();
            foreach (var letter in Worlds.Hidden)
            {
                told.Add(await worlds.Ask(worlds.Ministry, HttpMethod.Get, search, letter));
            }

            Assert.True(told.Distinct().Count() > 1, search);
        }
    }
}
