using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Writing;

public class BundleWriterTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 6, 5, 6, TimeSpan.Zero);
    private static readonly ReadOnlyMemory<byte> Patient = Encoding.UTF8.GetBytes("{\"resourceType\":\"Patient\",\"id\":\"1\",\"multipleBirthInteger\":2}");
    private static readonly ImmutableArray<BundleLink> Links = [new("self", "https://localhost:8443/fhir/Patient?name=%C3%A7&_count=1"), new("next", "https://localhost:8443/fhir/Patient?_cursor=x")];

    [Fact]
    public void A_searchset_carries_the_stored_bytes()
    {
        var bytes = Written(o => BundleWriter.WriteSearchset(o, "b", Time, 17, Links, [new("https://localhost:8443/fhir/Patient/1", Patient, "match", null, null, 1, Time, null)]));
        Assert.Equal(
            """{"resourceType":"Bundle","id":"b","meta":{"lastUpdated":"2026-11-24T06:05:06.000000Z"},"type":"searchset","total":17,"link":[{"relation":"self","url":"https://localhost:8443/fhir/Patient?name=%C3%A7&_count=1"},{"relation":"next","url":"https://localhost:8443/fhir/Patient?_cursor=x"}],"entry":[{"fullUrl":"https://localhost:8443/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","multipleBirthInteger":2},"search":{"mode":"match"}}]}""",
            Encoding.UTF8.GetString(bytes));
        Sdk.Accepts(bytes);
    }

    [Fact]
    public void An_empty_searchset_has_no_empty_arrays()
    {
        var bytes = Written(o => BundleWriter.WriteSearchset(o, "b", Time, null, [], []));
        Assert.Equal("""{"resourceType":"Bundle","id":"b","meta":{"lastUpdated":"2026-11-24T06:05:06.000000Z"},"type":"searchset"}""", Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void A_history_tells_versions_and_deletions()
    {
        var bytes = Written(o => BundleWriter.WriteHistory(o, "b", Time, 2, Links,
            [new("https://h/Patient/1", null, null, "DELETE", "Patient/1", 2, Time, "204"), new("https://h/Patient/1", Patient, null, "POST", "Patient", 1, Time, "201")]));
        Sdk.Accepts(bytes);
        Assert.Contains(
            """
            "entry":[{"fullUrl":"https://h/Patient/1","request":{"method":"DELETE","url":"Patient/1"},"response":{"status":"204","etag":"W/\"2\"","lastModified":"2026-11-24T06:05:06.000000Z"}},{
            """,
            Encoding.UTF8.GetString(bytes),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_response_says_what_became_of_each_entry()
    {
        var bytes = Written(o => BundleWriter.WriteResponse(o, "b", transaction: false,
            [
                new(201, "Patient/1/_history/1", 1, Time, null, null),
                new(200, null, null, null, Patient, null),
                new(404, null, null, null, null, Failure.Of(404, "not-found", "not-found", "No such resource.")),
            ],
            "tr"));
        Sdk.Accepts(bytes);
        using var document = JsonDocument.Parse(bytes);
        var entries = document.RootElement.GetProperty("entry");
        Assert.Equal("batch-response", document.RootElement.GetProperty("type").GetString());
        Assert.Equal("Patient/1/_history/1", entries[0].GetProperty("response").GetProperty("location").GetString());
        Assert.Equal("1", entries[1].GetProperty("resource").GetProperty("id").GetString());
        Assert.Contains("Bulunamadı.", Read.Text(entries[2].GetProperty("response").GetProperty("outcome")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_caller_sent_cannot_break_out_of_a_bundle()
    {
        var bytes = Written(o => BundleWriter.WriteSearchset(o, "b", Time, 0, [new("self", "https://h/Patient?name=\"}],\"x\":\"\\\n\u2028")], []));
        using var document = JsonDocument.Parse(bytes);
        Assert.Equal("https://h/Patient?name=\"}],\"x\":\"\\\n\u2028", document.RootElement.GetProperty("link")[0].GetProperty("url").GetString());
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
