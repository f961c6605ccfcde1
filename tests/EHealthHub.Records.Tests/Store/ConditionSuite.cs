using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>Writes under a condition: what it was decided on must still stand when they are applied.</summary>
public abstract class ConditionSuite<TFixture> : IAsyncLifetime
    where TFixture : StoreFixture, new()
{
    protected TFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task A_condition_in_a_compartment_holds_until_somebody_writes_there()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Patient("2"), "p2", "p2")));
        var ask = Make.InPatient(Make.Query("Observation", "p1", Make.Token("code", null, "718-7")), "p1");
        var (matches, decided) = await Hub.Decide(ask);
        Assert.Empty(matches);

        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p2"), "o2", "p2")));
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).On(decided))).Status);

        var again = await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o3", "p1")).On(decided));
        Assert.Equal((CommitStatus.Conflict, -1), (again.Status, again.ConflictEntry));
        Assert.Null(await Hub.Store.Locate("Observation", "o3", default));
        (matches, _) = await Hub.Decide(ask);
        Assert.Equal("o1", Assert.Single(matches).Location.Id);
    }

    [Fact]
    public async Task A_condition_on_a_compartment_that_is_not_there_holds_until_it_is()
    {
        var (_, decided) = await Hub.Decide(Make.InPatient(Make.Query("Observation", "p1"), "p1"));
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")).On(decided))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).On(decided))).Status);
    }

    [Fact]
    public async Task A_condition_by_identifier_rests_on_its_bearers_alone()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        var (_, none) = await Hub.Store.DecideByIdentifier(new IdentifierCondition("Patient", "urn:test:mrn", "2"), default);
        var (ids, one) = await Hub.Store.DecideByIdentifier(new IdentifierCondition("Patient", "urn:test:mrn", "1"), default);
        Assert.Equal(["p1"], ids);

        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).On(none, one))).Status);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p2", "p2")).On(none, one))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p3", "p3")).On(none))).Status);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p1"), Make.Patient("9"))).On(one))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o2", "p1")).On(one))).Status);
    }

    [Fact]
    public async Task A_condition_by_identifier_and_more_rests_on_the_bearers_as_they_are()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Patient("2"), "p2", "p2")));
        var query = Make.Query("Patient", null, Make.Token("identifier", "urn:test:mrn", "1"), Make.Token("gender", null, "female"));
        var (_, decided) = await Hub.Decide(Make.Everywhere(query));

        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p2"), Make.Patient("2", "Ak"))).On(decided))).Status);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p1"), Make.Patient("1", "Ak"))).On(decided))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).On(decided))).Status);
    }

    [Fact]
    public async Task A_condition_over_all_patients_holds_until_anything_is_written()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        var (_, decided) = await Hub.Decide(Make.Everywhere(Make.Query("Patient", null, Make.Token("gender", null, "male"))));
        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")));
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p2", "p2")).On(decided))).Status);
    }

    [Fact]
    public async Task A_change_of_a_linked_resource_of_an_institution_is_noticed_in_the_patients_condition()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Patient("2"), "p2", "p2")));
        var group = Make.Create(Make.Group("p1", "p2"), "g1", CompartmentKind.Institution, "hospital-ankara") with { LinkedPatients = ["p1", "p2"] };
        await Hub.Commit(Make.Ask(group));
        var (matches, decided) = await Hub.Decide(Make.InPatient(Make.Query("Group", "p1"), "p1"));
        Assert.Single(matches);

        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Group", "g1"), Make.Group("p1", "p2")) with { LinkedPatients = ["p1", "p2"] }));
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).On(decided))).Status);
    }

    [Fact]
    public async Task Of_parallel_writes_on_one_condition_exactly_one_is_applied()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        var (_, decided) = await Hub.Decide(Make.InPatient(Make.Query("Observation", "p1", Make.Token("code", null, "718-7")), "p1"));
        var results = await Task.WhenAll(Enumerable.Range(0, 48).Select(n => Task.Run(() => Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), $"o{n}", "p1")).On(decided)))));
        Assert.Single(results, r => r.Status == CommitStatus.Committed);
        Assert.Equal(47, results.Count(r => r.Status == CommitStatus.Conflict));
    }

    [Fact]
    public async Task An_ask_with_other_grounds_is_another_ask()
    {
        var (_, decided) = await Hub.Store.DecideByIdentifier(new IdentifierCondition("Patient", "urn:test:mrn", "1"), default);
        var ask = Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"));
        Assert.NotEqual(ask.Hash(), ask.On(decided).Hash());
    }
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteConditionTests : ConditionSuite<SqliteFixture>;
