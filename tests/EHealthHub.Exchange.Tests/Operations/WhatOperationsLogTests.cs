using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Operations;

/// <summary>Operations over many resources: who may, and what the log says before anything is opened.</summary>
public sealed class WhatOperationsLogTests : IAsyncLifetime
{
    private TestHub Hub { get; } = new();

    [Fact]
    public async Task The_labels_of_a_type_are_asked_before_facts_are_opened_and_counted_after()
    {
        await Hub.Patient();
        await Hub.Patient();
        Hub.Entries();
        Assert.Equal(200, (await Hub.Acts.MetaInUse.Execute(TestHub.Ministry, "Patient", default)).Status);
        var entries = Hub.Entries();
        Assert.Equal([EntryKind.SearchAsked, EntryKind.SearchReleased], entries.Select(e => e.Kind));
        Assert.Equal(("$meta", "Patient/$meta", 2), (entries[0].Interaction, entries[0].Detail, entries[1].Count));
        Assert.All(entries, e => Assert.Empty(e.Patients));
    }

    [Fact]
    public async Task Others_open_nothing_and_the_rule_is_logged()
    {
        await Hub.Patient();
        Hub.Entries();
        Assert.Equal(403, (await Hub.Acts.MetaInUse.Execute(TestHub.Ankara, null, default)).Status);
        var noSearch = TestHub.Ministry with { Caller = TestHub.Ministry.Caller with { Scopes = ["system/*.cud"] } };
        Assert.Equal(403, (await Hub.Acts.MetaInUse.Execute(noSearch, "Patient", default)).Status);
        Assert.Equal(403, (await Hub.Acts.Everything.Execute(TestHub.Ankara, [], default)).Status);
        Assert.Equal(["system-scope-required", "scope-missing", "patient-required"], Hub.Entries().Select(e => e.Reason));
    }

    [Fact]
    public async Task A_citizen_gets_the_own_record_and_nobody_elses()
    {
        const string number = "10000000146";
        using var patient = TestHub.Resource("{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" + DecisionFacts.NationalIdSystem + "\",\"value\":\"" + number + "\"}]}");
        var own = TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ankara, "Patient", patient, null, default));
        var other = await Hub.Patient();
        Hub.Entries();
        var citizen = TestHub.Ministry with { Caller = new Caller { Person = "citizen", PersonKind = PersonKind.Citizen, NationalId = number, Scopes = ["patient/*.rs"], Purpose = "PATRQT", Certificate = new string('0', 64) } };

        var result = await Hub.Acts.Everything.Execute(citizen, [], default);
        Assert.Equal(200, result.Status);
        var text = Encoding.UTF8.GetString(result.Body.Span);
        Assert.Contains(own, text, StringComparison.Ordinal);
        Assert.DoesNotContain(other, text, StringComparison.Ordinal);
        Assert.All(Hub.Entries(), e => Assert.Equal([own], e.Patients.AsEnumerable()));

        var stranger = citizen with { Caller = citizen.Caller with { NationalId = "10000000078" } };
        Assert.Equal(404, (await Hub.Acts.Everything.Execute(stranger, [], default)).Status);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}
