using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Tests.Transactions;

public class TransactionPlanTests
{
    private const string Patient = """ "resource":{"resourceType":"Patient"} """;
    private const string Post = """ "request":{"method":"POST","url":"Patient"} """;

    [Fact]
    public void A_transaction_is_planned_in_r4s_order()
    {
        using var bundle = Read.Resource(Samples.Transaction);
        var plan = Plan(bundle);
        Assert.True(plan.Atomic);
        Assert.Equal([3, 0, 1, 2, 4], plan.Entries.Select(e => e.Index));
        Assert.Equal([EntryAction.Delete, EntryAction.Create, EntryAction.Create, EntryAction.Update, EntryAction.Get], plan.Entries.Select(e => e.Action));
        Assert.Equal(("Basic", "c"), (plan.Entries[0].Type, plan.Entries[0].Id));
        Assert.Equal(new IdentifierCondition("Patient", "urn:x", "1"), plan.Entries[1].IfNoneExist?.Identifier);
        Assert.Equal("urn:uuid:0b5d1a2c-0000-4000-8000-000000000002", plan.Entries[2].FullUrl);
        Assert.Equal("Encounter", plan.Entries[2].Resource!.Type);
        Assert.Equal(("b", 3), (plan.Entries[3].Id, plan.Entries[3].IfMatch!.Versions[0]));
        Assert.Equal(("Patient", "Patient?name=kaya"), (plan.Entries[4].Type, plan.Entries[4].Url));
        Assert.Equal(new IdentifierCondition("Organization", "urn:o", "9"), Assert.Single(plan.ConditionalReferences).Value.Identifier);
        Assert.Equal("Organization?identifier=urn:o%7C9", plan.ConditionalReferences.Keys.Single());
    }

