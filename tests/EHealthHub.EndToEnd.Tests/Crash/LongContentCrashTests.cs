using System.Diagnostics;
using System.Security.Cryptography;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Crash;

/// <summary>Long content and a real gateway process: its memory, its death in the middle of an upload, and a disk that takes no more.</summary>
public sealed class LongContentCrashTests : IDisposable
{
    private const long Long = 128L * 1_048_576;
    private const long MoreMemoryMax = 64L * 1_048_576;

    private readonly HubDirectory _hub = HubDirectory.Create();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Memory_does_not_grow_with_the_content()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var ministry = _hub.Client("ministry");

        // Code, pools and buffers are made once; that is not what is asked here.
        var small = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(8_000_000), [])).Expect(201).IdFromLocation();
        await Download(ministry, small, null);
        await Download(ministry, small, "application/fhir+json");
        var before = gateway.PeakMemoryBytes();

        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Long), [])).Expect(201).IdFromLocation();
        Assert.Equal(LongContent.Hash(Long), (await Download(ministry, id, null)).Hash);
        Assert.True((await Download(ministry, id, "application/fhir+json")).Length > Long / 3 * 4);
        var more = gateway.PeakMemoryBytes() - before;
        Assert.True(more < MoreMemoryMax, $"{more / 1_048_576} MiB more than before");
    }

    [Fact]
    public async Task Killed_in_the_middle_of_an_upload_nothing_of_it_is_left()
    {
        var kept = "";
        using (var gateway = await _hub.StartGatewayProcess())
        {
            using var ministry = _hub.Client("ministry");
            kept = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(3_000_000), [])).Expect(201).IdFromLocation();
            var content = new LongContent(64_000_000, onTheWay: at =>
            {
                if (at >= 24_000_000)
                {
                    gateway.Kill();
                }

                return Task.CompletedTask;
            });
            await Assert.ThrowsAnyAsync<Exception>(() => ministry.Send(HttpMethod.Post, "fhir/Binary", content, []));
        }

        Assert.True(Number("SELECT count(*) FROM chunk") > 12 + 10, "the upload had not begun");
        using (await _hub.StartGatewayProcess())
        {
            using var ministry = _hub.Client("ministry");
            await Until(() => Number("SELECT count(*) FROM upload") == 0);
            Assert.Equal(12, Number("SELECT count(*) FROM chunk"));
            Assert.Equal(LongContent.Hash(3_000_000), (await Download(ministry, kept, null)).Hash);
        }

        await _hub.ExpectRecordsWhole();
        await _hub.ExpectLogWhole();
    }

    [Fact]
    public async Task A_full_disk_refuses_the_upload_and_loses_nothing()
    {
        using var gateway = await _hub.StartGatewayProcess();
        using var ministry = _hub.Client("ministry");
        var kept = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(3_000_000), [])).Expect(201).IdFromLocation();

        // The contents' write-ahead log and file are the first to reach it.
        await gateway.LimitFileSize(12_000_000);
        (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(60_000_000), [])).Refused(503, "store-unavailable");
        Assert.Equal(LongContent.Hash(3_000_000), (await Download(ministry, kept, null)).Hash);

        await gateway.LimitFileSize(null);
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(20_000_000), [])).Expect(201).IdFromLocation();
        Assert.Equal(LongContent.Hash(20_000_000), (await Download(ministry, id, null)).Hash);
        gateway.Kill();
        using (await _hub.StartGatewayProcess())
        {
            await Until(() => Number("SELECT count(*) FROM upload") == 0);
        }

        await _hub.ExpectRecordsWhole();
    }

    private static async Task<(long Length, string Hash)> Download(FhirClient client, string id, string? accept)
    {
        using var answer = await client.Stream(HttpMethod.Get, $"fhir/Binary/{id}", null, accept is null ? [] : [("Accept", accept)]);
        answer.EnsureSuccessStatusCode();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var (buffer, length) = (new byte[65_536], 0L);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; length += read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return (length, Convert.ToHexString(hash.GetHashAndReset()));
    }

    private long Number(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_hub.Layout.Databases, "contents.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static async Task Until(Func<bool> holds)
    {
        var patience = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "it did not come about within a minute");
            await Task.Delay(50);
        }
    }
}
