using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;

namespace EHealthHub.Records.Tests.Verify;

/// <summary>Somebody who can write to the database, and content in chunks: whatever is done to them is refused when it is read and found by the verifier.</summary>
public sealed class SqliteContentTamperTests : IAsyncLifetime
{
    private SqliteFixture Hub { get; } = new();

    public async Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(4L * ContentSeal.ChunkBytes));
        await ContentMake.Create(Hub, "b2", ContentMake.Bytes(4L * ContentSeal.ChunkBytes));
        await Hub.CloseStore();
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Theory]
    [InlineData("changed", "UPDATE chunk SET sealed=substr(sealed,1,99999)||x'00'||substr(sealed,100001) WHERE {1} AND number=2")]
    [InlineData("cut", "UPDATE chunk SET sealed=substr(sealed,1,length(sealed)-1) WHERE {1} AND number=3")]
    [InlineData("last taken away", "DELETE FROM chunk WHERE {1} AND number=3")]
    [InlineData("first taken away", "DELETE FROM chunk WHERE {1} AND number=0")]
    [InlineData("two exchanged", "UPDATE chunk SET number=CASE number WHEN 1 THEN 12 ELSE 11 END WHERE {1} AND number IN (1,2); UPDATE chunk SET number=number-10 WHERE {1} AND number>10")]
    [InlineData("one repeated", "UPDATE chunk SET sealed=(SELECT sealed FROM chunk WHERE {1} AND number=0) WHERE {1} AND number=1")]
    [InlineData("of another content", "UPDATE chunk SET sealed=(SELECT sealed FROM chunk WHERE {2} AND number=1) WHERE {1} AND number=1")]
    [InlineData("all of another content", "DELETE FROM chunk WHERE {1}; UPDATE chunk SET content={id} WHERE {2}")]
    [InlineData("last put before", "DELETE FROM chunk WHERE {1} AND number=2; UPDATE chunk SET number=2 WHERE {1} AND number=3")]
    public async Task A_content_whose_chunks_were_tampered_with_never_ends_and_is_found(string what, string sql)
    {
        var (one, two) = (await Id("b1"), await Id("b2"));
        await Hub.CloseStore();
        SqliteTamper.Sql(Hub.Folder, "contents.db", sql.Replace("{id}", $"x'{one}'", StringComparison.Ordinal).Replace("{1}", $"content=x'{one}'", StringComparison.Ordinal).Replace("{2}", $"content=x'{two}'", StringComparison.Ordinal));
        await Assert.ThrowsAsync<RecordsTamperedException>(() => ContentMake.Content(Hub, "b1"));
        await Hub.CloseStore();
        Assert.True(SqliteTamper.Verify(Hub).Problems.Any(p => p.Where == "chunk"), what);
    }

    [Theory]
    [InlineData("contents.db", "INSERT INTO chunk (compartment, content, number, sealed) SELECT compartment, content, number+4, sealed FROM chunk WHERE number=0")]
    [InlineData("contents.db", "INSERT INTO chunk (compartment, content, number, sealed) VALUES (zeroblob(16), zeroblob(16), 0, x'00')")]
    [InlineData("records.db", "DELETE FROM content WHERE slot=(SELECT max(slot) FROM content)")]
    [InlineData("records.db", "UPDATE content SET content=(SELECT content FROM content ORDER BY slot LIMIT 1)")]
    [InlineData("records.db", "INSERT INTO content (compartment_key, slot, version, content) VALUES (1, 1, 1, zeroblob(16))")]
    public void Rows_that_nothing_asked_for_and_rows_that_are_missing_are_found(string file, string sql)
    {
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
        SqliteTamper.Sql(Hub.Folder, file, sql);
        Assert.NotEmpty(SqliteTamper.Verify(Hub).Problems);
    }

    [Fact]
    public void A_missing_file_is_found()
    {
        File.Delete(Path.Combine(Hub.Folder, "db", "contents.db"));
        Assert.Equal(2, SqliteTamper.Verify(Hub).Problems.Length);
    }

    private async Task<string> Id(string binary) => (await Hub.Read("Binary", binary)).Content!.Descriptor.Id.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
