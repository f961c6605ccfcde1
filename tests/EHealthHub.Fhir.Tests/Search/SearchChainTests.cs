using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchChainTests
{
    [Theory]
    [InlineData("Observation", "subject:Patient.name=x", "Chain subject>Patient(name)")]
    [InlineData("Observation", "patient.name:exact=x", "Chain patient>Patient(name:exact)")]
    [InlineData("Observation", "patient._id=1", "Chain patient>Patient(_id)")]
    [InlineData("DiagnosticReport", "subject:Patient.general-practitioner:Practitioner.name=x", "Chain subject>Patient[Chain general-practitioner>Practitioner(name)]")]
    [InlineData("Patient", "_has:Observation:patient:code=x", "Has Observation.patient(code)")]
    [InlineData("Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent-name=x", "Has Observation.patient[Has AuditEvent.entity(agent-name)]")]
    [InlineData("Encounter", "patient._has:Group:member:_id=102", "Chain patient>Patient[Has Group.member(_id)]")]
    [InlineData("Patient", "_has:Observation:patient:performer:Practitioner.name=x", "Has Observation.patient[Chain performer>Practitioner(name)]")]
    [InlineData("Observation", "patient.identifier:of-type=a|b|c", "Chain patient>Patient(identifier:of-type)")]
    [InlineData("Observation", "_list=42", "List 42")]
    [InlineData("Observation", "_list=List/42", "List 42")]
    [InlineData("Observation", "code:in=http://v|1", "In code http://v|1")]
    [InlineData("Observation", "code:not-in=ValueSet/1", "NotIn code ValueSet/1")]
    [InlineData("Observation", "code:below=http://snomed.info/sct|1", "Below code http://snomed.info/sct|1")]
    [InlineData("Observation", "code:above=1", "Above code |1")]
    [InlineData("Observation", "code:below=1,2", "Below code |1 Below code |2")]
    [InlineData("Observation", "patient.name=x&patient.birthdate=2020", "Chain patient>Patient(name) Chain patient>Patient(birthdate)")]
    [InlineData("Observation", "patient.code=", "")]
    public void Is_read_as_what_has_to_be_looked_up(string type, string query, string expected) => Assert.Equal(expected, Show(Ask.Parsed(type, query)));

    [Theory]
    [InlineData("Observation", "subject.name=x", "search-value-invalid", "subject.name")]
    [InlineData("Observation", "subject:Practitioner.name=x", "search-modifier-not-supported", "subject")]
    [InlineData("Observation", "code.name=x", "search-not-supported", "code.name")]
    [InlineData("Observation", "nothing.name=x", "search-parameter-unknown", "nothing")]
    [InlineData("Observation", "patient.nothing=x", "search-parameter-unknown", "nothing")]
    [InlineData("Observation", "patient.birthdate=x", "search-value-invalid", "birthdate")]
    [InlineData("Observation", "patient:identifier.value=x", "search-modifier-not-supported", "patient")]
    [InlineData("Observation", "patient.=x", "search-parameter-unknown", "?")]
    [InlineData("Observation", ".=x", "search-parameter-unknown", "?")]
    [InlineData("Patient", "_has:Observation:patient=x", "search-value-invalid", "_has:Observation:patient")]
    [InlineData("Patient", "_has:Observation:encounter:code=x", "search-value-invalid", "_has:Observation:encounter:code")]
    [InlineData("Patient", "_has:Observation:code:code=x", "search-value-invalid", "_has:Observation:code:code")]
    [InlineData("Patient", "_has:Visit:patient:code=x", "search-value-invalid", "_has:Visit:patient:code")]
    [InlineData("Patient", "_has:::=x", "search-value-invalid", "_has:::")]
    [InlineData("Patient", "_list=$current-problems", "search-not-supported", "_list")]
    [InlineData("Patient", "_list=a/b", "search-value-invalid", "_list")]
    [InlineData("Patient", "link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.name=x", "search-too-large", "link:Patient.name")]
    [InlineData("Patient", "link:Patient._text=x", "search-parameter-unknown", "_text")]
    public void A_chain_that_leads_nowhere_is_refused_by_name(string type, string query, string code, string named)
    {
        var failure = Ask.Refused(type, query);
        Assert.Equal((400, code), (failure.Status, failure.Issues[0].Code));
        if (named != "?")
        {
            Assert.Contains(named, failure.Issues[0].Diagnostics, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Observation", "subject=1", "subject 1 Device,Group,Location,Patient")]
    [InlineData("Observation", "subject=1,2&subject=1", "subject 1 Device,Group,Location,Patient; subject 2 Device,Group,Location,Patient")]
    [InlineData("Observation", "_filter=subject re 1 or status eq final", "subject 1 Device,Group,Location,Patient")]
    [InlineData("Observation", "subject:Patient=1&patient=1&subject=Patient/1&subject=https://x.example/Patient/1&encounter=1", "")]
    [InlineData("Encounter", "subject:identifier=1&patient.name=x", "")]
    public void Ids_without_a_type_are_told_where_several_types_are_possible(string type, string query, string expected) =>
        Assert.Equal(expected, string.Join("; ", SearchReferences.Untyped(Ask.Parsed(type, query)).Select(r => $"{r.Parameter} {r.Id} {string.Join(',', r.Types)}")));

    [Fact]
    public void Leniency_never_drops_the_end_of_a_chain()
    {
        Assert.Empty(Ask.Parsed("Observation", "nothing.name=x", strict: false).Lookups);
        Assert.Equal("search-parameter-unknown", Ask.Refused("Observation", "patient.nothing=x", strict: false).Issues[0].Code);
        Assert.Equal("search-parameter-unknown", Ask.Refused("Patient", "_has:Observation:patient:nothing=x", strict: false).Issues[0].Code);
    }

    [Fact]
    public void Chains_have_a_bound() =>
        Assert.Equal("search-too-large", Ask.Refused("Observation", string.Join('&', Enumerable.Repeat("patient.name=x", 17))).Issues[0].Code);

    [Fact]
    public void What_is_not_served_is_named()
    {
        Assert.Null(Ask.Parsed("Observation", "status=final&code-value-quantity=x$1&_total=none&_summary=count").Unserved(SearchNeeds.None));
        foreach (var (query, name, need) in new[]
        {
            ("patient.name=x", "patient.name", SearchNeeds.Chains), ("_has:Provenance:target:recorded=2020", "_has:Provenance:target:recorded", SearchNeeds.Has), ("_list=1", "_list", SearchNeeds.Lists),
            ("code:in=http://v", "code:in", SearchNeeds.ValueSets), ("code:below=1", "code:below", SearchNeeds.Hierarchies), ("_text=x", "_text", SearchNeeds.Bodies), ("_content=x", "_content", SearchNeeds.Bodies),
            ("_sort=date", "_sort", SearchNeeds.Sorting), ("_include=*", "_include", SearchNeeds.Includes), ("_revinclude=Provenance:target", "_revinclude", SearchNeeds.Includes), ("_elements=code", "_elements", SearchNeeds.Subsets),
            ("_summary=true", "_summary", SearchNeeds.Subsets), ("patient._has:Group:member:code=x", "patient._has:Group:member:code", SearchNeeds.Chains | SearchNeeds.Has), ("_filter=patient.name co x", "_filter", SearchNeeds.Chains),
        })
        {
            var parsed = Ask.Parsed("Observation", query);
            Assert.Equal(need, parsed.Needs);
            Assert.Null(parsed.Unserved(need));
            var failure = parsed.Unserved(SearchNeeds.None)!;
            Assert.Equal((400, "search-not-supported"), (failure.Status, failure.Issues[0].Code));
            Assert.StartsWith(name + ":", failure.Issues[0].Diagnostics, StringComparison.Ordinal);
        }
    }

    private const string Observation = """
        {"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"},{"code":"bare"}]},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1/_history/2"},
        "performer":[{"reference":"Practitioner/d"},{"reference":"https://other.example/fhir/Practitioner/9"},{"reference":"#c"}],"contained":[{"resourceType":"Practitioner","id":"c"}]}
        """;

    [Fact]
    public void Answers_decide()
    {
        var chain = Ask.Parsed("Observation", "patient.name=x");
        var facts = Some.Encoded(Some.Facts(Observation));
        Assert.Throws<InvalidOperationException>(() => SearchMatcher.Matches(chain, facts));
        Assert.True(SearchMatcher.Matches(chain.WithAnswers([LookupAnswer.Of([("Patient", "p2"), ("Patient", "p1")])]), facts));
        Assert.False(SearchMatcher.Matches(chain.WithAnswers([LookupAnswer.Of([("Group", "p1")])]), facts));
        Assert.False(SearchMatcher.Matches(chain.WithAnswers([LookupAnswer.Of([])]), facts));
        Assert.Throws<ArgumentException>(() => chain.WithAnswers([]));

        var has = Ask.Parsed("Observation", "_has:Provenance:target:recorded=2020&status=final");
        Assert.True(SearchMatcher.Matches(has.WithAnswers([LookupAnswer.Of([("Observation", "o1")])]), facts));
        Assert.False(SearchMatcher.Matches(has.WithAnswers([LookupAnswer.Of([("Patient", "o1")])]), facts));
        Assert.False(SearchMatcher.Matches(has.WithAnswers([LookupAnswer.Of([("Observation", "o2")])]), facts));

        Assert.True(Code("code:in=http://v", ("http://loinc.org", "1")));
        Assert.False(Code("code:in=http://v", ("http://snomed.info/sct", "1")));
        Assert.True(Code("code:in=http://v", ("http://any", "bare")));
        Assert.False(Code("code:not-in=http://v", ("http://loinc.org", "1")));
        Assert.True(Code("code:not-in=http://v", ("http://loinc.org", "2")));
        Assert.True(Code("method:not-in=http://v", ("http://loinc.org", "2")));
        Assert.True(Code("code:below=http://loinc.org|0", ("http://loinc.org", "1")));
        Assert.True(Code("code:above=0", (null, "1")));

        bool Code(string query, params (string? System, string Code)[] codes) => SearchMatcher.Matches(Ask.Parsed("Observation", query).WithAnswers([LookupAnswer.OfCodes(codes)]), facts);
    }

    [Fact]
    public void References_are_read_from_facts_for_includes_and_reverse_chains()
    {
        var facts = Some.Encoded(Some.Facts(Observation));
        Assert.Equal(["subject Patient/p1"], Targets(SearchReferences.Of(facts, "subject", null)));
        Assert.Equal(["encounter Encounter/e1", "encounter Encounter/e1/2"], Targets(SearchReferences.Of(facts, "encounter", null)));
        Assert.Equal(["performer Practitioner/d"], Targets(SearchReferences.Of(facts, "performer", "Practitioner")));
        Assert.Empty(SearchReferences.Of(facts, "performer", "Patient"));
        Assert.Equal(["encounter Encounter/e1", "encounter Encounter/e1/2", "patient Patient/p1", "performer Practitioner/d", "subject Patient/p1"], Targets(SearchReferences.Of(facts, null, null)));
        Assert.Equal(["subject Patient/p1"], Targets(SearchReferences.Included(Ask.Parsed("Observation", "_include=Observation:subject:Patient").Includes[0], "Observation", facts)));
        Assert.Empty(SearchReferences.Included(Ask.Parsed("Observation", "_include=Encounter:subject").Includes[0], "Observation", facts));

        var referring = SearchReferences.Referring("Observation", "performer", [("Practitioner", "d")]);
        Assert.True(SearchMatcher.Matches(referring, facts));
        Assert.Equal(SearchNeeds.None, referring.Needs);
        Assert.False(SearchMatcher.Matches(SearchReferences.Referring("Observation", "performer", [("Practitioner", "9")]), facts));
        Assert.True(SearchMatcher.Matches(SearchReferences.Referring("Observation", null, [("Encounter", "e1")]), facts));
        Assert.Throws<ArgumentException>(() => SearchReferences.Referring("Observation", "code", []));
    }

    [Theory]
    [InlineData("_include=Observation:subject", "Observation subject  False False")]
    [InlineData("_include=Observation:subject:Patient", "Observation subject Patient False False")]
    [InlineData("_include:iterate=Patient:general-practitioner", "Patient general-practitioner  False True")]
    [InlineData("_include:recurse=Observation:*", "Observation   False True")]
    [InlineData("_include=*", "Observation   False False")]
    [InlineData("_revinclude=*", "   True False")]
    [InlineData("_revinclude:iterate=Provenance:target", "Provenance target  True True")]
    public void Inclusions_are_read(string query, string expected)
    {
        var include = Assert.Single(Ask.Parsed("Observation", query).Includes);
        Assert.Equal(expected, $"{include.SourceType} {include.Parameter} {include.TargetType} {include.IsReverse} {include.IsIterated}");
    }

    [Theory]
    [InlineData("_include=subject", "search-value-invalid")]
    [InlineData("_include=Observation:code", "search-value-invalid")]
    [InlineData("_include=Observation:nothing", "search-value-invalid")]
    [InlineData("_include=Visit:subject", "search-value-invalid")]
    [InlineData("_include=Observation:subject:Practitioner", "search-value-invalid")]
    [InlineData("_include=Observation:subject:Visit", "search-value-invalid")]
    [InlineData("_include=Observation:subject:Patient:x", "search-value-invalid")]
    [InlineData("_include:all=Observation:subject", "search-modifier-not-supported")]
    public void Other_inclusions_are_refused(string query, string code) => Assert.Equal(code, Ask.Refused("Observation", query).Issues[0].Code);

    [Fact]
    public void Inclusions_have_a_bound() => Assert.Equal("search-too-large", Ask.Refused("Observation", string.Join('&', Enumerable.Repeat("_include=*", 21))).Issues[0].Code);

    [Fact]
    public void A_compartment_is_one_more_condition()
    {
        Assert.True(SearchQuery.ParseInCompartment("Patient", "p1", "Observation", Ask.Pairs("status=final"), true, Ask.Settings).Try(out var query, out _));
        Assert.Equal("p1", query.PatientId);
        Assert.True(SearchMatcher.Matches(query, Some.Facts(Observation)));
        Assert.True(SearchQuery.ParseInCompartment("Patient", "p2", "Observation", [], true).Try(out query, out _));
        Assert.False(SearchMatcher.Matches(query, Some.Facts(Observation)));
        Assert.True(SearchQuery.ParseInCompartment("Practitioner", "d", "Observation", [], true).Try(out query, out _));
        Assert.Null(query.PatientId);
        Assert.True(SearchMatcher.Matches(query, Some.Facts(Observation)));
        Assert.True(SearchQuery.ParseInCompartment("Encounter", "e1", "Observation", [], true).Try(out query, out _));
        Assert.True(SearchMatcher.Matches(query, Some.Facts(Observation)));
        Assert.True(SearchQuery.ParseInCompartment("Patient", "p", "Patient", [], true).Try(out query, out _));
        Assert.True(SearchMatcher.Matches(query, Some.Facts("""{"resourceType":"Patient","id":"p"}""")));
        Assert.False(SearchQuery.ParseInCompartment("Patient", "p", "Organization", [], true).Try(out _, out var failure));
        Assert.Equal(404, failure.Status);
        Assert.False(SearchQuery.ParseInCompartment("Organization", "p", "Patient", [], true).Try(out _, out _));
        Assert.False(SearchQuery.ParseInCompartment("Patient", "../x", "Observation", [], true).Try(out _, out _));
        Assert.Contains("Observation", CompartmentRule.TypesOf("Encounter"));
        Assert.Contains("Patient", CompartmentRule.TypesOf("Patient"));
        Assert.Empty(CompartmentRule.TypesOf("Organization"));
    }

    [Fact]
    public void Several_types_are_asked_the_same()
    {
        Assert.True(SearchQuery.ParseSystem(Ask.Pairs("_type=Patient,Observation&_lastUpdated=2026&_count=3"), true).Try(out var search, out _));
        Assert.Equal(["Patient", "Observation"], search.Queries.Select(q => q.Type));
        Assert.All(search.Queries, q => Assert.Equal(["_type", "_lastUpdated", "_count"], q.Used.Select(u => u.Key)));
        Assert.False(SearchQuery.ParseSystem(Ask.Pairs("_type=Patient,Observation&birthdate=2026"), true).Try(out _, out var failure));
        Assert.Contains("birthdate", failure.Issues[0].Diagnostics, StringComparison.Ordinal);
        Assert.False(SearchQuery.ParseSystem(Ask.Pairs("_type=Visit"), true).Try(out _, out _));
        Assert.True(SearchQuery.ParseSystem(Ask.Pairs("_tag=a"), true).Try(out search, out _));
        Assert.Equal(145, search.Queries.Count);
    }

    [Fact]
    public void Two_searches_have_one_digest_only_when_they_ask_the_same()
    {
        string[] queries = ["status=final", "status:not=final", "code=final", "patient.name=a", "patient.name=b", "patient.family=a", "_has:Provenance:target:_id=a", "_list=a", "code:in=a", "code:not-in=a", "code:below=a", "code:above=a", "_text=a", "_content=a", "_sort=date", "_sort=-date", "_filter=status eq final", "_filter=status ne final", "_filter=not (status eq final)", "code-value-quantity=a$1", "code-value-quantity=a$2", "value-quantity=1", "value-quantity=1.0", "value-quantity=1||g", "_include=*", "_revinclude=*", "_include:iterate=*", "_elements=code", "_summary=true", "_count=1"];
        var digests = queries.Select(q => Convert.ToHexString(Ask.Parsed("Observation", q).Digest())).ToList();
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.Equal(digests, queries.Select(q => Convert.ToHexString(Ask.Parsed("Observation", q).Digest())));
        var chain = Ask.Parsed("Observation", "patient.name=a");
        Assert.NotEqual(chain.WithAnswers([LookupAnswer.Of([("Patient", "1")])]).Digest(), chain.WithAnswers([LookupAnswer.Of([("Patient", "2")])]).Digest());
    }

    private static IEnumerable<string> Targets(IReadOnlyList<ReferenceTarget> targets) => targets.Select(t => $"{t.Parameter} {t.Type}/{t.Id}{(t.Version is null ? "" : "/" + t.Version)}").Order(StringComparer.Ordinal);

    private static string Show(SearchQuery query) => string.Join(' ', query.Lookups.Select(l => l switch
    {
        ChainLookup chain => $"Chain {chain.Parameter}>{Inner(chain.Query)}",
        HasLookup has => $"Has {has.Query.Type}.{has.Parameter}{Inner(has.Query)[has.Query.Type.Length..]}",
        ListLookup list => $"List {list.ListId}",
        ValueSetLookup set => $"{(set.IsNot ? "NotIn" : "In")} {set.Parameter} {set.ValueSet}",
        HierarchyLookup hierarchy => $"{(hierarchy.IsAbove ? "Above" : "Below")} {hierarchy.Parameter} {hierarchy.System}|{hierarchy.Code}",
        _ => "?",
    }));

    private static string Inner(SearchQuery query)
    {
        if (query.Lookups.Count > 0)
        {
            return $"{query.Type}[{Show(query)}]";
        }

        var criterion = query.Criteria.Concat(query.Conditions.OfType<CriterionCondition>().Select(c => c.Criterion)).Single();
        return $"{query.Type}({criterion.Parameter}{(criterion.Modifier is null ? "" : ":" + criterion.Modifier)})";
    }
}
