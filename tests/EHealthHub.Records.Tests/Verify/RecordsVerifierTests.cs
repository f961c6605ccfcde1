using System.Security.Cryptography;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;
using EHealthHub.Records.Verify;

namespace EHealthHub.Records.Tests.Verify;

public sealed class RecordsVerifierTests : IAsyncLifetime
{
    private SqliteFixture Hub { get; } = new();

    public async Task InitializeAsync() => await SqliteTamper.Fill(Hub);

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public void A_sound_hub_is_whole_and_everything_in_it_was_looked_at()
    {
        var report = SqliteTamper.Verify(Hub);
        Assert.Empty(report.Problems);
        Assert.Equal((4, 10, 6, 0), (report.Compartments, report.Versions, report.Commits, report.OpenCommits));
    }

    [Theory]
    [InlineData("UPDATE version SET body=(SELECT body FROM version WHERE slot=2 AND version=2) WHERE slot=2 AND version=1")]
    [InlineData("UPDATE version SET facts=(SELECT v.facts FROM version v WHERE v.slot=3 AND v.version=1) WHERE slot=2 AND version=1")]
    [InlineData("UPDATE version SET time=time+1 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET flags=flags|1 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET flags=flags+2 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET flags=flags|65536 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET submitter=3-submitter WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET epoch=2 WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET hash=randomblob(32) WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET previous=NULL WHERE slot=2 AND version=2")]
    [InlineData("UPDATE version SET version=3 WHERE slot=2 AND version=2")]
    [InlineData("DELETE FROM version WHERE slot=2 AND version=2")]
    [InlineData("DELETE FROM version WHERE slot=2 AND version=1")]
    [InlineData("DELETE FROM version WHERE slot=4")]
    [InlineData("UPDATE version SET slot=9 WHERE slot=4")]
    [InlineData("INSERT INTO version SELECT compartment_key, slot+20, version, flags, time, submitter, epoch, previous, hash, facts, body FROM version WHERE slot=4")]
    [InlineData("INSERT INTO version SELECT 12345, slot, version, flags, time, submitter, epoch, previous, hash, facts, body FROM version WHERE slot=4")]
    [InlineData("DELETE FROM token WHERE token=(SELECT min(token) FROM token)")]
    [InlineData("UPDATE token SET slots=x'03'")]
    [InlineData("UPDATE token SET token=token+1 WHERE token=(SELECT max(token) FROM token)")]
    [InlineData("INSERT INTO token VALUES (777, 1, 0, x'00')")]
    [InlineData("DELETE FROM national_token WHERE token=(SELECT min(token) FROM national_token)")]
    [InlineData("UPDATE national_token SET slot=slot+1 WHERE token=(SELECT max(token) FROM national_token)")]
    [InlineData("INSERT INTO national_token SELECT randomblob(16), compartment_key, slot FROM national_token LIMIT 1")]
    [InlineData("DELETE FROM token_link WHERE token=(SELECT min(token) FROM token_link)")]
    [InlineData("INSERT INTO token_link SELECT compartment_key, token+1, home_key, slot FROM token_link WHERE token=(SELECT min(token) FROM token_link)")]
    [InlineData("UPDATE compartment SET counter=counter-1 WHERE number=1")]
    [InlineData("UPDATE compartment SET contents=randomblob(32) WHERE number=1")]
    [InlineData("UPDATE compartment SET mac=randomblob(32) WHERE number=2")]
    [InlineData("UPDATE compartment SET next_slot=next_slot+1 WHERE number=1")]
    [InlineData("UPDATE compartment SET kind=2 WHERE number=1")]
    [InlineData("UPDATE compartment SET name=(SELECT name FROM compartment WHERE number=2) WHERE number=1")]
    [InlineData("UPDATE compartment SET handle=randomblob(16) WHERE number=1")]
    [InlineData("UPDATE compartment SET number=9 WHERE number=3")]
    [InlineData("UPDATE compartment SET compartment_key=5 WHERE number=3")]
    [InlineData("DELETE FROM compartment WHERE number=3")]
    [InlineData("UPDATE party SET name=randomblob(200) WHERE ref=1")]
    [InlineData("UPDATE party SET ref=3-ref+10; UPDATE party SET ref=ref-10")]
    [InlineData("DELETE FROM party WHERE ref=2")]
    [InlineData("UPDATE commit_log SET hashes=randomblob(64) WHERE sequence=2")]
    [InlineData("UPDATE commit_log SET intent=intent+100 WHERE sequence=2")]
    [InlineData("UPDATE commit_log SET request=NULL WHERE sequence=1")]
    [InlineData("UPDATE commit_log SET request=randomblob(16) WHERE sequence=1")]
    [InlineData("UPDATE commit_log SET result=randomblob(200) WHERE sequence=1")]
    [InlineData("UPDATE commit_log SET mac=randomblob(32) WHERE sequence=3")]
    [InlineData("DELETE FROM commit_log WHERE sequence=3")]
    [InlineData("DELETE FROM commit_log WHERE sequence=6")]
    [InlineData("UPDATE log SET origin=x'6162'")]
    [InlineData("INSERT INTO log VALUES (9, x'6162')")]
    [InlineData("DROP INDEX \"IX_compartment_number\"")]
    [InlineData("CREATE TABLE note (text TEXT)")]
    [InlineData("PRAGMA user_version=9")]
    public void Whatever_somebody_changes_in_the_records_is_found(string sql)
    {
        SqliteTamper.Sql(Hub.Folder, "records.db", sql);
        Assert.NotEmpty(SqliteTamper.Verify(Hub).Problems);
    }