    [Fact]
    public void An_empty_transaction_is_fine()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"transaction"}""");
        Assert.Empty(Plan(bundle).Entries);
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle"}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":"document"}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":7}""", "Bundle.type")]
    [InlineData("""{"resourceType":"Patient","type":"batch"}""", "Bundle.type")]
    public void Only_a_batch_or_transaction_is_planned(string body, string expression)
    {
        using var bundle = Read.Resource(body);
        var failure = Refused(bundle);
        Assert.Equal((400, "bundle-type", expression), (failure.Status, failure.Issues[0].Code, failure.Issues[0].Expression));
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"batch","entry":[{},{},{}]}""");
        Assert.False(TransactionPlan.From(bundle, new FhirLimits { BundleEntriesMax = 2 }).Try(out _, out var failure));
        Assert.Equal((413, "bundle-too-many-entries"), (failure.Status, failure.Issues[0].Code));
    }

    [Theory]
    [InlineData("7", 400, "bundle-entry", "Bundle.entry[1]")]
    [InlineData("""{"fullUrl":""}""", 400, "bdl-8", "Bundle.entry[1].fullUrl")]
    [InlineData("""{"fullUrl":"http://a/Patient/1/_history/2"}""", 400, "bdl-8", "Bundle.entry[1].fullUrl")]
    [InlineData("""{"resource":{"resourceType":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].request")]
    [InlineData("""{"request":{"method":"POST"}}""", 400, "bundle-entry", "Bundle.entry[1].request")]
    [InlineData("""{"request":{"method":"PATCH","url":"Patient/1"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"PATCH","url":"Patient/1"},"resource":{"resourceType":"Patient","id":"1"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"GET","url":"http://elsewhere/fhir/Patient/1"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"GET","url":"Patient/1","ifMatch":"W/\"1\""}}""", 412, "condition-not-supported", "Bundle.entry[1].request.ifMatch")]
    [InlineData("""{"request":{"method":"GET","url":"Patient/1","ifModifiedSince":"soon"}}""", 400, "bundle-entry", "Bundle.entry[1].request.ifModifiedSince")]
    [InlineData("""{"request":{"method":"post","url":"Patient"}}""", 400, "bundle-method", "Bundle.entry[1].request.method")]
    [InlineData("""{"request":{"method":"POST","url":"Patients"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"POST","url":"http://elsewhere/fhir/Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"POST","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/a b"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/../1"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].resource.id")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1"},"resource":{"resourceType":"Patient","id":"2"}}""", 400, "bundle-entry", "Bundle.entry[1].resource.id")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1","ifMatch":"3"},"resource":{"resourceType":"Patient","id":"1"}}""", 400, "if-match", "Bundle.entry[1].request.ifMatch")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1","ifMatch":"W/\"3\", 4"},"resource":{"resourceType":"Patient","id":"1"}}""", 400, "if-match", "Bundle.entry[1].request.ifMatch")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"},"resource":{}}""", 400, "resource-type-missing", "Bundle.entry[1].resource.resourceType")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Group"}}""", 400, "bundle-entry", "Bundle.entry[1].resource.resourceType")]
    [InlineData("""{"fullUrl":"http://a/Patient/1","request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient","id":"2"}}""", 400, "bundle-entry", "Bundle.entry[1].fullUrl")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient?"}}""", 400, "condition-invalid", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1?identifier=a|b"},"resource":{"resourceType":"Patient","id":"1"}}""", 400, "bundle-request-url", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/1","ifNoneMatch":"*"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.ifNoneMatch")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1","ifNoneExist":"name=kaya"},"resource":{"resourceType":"Patient","id":"1"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.ifNoneExist")]
    [InlineData("""{"request":{"method":"POST","url":"Patient","ifNoneExist":"kaya"},"resource":{"resourceType":"Patient"}}""", 400, "condition-invalid", "Bundle.entry[1].request.ifNoneExist")]
    public void A_fault_fails_a_transaction_and_stays_with_its_entry_in_a_batch(string entry, int status, string code, string expression)
    {
        using var transaction = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{{Patient}},{{Post}}},{{entry}}]}""");
        var failure = Refused(transaction);
        Assert.Equal((status, code, expression), (failure.Status, failure.Issues[0].Code, failure.Issues[0].Expression));

        using var batch = Read.Resource($$"""{"resourceType":"Bundle","type":"batch","entry":[{{{Patient}},{{Post}}},{{entry}}]}""");
        var plan = Plan(batch);
        Assert.Equal(2, plan.Entries.Length);
        Assert.Equal((1, status), (plan.Entries[0].Index, plan.Entries[0].Failure!.Status));
        Assert.Null(plan.Entries[1].Failure);
    }

    [Fact]
    public void Entries_by_condition_patches_and_looks_are_planned_in_r4s_order()
    {
        const string Entries = """
            {"request":{"method":"HEAD","url":"Patient/1/_history?_count=2"}},
            {"request":{"method":"GET","url":"Patient/1","ifNoneMatch":"W/\"1\", W/\"2\"","ifModifiedSince":"2026-11-24T09:00:00+03:00"}},
            {"request":{"method":"PATCH","url":"Patient/1","ifMatch":"W/\"4\""},"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="}},
            {"request":{"method":"PATCH","url":"Patient?name=kaya"},"resource":{"resourceType":"Parameters"}},
            {"request":{"method":"PUT","url":"Patient?identifier=a%7Cb","ifNoneMatch":"*"},"resource":{"resourceType":"Patient"}},
            {"request":{"method":"POST","url":"Patient","ifNoneExist":"family=kaya&birthdate=1980"},"resource":{"resourceType":"Patient"}},
            {"request":{"method":"DELETE","url":"Observation?patient=1"}}
            """;
        using var bundle = Read.Resource("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + Entries + "]}");
        var entries = Plan(bundle).Entries;
        Assert.Equal([6, 5, 2, 3, 4, 0, 1], entries.Select(e => e.Index));
        Assert.Equal(new Condition("Observation", "patient=1"), entries[0].Where);
        Assert.Equal(new Condition("Patient", "family=kaya&birthdate=1980"), entries[1].IfNoneExist);
        Assert.Equal(("1", 4, "Binary"), (entries[2].Id, entries[2].IfMatch!.Versions[0], entries[2].Resource!.Type));
        Assert.Equal((null, "Parameters"), (entries[3].Id, entries[3].Resource!.Type));
        Assert.Equal(new IdentifierCondition("Patient", "a", "b"), entries[4].Where!.Identifier);
        Assert.True(entries[4].IfNoneMatch!.Any);
        Assert.Equal((EntryAction.Head, "Patient/1/_history?_count=2"), (entries[5].Action, entries[5].Url));
        Assert.Equal([1, 2], entries[6].IfNoneMatch!.Versions.AsEnumerable());
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 6, 0, 0, TimeSpan.Zero), entries[6].IfModifiedSince);
    }

    [Fact]
    public void The_same_condition_twice_is_no_transaction()
    {
        const string Delete = """{"request":{"method":"DELETE","url":"Patient?identifier=a|b"}}""";
        const string Put = """{"request":{"method":"PUT","url":"Patient?identifier=a%7Cb"},"resource":{"resourceType":"Patient"}}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Delete}},{{Put}}]}""");
        Assert.Equal(("bundle-duplicate-identity", "Bundle.entry[1].request.url"), CodeAndPlace(Refused(bundle)));
    }

    [Fact]
    public void Every_fault_of_a_transaction_is_told_at_once()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient?x"}},{},{"request":{"method":"GET","url":"x"}}]}""");
        var failure = Refused(bundle);
        Assert.Equal(400, failure.Status);
        Assert.Equal(["Bundle.entry[0].request.url", "Bundle.entry[1].request", "Bundle.entry[2].request.url"], failure.Issues.Select(i => i.Expression));
    }

    [Fact]
    public void A_full_url_twice_is_refused()
    {
        const string Entry = "{\"fullUrl\":\"urn:uuid:1\"," + Patient + "," + Post + "}";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Entry}},{{Entry}}]}""");
        Assert.Equal(("bundle-duplicate-full-url", "Bundle.entry[1].fullUrl"), CodeAndPlace(Refused(bundle)));
    }

    [Theory]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1"},"resource":{"resourceType":"Patient","id":"1"}}""")]
    [InlineData("""{"request":{"method":"DELETE","url":"/Patient/1"}}""")]
    public void The_same_resource_changed_twice_is_no_transaction_but_may_be_a_batch(string again)
    {
        const string Put = """{"request":{"method":"PUT","url":"Patient/1"},"resource":{"resourceType":"Patient","id":"1"}}""";
        const string Get = """{"request":{"method":"GET","url":"Patient/1"}}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Put}},{{Get}},{{again}}]}""");
        Assert.Equal(("bundle-duplicate-identity", "Bundle.entry[2].request.url"), CodeAndPlace(Refused(bundle)));
        using var batch = Read.Resource($$"""{"resourceType":"Bundle","type":"batch","entry":[{{Put}},{{Get}},{{again}}]}""");
        Assert.All(Plan(batch).Entries, e => Assert.Null(e.Failure));
    }

    [Fact]
    public void A_temporary_reference_that_names_no_entry_is_named_down_to_its_element()
    {
        const string Observation = """{"resource":{"resourceType":"Observation","note":[{"text":"a, [b] {c}"}],"performer":[{"display":"x"},{"reference":"urn:uuid:2"}]},"request":{"method":"POST","url":"Observation"}}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1",{{Patient}},{{Post}}},{{Observation}}]}""");
        Assert.Equal(("reference-unresolved", "Bundle.entry[1].resource.performer[1].reference"), CodeAndPlace(Refused(bundle)));
    }

    [Fact]
    public void In_a_batch_no_entry_can_name_another()
    {
        const string Observation = """{"resource":{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"}},"request":{"method":"POST","url":"Observation"}}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"urn:uuid:1",{{Patient}},{{Post}}},{{Observation}}]}""");
        var plan = Plan(bundle);
        Assert.Equal("Bundle.entry[1].resource.subject.reference", plan.Entries[0].Failure!.Issues[0].Expression);
        Assert.Null(plan.Entries[1].Failure);
    }

    [Fact]
    public void A_relative_reference_follows_a_created_entry_of_the_same_sender()
    {
        const string Observation = """{"fullUrl":"http://s/fhir/Observation/9","resource":{"resourceType":"Observation","subject":{"reference":"Patient/1"},"encounter":{"reference":"Encounter/5"}},"request":{"method":"POST","url":"Observation"}}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Observation}},{"fullUrl":"http://s/fhir/Patient/1",{{Patient}},{{Post}}}]}""");
        var relative = Assert.Single(Plan(bundle).RelativeReferences);
        Assert.Equal(("Patient/1", "http://s/fhir/Patient/1"), (relative.Key, relative.Value));

        const string Other = """{"fullUrl":"urn:uuid:7","resource":{"resourceType":"Observation","subject":{"reference":"Patient/1"}},"request":{"method":"POST","url":"Observation"}}""";
        using var mixed = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Observation}},{"fullUrl":"http://s/fhir/Patient/1",{{Patient}},{{Post}}},{{Other}}]}""");
        var plan = Plan(mixed);
        var told = Assert.Single(plan.RelativeReferences);
        Assert.Equal("http://s/fhir/Patient/1", told.Value);
        Assert.Equal([told.Key, "Patient/1"], plan.Entries.Where(e => e.Type == "Observation").OrderBy(e => e.Index).Select(e => Subject(e.Resource!)));
        Assert.Equal("Encounter/5", plan.Entries.First(e => e.Index == 0).Resource!.Root.GetProperty("encounter").GetProperty("reference").GetString());
    }

    [Fact]
    public void The_same_relative_reference_of_two_senders_is_told_apart_by_the_root_of_its_own_entry()
    {
        string Entry(string sender, string type, string json) => $$$"""{"fullUrl":"http://{{{sender}}}/fhir/{{{type}}}/1","resource":{{{json}}},"request":{"method":"POST","url":"{{{type}}}"}}""";
        const string Observation = """{"resourceType":"Observation","text":{"status":"generated","div":"<div><a href=\"Patient/1\">x</a></div>"},"subject":{"reference":"Patient/1"},"focus":[{"reference":"Device/1"}]}""";
        const string Person = """{"resourceType":"Patient"}""";
        using var bundle = Read.Resource($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Entry("a", "Observation", Observation)}},{{Entry("b", "Observation", Observation)}},{{Entry("b", "Patient", Person)}},{{Entry("a", "Patient", Person)}}]}""");
        var plan = Plan(bundle);
        Assert.Equal(["http://a/fhir/Patient/1", "http://b/fhir/Patient/1"], plan.RelativeReferences.Values.Order(StringComparer.Ordinal));
        foreach (var (sender, entry) in new[] { "a", "b" }.Zip(plan.Entries.Where(e => e.Type == "Observation").OrderBy(e => e.Index)))
        {
            var name = Subject(entry.Resource!);
            Assert.Equal($"http://{sender}/fhir/Patient/1", plan.RelativeReferences[name]);
            Assert.Contains($"<a href=\"{name}\">", entry.Resource!.Root.GetProperty("text").GetProperty("div").GetString(), StringComparison.Ordinal);
            Assert.Equal("Device/1", entry.Resource!.Root.GetProperty("focus")[0].GetProperty("reference").GetString());
        }
    }

    private static string Subject(FhirResource resource) => resource.Root.GetProperty("subject").GetProperty("reference").GetString()!;

    [Theory]
    [InlineData("Patient?name", 400)]
    [InlineData("Patients?identifier=a|b", 400)]
    [InlineData("Patient?=a|b", 400)]
    public void Conditional_references_that_are_no_search_are_refused(string reference, int status)
    {
        using var bundle = Read.Resource($$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Observation","subject":{"reference":"{{{reference}}}"}},"request":{"method":"POST","url":"Observation"}}]}""");
        var failure = Refused(bundle);
        Assert.Equal((status, "condition-invalid", "Bundle.entry[0].resource.subject.reference"), (failure.Status, failure.Issues[0].Code, failure.Issues[0].Expression));
    }

    [Fact]
    public void Too_many_conditional_references_are_refused()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Group","member":[{"entity":{"reference":"Patient?identifier=a|1"}},{"entity":{"reference":"Patient?identifier=a|1"}},{"entity":{"reference":"Patient?identifier=a|2"}}]},"request":{"method":"POST","url":"Group"}}]}""");
        Assert.Equal(2, Plan(bundle).ConditionalReferences.Count);
        Assert.False(TransactionPlan.From(bundle, new FhirLimits { BundleEntriesMax = 1 }).Try(out _, out var failure));
        Assert.Equal(("condition-invalid", "Bundle.entry[0].resource.member[2].entity.reference"), CodeAndPlace(failure));
    }

    [Fact]
    public void A_resource_alone_has_no_temporary_or_conditional_references()
    {
        using var fine = Read.Resource(Samples.Observation);
        Assert.Null(TransactionPlan.CheckAlone(fine));
        using var temporary = Read.Resource("""{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"}}""");
        Assert.Equal(("reference-unresolved", "Observation.subject.reference"), CodeAndPlace(TransactionPlan.CheckAlone(temporary)!));
        using var conditional = Read.Resource("""{"resourceType":"Observation","subject":{"reference":"Patient?identifier=a|b"}}""");
        Assert.Equal(("reference-unresolved", "Observation.subject.reference"), CodeAndPlace(TransactionPlan.CheckAlone(conditional)!));
    }

    [SyntheaFact]
    public void Every_synthea_bundle_is_planned()
    {
        foreach (var path in RealData.SyntheaBundles())
        {
            using var bundle = Read.Resource(File.ReadAllBytes(path));
            var plan = Plan(bundle);
            Assert.All(plan.Entries, e => Assert.Null(e.Failure));
            Assert.NotEmpty(plan.Entries);
        }
    }

    private static TransactionPlan Plan(FhirResource bundle)
    {
        Assert.True(TransactionPlan.From(bundle, Read.Limits).Try(out var plan, out var failure), failure?.Issues[0].ToString());
        return plan;
    }

    private static Failure Refused(FhirResource bundle)
    {
        Assert.False(TransactionPlan.From(bundle, Read.Limits).Try(out _, out var failure));
        return failure;
    }

    private static (string Code, string? Place) CodeAndPlace(Failure failure) => (failure.Issues[0].Code, failure.Issues[0].Expression);
}
