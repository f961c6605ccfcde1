using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>What the store promises on every engine. An engine adds itself by a fixture.</summary>
public abstract class StoreSuite<TFixture> : IAsyncLifetime
    where TFixture : StoreFixture, new()
{
    protected TFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log); // opened before tests race for them
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task What_is_stored_comes_back_byte_for_byte()
    {
        var patient = Make.Patient("1");
        var observation = Make.Observation("p1", value: "13.500");
        var result = await Hub.Commit(Make.Ask(Make.Create(patient, "p1", "p1"), Make.Create(observation, "o1", "p1")));
        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.Equal(1, result.Sequence);
        Assert.Equal(64, result.EnvelopeHashes.Length);

        var read = await Hub.Read("Observation", "o1");
        Assert.Equal(ResourceWriter.Stamp(observation, "o1", 1, StoreFixture.Noon, null), read.Json.ToArray());
        Assert.Contains("\"value\":13.500", read.Text(), StringComparison.Ordinal);
        Assert.Equal(("Observation", "o1", 1, false, StoreFixture.Noon), (read.Type, read.Id, read.Version, read.Deleted, read.LastUpdated));

        var location = await Hub.Locate("Patient", "p1");
        Assert.Equal((CompartmentKind.Patient, "p1", "hospital-ankara", 1), (location.Compartment, location.CompartmentName, location.Submitter, location.Version));
        Assert.Null(await Hub.Store.Locate("Patient", "p2", default));
        Assert.Null(await Hub.Store.Locate("Observation", "p1", default));
    }

    [Fact]
    public async Task Versions_deletion_and_revival_are_one_history()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p1"), Make.Patient("2", "Öz"))));
        await Hub.Commit(Make.Ask("hospital-izmir", Make.Delete(await Hub.Locate("Patient", "p1"))));
        var deleted = await Hub.Locate("Patient", "p1");
        Assert.True(deleted.Deleted);
        Assert.Equal((3, "hospital-izmir"), (deleted.Version, deleted.Submitter));
        Assert.Empty((await Hub.Read(deleted)).Json.ToArray());
        Assert.Empty(await Hub.Store.LocateByIdentifier(new IdentifierCondition("Patient", "urn:test:mrn", "2"), default));

        await Hub.Commit(Make.Ask(Make.Update(deleted, Make.Patient("3"))));
        var ask = new HistoryAsk(await Hub.Locate("Patient", "p1"), 10, null);
        var (versions, total) = await Hub.Store.History(ask, RecordView.Everything, await Hub.Receipt(ask.Hash()), default);
        Assert.Equal(4, total);
        Assert.Equal([4, 3, 2, 1], versions.Select(v => v.Version));
        Assert.Equal([false, true, false, false], versions.Select(v => v.Deleted));
        Assert.Contains("Öz", versions[2].Text(), StringComparison.Ordinal);

        var page = new HistoryAsk(ask.Location, 2, 4);
        Assert.Equal([3, 2], (await Hub.Store.History(page, RecordView.Everything, await Hub.Receipt(page.Hash()), default)).Versions.Select(v => v.Version));
        var second = await Hub.Store.LocateVersion("Patient", "p1", 2, default);
        Assert.Contains("Öz", (await Hub.Read(second!)).Text(), StringComparison.Ordinal);
        Assert.Null(await Hub.Store.LocateVersion("Patient", "p1", 5, default));
    }

    [Fact]
    public async Task An_exact_identifier_finds_its_bearer_and_nobody_once_it_is_gone()
    {
        var one = new IdentifierCondition("Patient", "urn:test:mrn", "1");
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        Assert.Equal(["p1"], await Hub.Store.LocateByIdentifier(one, default));
        Assert.Empty(await Hub.Store.LocateByIdentifier(one with { System = "" }, default));
        Assert.Empty(await Hub.Store.LocateByIdentifier(one with { Type = "Organization" }, default));

        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p1"), Make.Patient("2"))));
        Assert.Empty(await Hub.Store.LocateByIdentifier(one, default));
        Assert.Equal(["p1"], await Hub.Store.LocateByIdentifier(one with { Value = "2" }, default));

        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p2", "p2"), Make.Create(Make.Patient("2"), "p3", "p3")));
        Assert.Equal(2, (await Hub.Store.LocateByIdentifier(one with { Value = "2" }, default)).Count);
    }

    [Fact]
    public async Task Parallel_conditional_creates_make_one_resource()
    {
        var condition = new IdentifierCondition("Patient", "urn:test:mrn", "same");
        var results = await Task.WhenAll(Enumerable.Range(0, 48).Select(n => Task.Run(() =>
            Hub.Commit(Make.Ask(Make.Create(Make.Patient("same"), $"p{n}", $"p{n}") with { IfNoneExist = condition })))));
        Assert.Single(results, r => r.Status == CommitStatus.Committed);
        Assert.Equal(47, results.Count(r => r is { Status: CommitStatus.Conflict, ConflictEntry: 0, Sequence: 0 }));
        Assert.Single(await Hub.Store.LocateByIdentifier(condition, default));
        Assert.Equal(1, await Hub.Store.LastSequence(default));
    }

    [Fact]
    public async Task Of_parallel_updates_of_one_version_one_wins_and_the_neighbours_in_its_group_are_unharmed()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        var current = await Hub.Locate("Patient", "p1");
        var race = Enumerable.Range(0, 24).Select(n => Task.Run(() => Hub.Commit(Make.Ask(Make.Update(current, Make.Patient("1", $"Race{n}"))))));
        var others = Enumerable.Range(0, 24).Select(n => Task.Run(() => Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), $"o{n}", "p1")))));
        var results = await Task.WhenAll(race.Concat(others));
        Assert.Equal(1, results[..24].Count(r => r.Status == CommitStatus.Committed));
        Assert.All(results[24..], r => Assert.Equal(CommitStatus.Committed, r.Status));
        Assert.Equal(2, (await Hub.Locate("Patient", "p1")).Version);
        Assert.Equal(26, await Hub.Store.LastSequence(default));
        Assert.Equal(26, results.Append(new CommitResult(CommitStatus.Committed, 1, default, -1, default)).Where(r => r.Sequence > 0).Select(r => r.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task A_create_under_an_id_that_exists_and_an_update_out_of_its_compartment_conflict()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1"), "o1", "p1")));
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")))).Status);
        var moved = Make.Update(await Hub.Locate("Observation", "o1"), Make.Observation("p2")) with { CompartmentName = "p2" };
        var result = await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p2", "p2"), moved));
        Assert.Equal((CommitStatus.Conflict, 1), (result.Status, result.ConflictEntry));
        Assert.Null(await Hub.Store.Locate("Patient", "p2", default));
        Assert.Null(await Hub.Store.Context("p2", Make.Relations, default));
    }

    [Fact]
    public async Task A_resolved_reference_must_still_mean_the_same()
    {
        var condition = new IdentifierCondition("Patient", "urn:test:mrn", "1");
        var resolved = new Dictionary<IdentifierCondition, string> { [condition] = "Patient/p1" };
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")).With(resolved: resolved))).Status);

        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p2", "p2")));
        var result = await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o2", "p1")).With(resolved: resolved));
        Assert.Equal((CommitStatus.Conflict, -1), (result.Status, result.ConflictEntry));
        Assert.Null(await Hub.Store.Locate("Observation", "o2", default));

        var own = new Dictionary<IdentifierCondition, string> { [condition with { Value = "new" }] = "Patient/p3" };
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Create(Make.Patient("new"), "p3", "p3")).With(resolved: own))).Status);
    }

    [Fact]
    public async Task A_retry_with_the_same_request_key_is_told_the_first_result_and_stores_nothing()
    {
        var first = await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")).With("hospital-ankara/r1", "told"u8.ToArray()));
        Assert.Equal(CommitStatus.Committed, first.Status);
        var second = await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p2", "p2")).With("hospital-ankara/r1", "never"u8.ToArray()));
        Assert.Equal((CommitStatus.Repeated, "told"), (second.Status, Encoding.UTF8.GetString(second.FirstResult.Span)));
        Assert.Null(await Hub.Store.Locate("Patient", "p2", default));
        Assert.Equal("told", Encoding.UTF8.GetString((await Hub.Store.FirstResult("hospital-ankara/r1", default))!.Value.Span));
        Assert.Null(await Hub.Store.FirstResult("hospital-izmir/r1", default));
    }

    [Fact]
    public async Task Nothing_is_opened_or_written_without_its_own_unused_receipt()
    {
        var ask = Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"));
        var other = await Hub.Receipt(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")).Hash());
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Commit(ask, other, default));
        Assert.Null(await Hub.Store.Locate("Patient", "p1", default));

        await Hub.Commit(ask);
        var read = new ReadAsk(await Hub.Locate("Patient", "p1"));
        var receipt = await Hub.Receipt(read.Hash());
        await Hub.Store.Read(read, receipt, default);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Read(read, receipt, default));
        var history = new HistoryAsk(read.Location, 1, null);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.History(history, RecordView.Everything, await Hub.Receipt(read.Hash()), default));
        var search = Make.InPatient(Make.Query("Patient", "p1"), "p1");
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Search(search, RecordView.Everything, await Hub.Receipt(read.Hash()), default));
        var page = await Hub.Search(search);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Open(page, await Hub.Receipt(search.Hash()), default));
    }

    [Fact]
    public async Task What_decides_access_follows_the_encounters_and_the_patient()
    {
        Assert.Null(await Hub.Store.Context("p1", Make.Relations, default));
        Assert.Equal((null, null), await Hub.Store.LocateToDecide("Patient", "p1", Make.Relations, default));
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        Assert.Equal(("hospital-ankara", 0), await Summary());
        await Hub.Commit(Make.Ask("hospital-izmir", Make.Create(Make.Encounter("p1", "in-progress"), "e1", "p1"), Make.Create(Make.Encounter("p1", "finished"), "e2", "p1")));
        Assert.Equal([("hospital-izmir", "e1")], (await Hub.Store.Context("p1", Make.Relations, default))!.OpenEncounters);
        Assert.Equal([("hospital-izmir", "e1")], (await Hub.Store.LocateToDecide("Patient", "p1", Make.Relations, default)).Patient!.OpenEncounters);
        await Hub.Commit(Make.Ask("hospital-izmir", Make.Update(await Hub.Locate("Encounter", "e1"), Make.Encounter("p1", "finished"))));
        Assert.Equal(("hospital-ankara", 0), await Summary());
        await Hub.Commit(Make.Ask("hospital-ankara", Make.Delete(await Hub.Locate("Patient", "p1"))));
        Assert.Equal((null, 0), await Summary());

        async Task<(string?, int)> Summary()
        {
            // Both ways of asking, and the one that is not kept first.
            var (location, decided) = await Hub.Store.LocateToDecide("Patient", "p1", Make.Relations, default);
            var context = await Hub.Store.Context("p1", Make.Relations, default);
            Assert.Equal((context!.PatientSubmitter, context.OpenEncounters.Count), (decided!.PatientSubmitter, decided.OpenEncounters.Count));
            Assert.Equal("p1", location!.CompartmentName);
            return (context.PatientSubmitter, context.OpenEncounters.Count);
        }
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        var first = await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")).With("k", "r"u8.ToArray()));
        var before = (await Hub.Read("Patient", "p1")).Json.ToArray();
        await Hub.CloseStore();
        Assert.Equal(before, (await Hub.Read("Patient", "p1")).Json.ToArray());
        Assert.Equal(1, await Hub.Store.LastSequence(default));
        var under = await Hub.Store.CommittedUnder(StoreFixture.Origin, 0, default);
        Assert.Equal((1, Convert.ToHexString(first.EnvelopeHashes.Span)), (under!.Value.Sequence, Convert.ToHexString(under.Value.EnvelopeHashes.Span)));
        Assert.Null(await Hub.Store.CommittedUnder(StoreFixture.Origin, 1, default));
        Assert.Equal(2, (await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o1", "p1")))).Sequence);
    }

    [Fact]
    public async Task A_commit_of_nothing_is_a_commit()
    {
        var result = await Hub.Commit(Make.Ask());
        Assert.Equal((CommitStatus.Committed, 1, 0), (result.Status, result.Sequence, result.EnvelopeHashes.Length));
        Assert.Equal(0, (await Hub.Store.CommittedUnder(StoreFixture.Origin, 0, default))!.Value.EnvelopeHashes.Length);
    }

    [Fact]
    public async Task An_ask_that_contradicts_itself_is_a_bug_and_stores_nothing()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        var current = await Hub.Locate("Patient", "p1");
        await Assert.ThrowsAsync<ArgumentException>(() => Hub.Commit(Make.Ask(Make.Update(current, Make.Patient("1")) with { Version = 3 })));
        await Assert.ThrowsAsync<ArgumentException>(() => Hub.Commit(Make.Ask(Make.Update(current, Make.Patient("1")) with { Id = "p2" })));
        Assert.Equal(1, (await Hub.Locate("Patient", "p1")).Version);
    }
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteStoreTests : StoreSuite<SqliteFixture>;
