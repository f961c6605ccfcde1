using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using EHealthHub.EndToEnd.Tests.Support;
using Microsoft.Data.Sqlite;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>A Binary longer than a version: received and sent in pieces, kept in sealed chunks, and the same resource to everybody who asks (R4 2.11).</summary>
public sealed class LongContentTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const int Length = 1_000_003;

    [Fact]
    public async Task It_is_read_as_itself_by_those_who_may_read_the_patients_record()
    {
        var (patient, doctor) = await hub.TreatedPatient("Uzun");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var bytes = LongContent.Bytes(Length);
            var created = await ankara.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [("X-Security-Context", $"Patient/{patient}")]);
            var id = created.Expect(201).IdFromLocation();
            Assert.Equal("SUBSETTED", (string?)created.Json["meta"]!["tag"]![0]!["code"]);

            var raw = (await doctor.Get($"fhir/Binary/{id}")).Expect(200);
            Assert.Equal(("application/dicom", $"Patient/{patient}", "W/\"1\"", "bytes"), (raw.ContentType, raw.Header("X-Security-Context"), raw.ETag, raw.Header("Accept-Ranges")));
            Assert.Equal("default-src 'none'; sandbox", raw.Header("Content-Security-Policy"));
            Assert.True(bytes.AsSpan().SequenceEqual(raw.Bytes));

            (await doctor.Get($"fhir/Binary/{id}", ("Accept", "image/png"))).Refused(406);
            (await doctor.Get($"fhir/Binary/{id}", ("If-None-Match", "W/\"1\""))).Expect(304);
            using var head = await doctor.Stream(HttpMethod.Head, $"fhir/Binary/{id}", null, []);
            Assert.Equal((HttpStatusCode.OK, (long?)Length), (head.StatusCode, head.Content.Headers.ContentLength));
            using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
            (await mehmet.Get($"fhir/Binary/{id}")).Refused(404, "not-found");
        }
    }

    [Fact]
    public async Task It_is_read_in_the_forms_of_fhir_with_its_content_as_base64()
    {
        using var ministry = hub.Client("ministry");
        var base64 = Convert.ToBase64String(LongContent.Bytes(Length));
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [])).Expect(201).IdFromLocation();

        var json = (await ministry.Get($"fhir/Binary/{id}", ("Accept", "application/fhir+json"))).Expect(200);
        Assert.Equal(("Binary", "application/dicom", base64), ((string?)json.Json["resourceType"], (string?)json.Json["contentType"], (string?)json.Json["data"]));
        Assert.Null(json.Json["meta"]!["tag"]);
        Assert.Equal(base64, (string?)(await ministry.Get($"fhir/Binary/{id}?_format=json&_pretty=true")).Expect(200).Json["data"]);
        var xml = XDocument.Parse((await ministry.Get($"fhir/Binary/{id}", ("Accept", "application/fhir+xml"))).Expect(200).Text).Root!;
        Assert.Equal(base64, xml.Element(xml.Name.Namespace + "data")!.Attribute("value")!.Value);
        Assert.Null((await ministry.Get($"fhir/Binary/{id}?_summary=true&_format=json")).Expect(200).Json["data"]);
        Assert.Equal(base64, (string?)(await ministry.Get($"fhir/Binary/{id}?_elements=data&_format=json")).Expect(200).Json["data"]);
        using var head = await ministry.Stream(HttpMethod.Head, $"fhir/Binary/{id}", null, [("Accept", "application/fhir+json")]);
        Assert.Equal(json.Bytes.Length, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=261887-261888", 261_887, 2)]
    [InlineData("bytes=900000-", 900_000, Length - 900_000)]
    [InlineData("bytes=-7", Length - 7, 7)]
    [InlineData("bytes=5-99999999", 5, Length - 5)]
    public async Task A_part_of_it_can_be_asked_for(string range, int from, int count)
    {
        using var ministry = hub.Client("ministry");
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [])).Expect(201).IdFromLocation();
        using var answer = await ministry.Stream(HttpMethod.Get, $"fhir/Binary/{id}", null, [("Range", range)]);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal($"bytes {from}-{from + count - 1}/{Length}", answer.Content.Headers.ContentRange!.ToString());
        var part = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(LongContent.Bytes(Length).AsSpan(from, count).SequenceEqual(part));
    }

    [Fact]
    public async Task A_part_beyond_its_end_is_416_and_what_a_server_may_ignore_is_ignored()
    {
        using var ministry = hub.Client("ministry");
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [])).Expect(201).IdFromLocation();
        using var beyond = await ministry.Stream(HttpMethod.Get, $"fhir/Binary/{id}", null, [("Range", $"bytes={Length}-")]);
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, $"bytes */{Length}"), (beyond.StatusCode, beyond.Content.Headers.ContentRange!.ToString()));
        Assert.Contains("range-not-satisfiable", await beyond.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var (name, value) in new[] { ("Range", "bytes=1-2,5-6"), ("Range", "lines=1-2"), ("Range", "bytes=x-"), ("Range", "bytes=9-3") })
        {
            (await ministry.Get($"fhir/Binary/{id}", (name, value))).Expect(200);
        }

        (await ministry.Get($"fhir/Binary/{id}", ("Range", "bytes=0-1"), ("If-Range", "W/\"1\""))).Expect(200);
    }

    [Fact]
    public async Task Versions_conditions_patches_and_deletion_are_those_of_every_resource()
    {
        using var ministry = hub.Client("ministry");
        var id = "long-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        (await ministry.Send(HttpMethod.Put, $"fhir/Binary/{id}", new LongContent(Length), [("If-Match", "W/\"1\"")])).Refused(412);
        (await ministry.Send(HttpMethod.Put, $"fhir/Binary/{id}", new LongContent(Length), [("If-None-Match", "*")])).Expect(201);
        (await ministry.Send(HttpMethod.Put, $"fhir/Binary/{id}", new LongContent(Length), [("If-None-Match", "*")])).Refused(412);
        (await ministry.Send(HttpMethod.Put, $"fhir/Binary/{id}", new LongContent(2 * Length, "video/mp4", announced: false), [("If-Match", "W/\"1\"")])).Expect(200);
        (await ministry.Send(HttpMethod.Put, $"fhir/Binary/{id}", new LongContent(Length), [("If-Match", "W/\"1\"")])).Refused(412);

        using var patch = new StringContent("""[{"op":"replace","path":"/contentType","value":"video/webm"}]""", Encoding.UTF8, "application/json-patch+json");
        (await ministry.Send(HttpMethod.Patch, $"fhir/Binary/{id}", patch, [])).Expect(200);
        var patched = (await ministry.Get($"fhir/Binary/{id}")).Expect(200);
        Assert.Equal(("video/webm", 2 * Length), (patched.ContentType, patched.Bytes.Length));

        var history = (await ministry.Get($"fhir/Binary/{id}/_history")).Expect(200);
        Assert.Equal(3, history.Json["entry"]!.AsArray().Count);
        Assert.All(history.Json["entry"]!.AsArray(), e => Assert.True(e!["resource"]!["data"] is null && (string?)e["resource"]!["meta"]!["tag"]![0]!["code"] == "SUBSETTED"));
        var found = (await ministry.Get($"fhir/Binary?_id={id}")).Expect(200);
        Assert.Null(Assert.Single(found.Json["entry"]!.AsArray())!["resource"]!["data"]);
        var batch = (await ministry.Post("fhir", $$"""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Binary/{{id}}" } }] }""")).Expect(200);
        Assert.Equal("SUBSETTED", (string?)batch.Json["entry"]![0]!["resource"]!["meta"]!["tag"]![0]!["code"]);
        (await ministry.Put($"fhir/Binary/{id}", found.Json["entry"]![0]!["resource"]!.ToJsonString())).Refused(422, "subsetted");

        (await ministry.Delete($"fhir/Binary/{id}")).Expect(204);
        (await ministry.Get($"fhir/Binary/{id}")).Refused(410);
        var first = (await ministry.Get($"fhir/Binary/{id}/_history/1")).Expect(200).Bytes;
        Assert.True(LongContent.Bytes(Length).AsSpan().SequenceEqual(first));
    }

    [Fact]
    public async Task The_same_request_sent_again_gets_the_first_result_and_other_content_is_another_request()
    {
        using var ministry = hub.Client("ministry");
        var first = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [("X-Request-Id", "long-1")])).Expect(201).IdFromLocation();
        Assert.Equal(first, (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length), [("X-Request-Id", "long-1")])).Expect(201).IdFromLocation());
        Assert.NotEqual(first, (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(Length + 1), [("X-Request-Id", "long-1")])).Expect(201).IdFromLocation());
    }

    [Fact]
    public async Task Who_may_not_write_is_told_before_the_content_is_received()
    {
        var (patient, doctor) = await hub.TreatedPatient("Yabanci");
        doctor.Dispose();
        using var izmir = hub.Client("hospital-izmir");
        var sent = 0L;
        var gone = new TaskCompletionSource();
        var content = new LongContent(64_000_000, onTheWay: at =>
        {
            sent = at;
            return at < 8_000_000 ? Task.CompletedTask : gone.Task;
        });
        using var answer = await izmir.Stream(HttpMethod.Post, "fhir/Binary", content, [("X-Security-Context", $"Patient/{patient}"), ("Expect", "100-continue")]);
        gone.SetException(new IOException("no more is sent"));
        Assert.True((int)answer.StatusCode is 403 or 404, $"{answer.StatusCode}");
        Assert.True(sent < 8_000_000);
        Assert.Equal(0, Uploads());
    }

    [Fact]
    public async Task More_than_the_bound_is_refused_before_it_is_read()
    {
        using var connection = await RawConnection.Open(hub.Files, "ministry");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = await connection.Send("POST", "/fhir/Binary", "Content-Type: video/mp4\r\nContent-Length: 1073741825\r\n", default, patience.Token);
        Assert.Equal(413, answer.Status);
        Assert.Contains("body-too-large", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_who_leaves_leaves_nothing()
    {
        using var ministry = hub.Client("ministry");
        var content = new LongContent(8_000_000, onTheWay: at => at < 4_000_000 ? Task.CompletedTask : throw new IOException("the line is cut"));
        await Assert.ThrowsAsync<HttpRequestException>(() => ministry.Stream(HttpMethod.Post, "fhir/Binary", content, []));
        for (var i = 0; Uploads() > 0 && i < 100; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(0, Uploads());
    }

    [Fact]
    public async Task A_chunk_that_was_tampered_with_ends_the_connection_and_has_its_entry()
    {
        using var ministry = hub.Client("ministry");
        var before = Ids();
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(4_000_000), [])).Expect(201).IdFromLocation();
        var content = Ids().Except(before).Single();
        Sql($"UPDATE chunk SET sealed=substr(sealed,1,1000)||x'00'||substr(sealed,1002) WHERE content=x'{content}' AND number=9");
        using var answer = await ministry.Stream(HttpMethod.Get, $"fhir/Binary/{id}", null, []);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync());
        Sql($"DELETE FROM chunk WHERE content=x'{content}' AND number=0");
        (await ministry.Get($"fhir/Binary/{id}")).Refused(503, "store-unavailable");
        Sql($"DELETE FROM chunk WHERE content=x'{content}'");
    }

    [Fact]
    public async Task Http2_and_content_without_a_length_are_as_good()
    {
        using var ministry = hub.Client("ministry", HttpVersion.Version20);
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(5 * Length, announced: false), [])).Expect(201).IdFromLocation();
        Assert.Equal(LongContent.Hash(5 * Length), Convert.ToHexString(SHA256.HashData((await ministry.Get($"fhir/Binary/{id}")).Expect(200).Bytes)));
        var brief = (await ministry.Send(HttpMethod.Post, "fhir/Binary", new LongContent(1_000, announced: false), [])).Expect(201).IdFromLocation();
        Assert.Equal(1_000, (await ministry.Get($"fhir/Binary/{brief}")).Expect(200).Bytes.Length);
    }

    private List<string> Ids() => Read("SELECT DISTINCT hex(content) FROM chunk");

    private int Uploads() => Read("SELECT hex(content) FROM upload").Count;

    private List<string> Read(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private void Sql(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(hub.Files.Layout.Databases, "contents.db"), Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
