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
        Assert.Equal(new IdentifierCondition("Patient", "urn:x", "1"), plan.Entries[1].IfNoneExist);
        Assert.Equal("urn:uuid:0b5d1a2c-0000-4000-8000-000000000002", plan.Entries[2].FullUrl);
        Assert.Equal("Encounter", plan.Entries[2].Resource!.Type);
        Assert.Equal(("b", 3), (plan.Entries[3].Id, plan.Entries[3].IfMatch));
        Assert.Equal(("Patient", "Patient?name=kaya"), (plan.Entries[4].Type, plan.Entries[4].Url));
        Assert.Equal(new IdentifierCondition("Organization", "urn:o", "9"), Assert.Single(plan.ConditionalReferences).Value);
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
    [InlineData("""{"request":{"method":"PATCH","url":"Patient/1"}}""", 400, "bundle-method", "Bundle.entry[1].request.method")]
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
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1","ifMatch":"W/\"-3\""},"resource":{"resourceType":"Patient","id":"1"}}""", 400, "if-match", "Bundle.entry[1].request.ifMatch")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"},"resource":{}}""", 400, "resource-type-missing", "Bundle.entry[1].resource.resourceType")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Group"}}""", 400, "bundle-entry", "Bundle.entry[1].resource.resourceType")]
    [InlineData("""{"fullUrl":"http://a/Patient/1","request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient","id":"2"}}""", 400, "bundle-entry", "Bundle.entry[1].fullUrl")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", 400, "bundle-entry", "Bundle.entry[1].resource")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient?identifier=a|b"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient?identifier=a|b"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.url")]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/1","ifNoneMatch":"*"},"resource":{"resourceType":"Patient","id":"1"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.ifNoneMatch")]
    [InlineData("""{"request":{"method":"POST","url":"Patient","ifNoneExist":"name=kaya"},"resource":{"resourceType":"Patient"}}""", 412, "condition-not-supported", "Bundle.entry[1].request.ifNoneExist")]
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
    public void Every_fault_of_a_transaction_is_told_at_once()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient?x=1"}},{},{"request":{"method":"GET","url":"x"}}]}""");
        var failure = Refused(bundle);
        Assert.Equal(412, failure.Status);
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
        Assert.Equal(("reference-ambiguous", "Bundle.entry[2].resource.subject.reference"), CodeAndPlace(Refused(mixed)));
    }

    [Theory]
    [InlineData("Patient?name=kaya", 412)]
    [InlineData("Patients?identifier=a|b", 412)]
    [InlineData("Patient?identifier=a|b&active=true", 412)]
    public void Other_conditional_references_are_refused_by_name(string reference, int status)
    {
        using var bundle = Read.Resource($$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Observation","subject":{"reference":"{{{reference}}}"}},"request":{"method":"POST","url":"Observation"}}]}""");
        var failure = Refused(bundle);
        Assert.Equal((status, "condition-not-supported", "Bundle.entry[0].resource.subject.reference"), (failure.Status, failure.Issues[0].Code, failure.Issues[0].Expression));
    }

    [Fact]
    public void Too_many_conditional_references_are_refused()
    {
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Group","member":[{"entity":{"reference":"Patient?identifier=a|1"}},{"entity":{"reference":"Patient?identifier=a|1"}},{"entity":{"reference":"Patient?identifier=a|2"}}]},"request":{"method":"POST","url":"Group"}}]}""");
        Assert.Equal(2, Plan(bundle).ConditionalReferences.Count);
        Assert.False(TransactionPlan.From(bundle, new FhirLimits { BundleEntriesMax = 1 }).Try(out _, out var failure));
        Assert.Equal(("condition-not-supported", "Bundle.entry[0].resource.member[2].entity.reference"), CodeAndPlace(failure));
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
