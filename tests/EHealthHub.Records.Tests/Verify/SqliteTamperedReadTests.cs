using System.Text;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;

namespace EHealthHub.Records.Tests.Verify;

/// <summary>Somebody who can write to the database makes the hub say that it is unavailable, never something that is not so.</summary>
public sealed class SqliteTamperedReadTests : IAsyncLifetime
{
    private SqliteFixture Hub { get; } = new();

    public async Task InitializeAsync() => await SqliteTamper.Fill(Hub);

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Theory]
    [InlineData("body=(SELECT body FROM version WHERE slot=2 AND version=1)")] // an earlier version's
    [InlineData("body=(SELECT v.body FROM version v JOIN compartment c USING (compartment_key) WHERE c.number=2 AND v.slot=2)")] // another patient's
    [InlineData("body=(SELECT v.facts FROM version v WHERE v.slot=2 AND v.version=2)")]
    [InlineData("body=substr(body, 1, length(body)-1)")]
    [InlineData("body=body || x'00'")]
    [InlineData("body=x''")]
    [InlineData("time=time-1")]
    [InlineData("flags=flags|1")]
    [InlineData("submitter=3-submitter")]
    [InlineData("previous=randomblob(32)")]
    [InlineData("epoch=2")]
    public async Task A_changed_or_swapped_version_does_not_open(string change)
    {
        Assert.Equal(1, SqliteTamper.Sql(Hub.Folder, "records.db", $"UPDATE version SET {change} WHERE slot=2 AND version=2"));
        await Assert.ThrowsAsync<RecordsTamperedException>(() => Hub.Read("Observation", "o1"));
    }

    [Fact]
    public async Task No_bit_of_an_envelope_can_be_changed()
    {
        var location = await Hub.Locate("Observation", "o1");
        for (var at = 0; at < location.Row.Body.Length; at += 3)
        {
            location.Row.Body[at] ^= 0x10;
            await Assert.ThrowsAsync<RecordsTamperedException>(() => Hub.Read(location));
            location.Row.Body[at] ^= 0x10;
        }

        Assert.Contains("14.0", (await Hub.Read(location)).Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE version SET facts=(SELECT v.facts FROM version v WHERE v.slot=2 AND v.version=1) WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET hash=randomblob(32) WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET flags=flags+2 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET flags=flags|65536 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE token SET slots=x'0505050505'")]
    [InlineData("UPDATE token SET slots=x'ff'")]
    public async Task Changed_facts_or_an_index_that_points_to_nothing_end_the_search(string sql)
    {
        SqliteTamper.Sql(Hub.Folder, "records.db", sql);
        await Assert.ThrowsAsync<RecordsTamperedException>(() => Hub.Search(Make.InPatient(Make.Query("Observation", "p1"), "p1")));
    }

    [Fact]
    public async Task An_id_or_identifier_that_was_turned_to_somebody_else_gives_nobody_away()
    {
        SqliteTamper.Sql(Hub.Folder, "records.db", "UPDATE national_token SET slot=CASE slot WHEN 1 THEN 2 WHEN 2 THEN 1 WHEN 4 THEN 3 ELSE slot END");
        foreach (var (type, id) in new[] { ("Patient", "p1"), ("Patient", "p2"), ("Observation", "o1"), ("Observation", "o3"), ("Encounter", "e1"), ("Organization", "org1") })
        {
            await Assert.ThrowsAsync<RecordsTamperedException>(() => Hub.Read(type, id));
        }

        await Assert.ThrowsAsync<RecordsTamperedException>(async () => await Hub.Store.LocateByIdentifier(new IdentifierCondition("Patient", "urn:test:mrn", "1"), default));
    }

    [Theory]
    [InlineData("UPDATE compartment SET mac=randomblob(32)")]
    [InlineData("UPDATE compartment SET counter=counter-1")]
    [InlineData("UPDATE compartment SET contents=randomblob(32)")]
    public async Task Nothing_is_decided_or_written_on_a_manifest_that_was_changed(string sql)
    {
        SqliteTamper.Sql(Hub.Folder, "records.db", sql);
        await Assert.ThrowsAsync<RecordsTamperedException>(async () => await Hub.Store.Context("p1", Make.Relations, default));
        await Assert.ThrowsAsync<RecordsTamperedException>(() => Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o9", "p1"))));
        Assert.Null(await Hub.Store.Locate("Observation", "o9", default));
    }

    [Theory]
    [InlineData("UPDATE wrapped_key SET wrapped=(SELECT wrapped FROM wrapped_key w WHERE w.handle=(SELECT max(handle) FROM wrapped_key))")]
    [InlineData("DELETE FROM wrapped_key")]
    public async Task Without_its_own_key_nothing_of_a_compartment_is_told(string sql)
    {
        SqliteTamper.Sql(Hub.Folder, "keys.db", sql);
        var refused = 0;
        foreach (var (type, id) in new[] { ("Observation", "o1"), ("Observation", "o3"), ("Organization", "org1"), ("Group", "g1") })
        {
            try
            {
                await Hub.Read(type, id);
            }
            catch (RecordsTamperedException exception)
            {
                Assert.NotEqual(0, exception.CompartmentKey);
                refused++;
            }
        }

        Assert.True(refused >= 3); // the one whose key was copied over the others still has it
    }

    [Fact]
    public async Task A_damaged_file_makes_the_store_unavailable()
    {
        var path = Path.Combine(Hub.Folder, "db", "records.db");
        var bytes = File.ReadAllBytes(path);
        Encoding.ASCII.GetBytes("nonsense").CopyTo(bytes, 0);
        File.WriteAllBytes(path, bytes);
        await Assert.ThrowsAnyAsync<RecordsUnavailableException>(() => Hub.Read("Patient", "p1"));
    }

    [Fact]
    public void Two_processes_cannot_hold_one_store()
    {
        _ = Hub.Store;
        Assert.Throws<RecordsUnavailableException>(() => Hub.OpenStore(Hub.Folder));
    }
}
