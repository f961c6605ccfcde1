using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Verify;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Tests.Store;

/// <summary>Content beside versions: received in chunks, visible with its commit, gone when nothing names it.</summary>
public sealed class SqliteContentTests : IAsyncLifetime
{
    private SqliteFixture Hub { get; } = new();

    public async Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(ContentSeal.ChunkBytes - 1)]
    [InlineData(ContentSeal.ChunkBytes)]
    [InlineData(ContentSeal.ChunkBytes + 1)]
    [InlineData((3 * ContentSeal.ChunkBytes) + 77_777)]
    public async Task What_was_received_is_read_again_byte_for_byte(int length)
    {
        var bytes = ContentMake.Bytes(length);
        Assert.Equal(CommitStatus.Committed, (await ContentMake.Create(Hub, "b1", bytes)).Status);

        var version = await Hub.Read("Binary", "b1");
        Assert.Equal(length, version.Content!.Length);
        Assert.DoesNotContain("data", version.Text(), StringComparison.Ordinal);
        Assert.Equal(ContentMake.Hash(bytes), ContentMake.Hash(await ContentMake.Content(Hub, version)));
        Assert.Equal(0, Uploads());
        await Hub.CloseStore();
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
        Assert.Equal(ContentMake.Hash(bytes), ContentMake.Hash(await ContentMake.Content(Hub, "b1")));
    }

    [Fact]
    public async Task Content_of_a_patient_who_is_new_lies_under_the_key_that_the_patient_gets()
    {
        var bytes = ContentMake.Bytes(300_000);
        await using var upload = await ContentMake.Upload(Hub, bytes, "p9");
        var content = await upload.Finish(default);
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("9"), "p9", "p9"), Make.Create(Make.Resource(ContentMake.Stub), "b9", "p9") with { Content = content }));
        Assert.Equal(ContentMake.Hash(bytes), ContentMake.Hash(await ContentMake.Content(Hub, "b9")));
    }

    [Fact]
    public async Task An_upload_that_is_given_up_leaves_nothing()
    {
        await using (await ContentMake.Upload(Hub, ContentMake.Bytes(900_000)))
        {
            Assert.Equal(3, Chunks());
        }

        await using (var finished = await ContentMake.Upload(Hub, ContentMake.Bytes(900_000)))
        {
            await finished.Finish(default);
            Assert.Equal(4, Chunks());
        }

        Assert.Equal((0, 0), (Chunks(), Uploads()));
    }

    [Fact]
    public async Task A_sweep_takes_what_a_crash_left_and_neither_what_is_under_way_nor_what_is_named()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(600_000));
        await using (var cut = await ContentMake.Upload(Hub, ContentMake.Bytes(40 * ContentSeal.ChunkBytes)))
        {
            // As a killed process leaves it: the rows are there, and nobody is left who knows of them.
            Hub.Store.Contents.Forget(Id(await cut.Finish(default)));
            await using var going = await ContentMake.Upload(Hub, ContentMake.Bytes(600_000));
            Assert.Equal(1, await Hub.Store.Contents.Sweep(default));
            Assert.Equal(0, await Hub.Store.Contents.Sweep(default));
            Assert.Equal(3 + 2, Chunks());
            Assert.Equal(1, Uploads());
        }

        Assert.Equal(600_000, (await ContentMake.Content(Hub, "b1")).Length);
    }

    [Fact]
    public async Task A_crash_between_commit_and_settling_loses_nothing()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(600_000));
        var id = Id((await Hub.Read("Binary", "b1")).Content!);
        SqliteTamper.Sql(Hub.Folder, "contents.db", $"INSERT INTO upload (content, compartment) SELECT content, compartment FROM chunk WHERE content=x'{id:x32}' LIMIT 1");
        Assert.Equal(0, await Hub.Store.Contents.Sweep(default));
        Assert.Equal(0, Uploads());
        Assert.Equal(600_000, (await ContentMake.Content(Hub, "b1")).Length);
    }

    [Fact]
    public async Task A_conflict_keeps_the_upload_for_the_next_attempt()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(300_000));
        var old = await Hub.Locate("Binary", "b1");
        await Hub.Commit(Make.Ask(Make.Update(old, Make.Resource(ContentMake.Stub))));

        var bytes = ContentMake.Bytes(500_000);
        await using var upload = await ContentMake.Upload(Hub, bytes);
        var content = await upload.Finish(default);
        Assert.Equal(CommitStatus.Conflict, (await Hub.Commit(Make.Ask(Make.Update(old, Make.Resource(ContentMake.Stub)) with { Content = content }))).Status);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Binary", "b1"), Make.Resource(ContentMake.Stub)) with { Content = content }))).Status);
        Assert.Equal(ContentMake.Hash(bytes), ContentMake.Hash(await ContentMake.Content(Hub, "b1")));
    }

    [Fact]
    public async Task Versions_keep_their_own_content_and_may_share_one()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(300_000));
        var first = await Hub.Read("Binary", "b1");
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Binary", "b1"), Make.Resource(ContentMake.Stub)) with { Content = first.Content }));
        await Hub.Commit(Make.Ask(Make.Delete(await Hub.Locate("Binary", "b1"))));

        foreach (var version in new[] { 1, 2 })
        {
            var read = await Hub.Read((await Hub.Store.LocateVersion("Binary", "b1", version, default))!);
            Assert.Equal(300_000, (await ContentMake.Content(Hub, read)).Length);
        }

        await Hub.CloseStore();
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
    }

    [Fact]
    public async Task Content_of_another_compartment_is_refused()
    {
        await using var upload = await ContentMake.Upload(Hub, ContentMake.Bytes(300_000), "p2");
        var ask = Make.Ask(Make.Create(Make.Resource(ContentMake.Stub), "b1", "p1") with { Content = await upload.Finish(default) });
        await Assert.ThrowsAsync<ArgumentException>(() => Hub.Commit(ask));
    }

    [Fact]
    public async Task The_receipt_is_bound_to_the_content()
    {
        await using var one = await ContentMake.Upload(Hub, ContentMake.Bytes(300_000));
        await using var other = await ContentMake.Upload(Hub, ContentMake.Bytes(300_000));
        var ask = Make.Ask(Make.Create(Make.Resource(ContentMake.Stub), "b1", "p1") with { Content = await one.Finish(default) });
        var receipt = await Hub.Receipt(ask.Hash(), EntryKind.WriteIntent);
        var changed = new CommitAsk
        {
            Entries = [ask.Entries[0] with { Content = await other.Finish(default) }],
            Resolved = ask.Resolved,
            References = ask.References,
            Submitter = ask.Submitter,
            Time = ask.Time,
            Salt = ask.Salt,
        };
        await Assert.ThrowsAnyAsync<Exception>(async () => await Hub.Store.Commit(changed, receipt, default));
        Assert.Null(await Hub.Store.Locate("Binary", "b1", default));
    }

    [Fact]
    public async Task A_full_disk_ends_the_upload_by_name_and_nothing_is_lost()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(300_000));
        Hub.Store.Contents.Database.LimitPages(1);
        var refused = await Assert.ThrowsAsync<RecordsUnavailableException>(() => ContentMake.Create(Hub, "b2", ContentMake.Bytes(3_000_000)));
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.Equal(300_000, (await ContentMake.Content(Hub, "b1")).Length);
        await Hub.Store.Contents.Sweep(default);
        Assert.Equal((2, 0), (Chunks(), Uploads()));
        await ContentMake.Create(Hub, "b2", ContentMake.Bytes(3_000_000));
        Assert.Equal(3_000_000, (await ContentMake.Content(Hub, "b2")).Length);
    }

    [Fact]
    public async Task A_part_is_read_without_the_rest()
    {
        var bytes = ContentMake.Bytes(3 * ContentSeal.ChunkBytes);
        await ContentMake.Create(Hub, "b1", bytes);
        using var reader = Hub.Store.Contents.Open((await Hub.Read("Binary", "b1")).Content!);
        var buffer = new byte[ContentReader.ChunkBytes];
        Assert.Equal(ContentSeal.ChunkBytes, await reader.Read(1, buffer, default));
        Assert.True(bytes.AsSpan(ContentSeal.ChunkBytes, ContentSeal.ChunkBytes).SequenceEqual(buffer));
    }

    [Fact]
    public async Task No_file_of_the_store_holds_the_content_in_clear()
    {
        var canary = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the canary sings in the scan ", 30_000)));
        await ContentMake.Create(Hub, "b1", canary);
        await using var staged = await ContentMake.Upload(Hub, canary);
        foreach (var file in Directory.GetFiles(Path.Combine(Hub.Folder, "db")).Where(f => Path.GetFileName(f) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.True(bytes.AsSpan().IndexOf("the canary sings"u8) < 0, file);
        }
    }

    [Fact]
    public async Task A_backup_copy_holds_what_its_records_name_and_no_more()
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(600_000));
        var copy = Path.Combine(Hub.Folder, "copy");
        Directory.CreateDirectory(Path.Combine(copy, "db"));
        var records = Path.Combine(copy, "db", "records.db");
        using (var snapshot = StoreSnapshot.Begin(Hub.Folder))
        {
            snapshot.LetWritersGo();
            snapshot.CopyTo(records, null, default);
        }

        StoreSnapshot.CopyKeys(Hub.Folder, Path.Combine(copy, "db", "keys.db"), default);
        await using var staged = await ContentMake.Upload(Hub, ContentMake.Bytes(600_000));
        await ContentMake.Create(Hub, "b2", ContentMake.Bytes(600_000)); // after the snapshot
        StoreSnapshot.CopyContents(Hub.Folder, records, Path.Combine(copy, "db", "contents.db"), null, default);

        Assert.Equal(3, SqliteTamper.Number(copy, "contents.db", "SELECT count(*) FROM chunk"));
        Assert.Equal(0, SqliteTamper.Number(copy, "contents.db", "SELECT count(*) FROM upload"));
        Assert.Empty(EHealthHub.Records.Verify.RecordsVerifier.Verify(copy, StoreFixture.Hub, Hub.Vault, null).Problems);
    }

    [Theory]
    [InlineData("records.db", 5)]
    [InlineData("keys.db", 5)]
    [InlineData("records.db", 6)]
    [InlineData("contents.db", 8)]
    public async Task A_store_of_another_version_is_refused_by_name_and_left_as_it_is(string file, int version)
    {
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(300_000));
        await Hub.CloseStore();
        SqliteTamper.Sql(Hub.Folder, file, $"PRAGMA user_version={version}");
        var refused = Assert.Throws<RecordsUnavailableException>(() => { _ = Hub.Store; });
        Assert.Contains($"{file} is of version {version}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(version, SqliteTamper.Number(Hub.Folder, file, "PRAGMA user_version"));
    }

    private static UInt128 Id(StoredContent content) => content.Descriptor.Id;

    private long Chunks() => SqliteTamper.Number(Hub.Folder, "contents.db", "SELECT count(*) FROM chunk");

    private long Uploads() => SqliteTamper.Number(Hub.Folder, "contents.db", "SELECT count(*) FROM upload");
}