    [Theory]
    [InlineData("DELETE FROM wrapped_key WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    [InlineData("UPDATE wrapped_key SET wrapped=randomblob(length(wrapped)) WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    [InlineData("UPDATE wrapped_key SET wrapped=(SELECT wrapped FROM wrapped_key w WHERE w.handle=(SELECT max(handle) FROM wrapped_key)) WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    [InlineData("UPDATE wrapped_key SET epoch=2 WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    [InlineData("UPDATE wrapped_key SET kek=2 WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    [InlineData("UPDATE wrapped_key SET handle=randomblob(16) WHERE handle=(SELECT min(handle) FROM wrapped_key)")]
    public void Whatever_somebody_changes_in_the_keys_is_found(string sql)
    {
        SqliteTamper.Sql(Hub.Folder, "keys.db", sql);
        Assert.NotEmpty(SqliteTamper.Verify(Hub).Problems);
    }

    [Theory]
    [InlineData("records.db", 1)]
    [InlineData("keys.db", 1)]
    public void A_changed_byte_of_a_file_is_found_wherever_it_means_anything(string file, int bit)
    {
        var copy = SqliteTamper.CopyDatabase(Hub);
        var path = Path.Combine(copy, "db", file);
        var bytes = File.ReadAllBytes(path);
        var meaning = SqliteTamper.Meaning(copy, file);
        Assert.NotNull(meaning);
        var found = 0;
        var step = bytes.Length / 500;
        for (var at = 0; at < bytes.Length; at += at < 200 ? 1 : step)
        {
            bytes[at] ^= (byte)bit;
            File.WriteAllBytes(path, bytes);
            if (SqliteTamper.Verify(Hub, copy).Problems.Length > 0)
            {
                found++;
            }
            else
            {
                Assert.True(meaning == SqliteTamper.Meaning(copy, file), $"byte {at} changes what {file} says and was not found");
            }

            bytes[at] ^= (byte)bit;
        }

        Assert.True(found > 20, $"only {found} were found at all");
    }

    [Theory]
    [InlineData("records.db")]
    [InlineData("keys.db")]
    public void A_cut_emptied_or_missing_file_is_found(string file)
    {
        var path = Path.Combine(Hub.Folder, "db", file);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { bytes.Length - 4_096, bytes.Length / 2, 100, 0 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.NotEmpty(SqliteTamper.Verify(Hub).Problems);
        }

        File.Delete(path);
        Assert.Contains(SqliteTamper.Verify(Hub).Problems, p => p.Where == file);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_database_put_back_to_an_earlier_state_is_found_by_the_log()
    {
        var earlier = SqliteTamper.CopyDatabase(Hub);
        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o9", "p1")));
        await Hub.CloseStore();
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
        var problem = Assert.Single(SqliteTamper.Verify(Hub, earlier).Problems);
        Assert.Contains("rolled back", problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_the_log_does_not_tell_of_is_found_unless_it_is_the_last_before_a_crash()
    {
        var ask = Make.Ask(Make.Create(Make.Observation("p1"), "o8", "p1"));
        await Hub.Store.Commit(ask, await Hub.Receipt(ask.Hash()), default); // no outcome
        await Hub.CloseStore();
        var open = SqliteTamper.Verify(Hub);
        Assert.True(open.Whole);
        Assert.Equal(1, open.OpenCommits);

        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o9", "p1")));
        await Hub.CloseStore();
        Assert.Contains(SqliteTamper.Verify(Hub).Problems, p => p.Problem.Contains("does not tell", StringComparison.Ordinal));
    }

    [Fact]
    public void Outcomes_in_several_entries_are_one_commit()
    {
        var parts = Hub.Outcomes().SelectMany(o => Enumerable.Range(0, o.Hashes.Length / 32).Select(i => new CommitOutcome(StoreFixture.Origin, o.IntentIndex, o.CommitSequence, o.Hashes.Slice(i * 32, 32)))).ToList();
        Assert.True(RecordsVerifier.Verify(Hub.Folder, StoreFixture.Hub, Hub.Vault, parts).Whole);
        parts.RemoveAt(1);
        Assert.False(RecordsVerifier.Verify(Hub.Folder, StoreFixture.Hub, Hub.Vault, parts).Whole);
        Assert.True(RecordsVerifier.Verify(Hub.Folder, StoreFixture.Hub, Hub.Vault, null).Whole);
    }

    [Fact]
    public void Verifying_changes_no_byte_and_leaves_no_file()
    {
        var before = Snapshot();
        SqliteTamper.Verify(Hub);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_running_hub_can_be_verified_and_so_can_what_a_crash_left()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), "o9", "p1")));
        Assert.True(new FileInfo(Path.Combine(Hub.Folder, "db", "records.db-wal")).Length > 0);
        var running = SqliteTamper.Verify(Hub);
        Assert.Empty(running.Problems);
        Assert.Equal(11, running.Versions);

        var crashed = SqliteTamper.CopyDatabase(Hub); // database and log as they lie, nothing closed
        var files = Directory.GetFiles(crashed, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));
        var left = SqliteTamper.Verify(Hub, crashed);
        Assert.Empty(left.Problems);
        Assert.Equal(11, left.Versions);
        Assert.Equal(files, Directory.GetFiles(crashed, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))));
    }

    [Fact]
    public async Task Copies_taken_at_any_moment_under_load_are_whole_and_hold_all_that_was_acknowledged()
    {
        _ = Hub.Store;
        using var stop = new CancellationTokenSource();
        var acknowledged = 0L;
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                var result = await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), $"w{w}-{n}", "p1")));
                InterlockedMax(ref acknowledged, result.Sequence);
            }
        })).ToArray();
        for (var i = 0; i < 8; i++)
        {
            await Task.Delay(20);
            var due = Interlocked.Read(ref acknowledged);
            var crash = SqliteTamper.CopyDatabase(Hub);
            var report = RecordsVerifier.Verify(crash, StoreFixture.Hub, Hub.Vault, null);
            Assert.Empty(report.Problems);
            Assert.True(report.Commits >= due, $"{due} were acknowledged, {report.Commits} are there");
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);

        static void InterlockedMax(ref long target, long value)
        {
            for (var seen = Interlocked.Read(ref target); value > seen;)
            {
                var was = Interlocked.CompareExchange(ref target, value, seen);
                seen = was == seen ? value : was;
            }
        }
    }

    [Fact]
    public void Another_hub_or_another_vault_finds_nothing_that_it_could_take_for_whole()
    {
        var other = StoreFixture.Hub with { Id = Guid.Parse("11111111-8a4e-4d47-9a3b-5f6f0f1c2d3e") };
        Assert.False(RecordsVerifier.Verify(Hub.Folder, other, Hub.Vault, null).Whole);
    }

    private List<string> Snapshot() =>
        [.. Directory.GetFiles(Path.Combine(Hub.Folder, "db")).Order(StringComparer.Ordinal).Select(f => Path.GetFileName(f) + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))))];
}
