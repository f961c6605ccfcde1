using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Submit;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Exchange.Tests.Submit;

/// <summary>Nothing is opened before its entry is in the log, also where a write needs to look.</summary>
public sealed class WhatIsLoggedTests : IAsyncLifetime
{
    private TestHub Hub { get; } = new();

    [Fact]
    public async Task The_criteria_of_a_condition_are_logged_before_the_intent_and_the_match_names_its_patient()
    {
        var patient = await Hub.Patient();
        using var observation = TestHub.Observation(patient);
        var condition = TestHub.Condition("Observation", $"patient={patient}&code=8867-4");
        Assert.Equal(201, (await Hub.Acts.Submit.Create(TestHub.Ministry, "Observation", observation, condition, default)).Status);
        Hub.Entries();

        Assert.Equal(200, (await Hub.Acts.Submit.Create(TestHub.Ministry, "Observation", observation, condition, default)).Status);
        var entries = Hub.Entries();
        Assert.Equal([EntryKind.SearchAsked, EntryKind.WriteIntent, EntryKind.WriteOutcome], entries.Select(e => e.Kind));
        Assert.Equal(("create", "Observation?" + condition.Query, "system-scope"), (entries[0].Interaction, entries[0].Detail, entries[0].Reason));
        Assert.All(entries, e => Assert.Equal([patient], e.Patients.AsEnumerable()));
        Assert.Equal(0, entries[2].Hashes.Length);
    }

    [Fact]
    public async Task A_condition_that_a_search_would_be_refused_opens_nothing_and_logs_the_rule()
    {
        var patient = await Hub.Patient();
        using var observation = TestHub.Observation(patient);
        Hub.Entries();
        var refused = await Hub.Acts.Submit.Create(TestHub.Ankara, "Observation", observation, TestHub.Condition("Observation", $"patient={patient}&code=1"), default);
        Assert.Equal((403, "access-denied"), (refused.Status, refused.Failure!.Issues[0].Code));
        var entry = Assert.Single(Hub.Entries());
        Assert.Equal((EntryKind.Refusal, "clinician-required"), (entry.Kind, entry.Reason));
        Assert.Equal([patient], entry.Patients.AsEnumerable());
    }

    [Fact]
    public async Task One_exact_identifier_is_looked_up_without_an_entry_of_its_own()
    {
        using var patient = TestHub.Resource("""{"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"1"}]}""");
        var condition = TestHub.Condition("Patient", "identifier=urn:mrn|1");
        await Hub.Acts.Submit.Update(TestHub.Ankara, condition, patient, null, null, default);
        await Hub.Acts.Submit.Update(TestHub.Ankara, condition, patient, null, null, default);
        Assert.Equal([EntryKind.WriteIntent, EntryKind.WriteOutcome, EntryKind.WriteIntent, EntryKind.WriteOutcome], Hub.Entries().Select(e => e.Kind));
    }

    [Fact]
    public async Task A_patch_is_a_read_and_then_a_write()
    {
        var id = await Hub.Patient();
        Hub.Entries();
        var edit = PatchForms.Json("""[{"op":"replace","path":"/active","value":false}]"""u8.ToArray(), new FhirLimits());
        Assert.Equal(200, (await Hub.Acts.Submit.Patch(TestHub.Ankara, "patch", "Patient", id, edit, null, default)).Status);
        var entries = Hub.Entries();
        Assert.Equal([EntryKind.Read, EntryKind.WriteIntent, EntryKind.WriteOutcome], entries.Select(e => e.Kind));
        Assert.All(entries, e => Assert.Equal(("patch", id), (e.Interaction, e.ResourceId)));
        Assert.Equal(32, entries[2].Hashes.Length);

        await Hub.Acts.Submit.Patch(TestHub.Ankara, "patch", "Patient", id, edit, null, default);
        Assert.Equal(0, Hub.Entries()[2].Hashes.Length);
    }

    [Fact]
    public async Task A_patch_that_may_not_read_opens_nothing()
    {
        var id = await Hub.Patient();
        Hub.Entries();
        var onlyWrites = TestHub.Ankara with { Caller = TestHub.Ankara.Caller with { Scopes = ["system/*.cud"] } };
        var edit = PatchForms.Json("[]"u8.ToArray(), new FhirLimits());
        Assert.Equal(404, (await Hub.Acts.Submit.Patch(onlyWrites, "patch", "Patient", id, edit, null, default)).Status);
        Assert.Equal((EntryKind.Refusal, "scope-missing"), (Hub.Entries() is [var only] ? (only.Kind, only.Reason) : default));
    }

    [Fact]
    public async Task A_page_of_history_names_its_patients_before_bodies_are_opened()
    {
        var (one, two) = (await Hub.Patient(), await Hub.Patient());
        Hub.Entries();
        Assert.True(HistoryForm.Parse(QueryText.Parse("_count=5")).Try(out var form, out _));
        Assert.Equal(200, (await Hub.Acts.Walk.Execute(TestHub.Ministry, "Patient", form, default)).Status);
        var entries = Hub.Entries();
        Assert.Equal([EntryKind.SearchAsked, EntryKind.SearchReleased], entries.Select(e => e.Kind));
        Assert.Equal(("history-type", "Patient/_history?_count=5", 2), (entries[0].Interaction, entries[0].Detail, entries[1].Count));
        Assert.Equal(new[] { one, two }.Order(StringComparer.Ordinal), entries[1].Patients.AsEnumerable());
    }

    [Fact]
    public async Task Writers_under_searched_conditions_in_one_compartment_all_get_through()
    {
        var patient = await Hub.Patient();
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            using var observation = TestHub.Observation(patient);
            return await Hub.Acts.Submit.Create(TestHub.Ministry, "Observation", observation, TestHub.Condition("Observation", $"patient={patient}&status=amended&value-string=x{n}"), default);
        })));
        Assert.All(results, r => Assert.Equal(201, r.Status));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}
