using System.Text;
using System.Text.Json;
using EHealthHub.Operator.Load;
using EHealthHub.Operator.Tests.Support;

namespace EHealthHub.Operator.Tests.Load;

public sealed class LoadPartsTests
{
    [Fact]
    public void Percentiles_are_right_within_three_per_cent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Add(TimeSpan.FromMicroseconds(i * 10));
        }

        Assert.InRange(histogram.Milliseconds(500), 50 * 0.99, 50 * 1.04);
        Assert.InRange(histogram.Milliseconds(990), 99 * 0.99, 99 * 1.04);
        Assert.InRange(histogram.Milliseconds(1_000), 100 * 0.99, 100 * 1.04);
    }

    [Fact]
    public void Merged_histograms_count_together()
    {
        var one = new LatencyHistogram();
        var two = new LatencyHistogram();
        one.Add(TimeSpan.FromMilliseconds(1));
        two.Add(TimeSpan.FromMilliseconds(100));
        two.Add(TimeSpan.FromHours(100_000));
        one.Merge(two);
        Assert.Equal(3, one.Count);
        Assert.InRange(one.Milliseconds(500), 99, 104);
    }

    [Fact]
    public void An_empty_histogram_has_no_percentile() => Assert.Equal(0, new LatencyHistogram().Milliseconds(500));

    [Fact]
    public void A_transaction_response_is_read_entry_by_entry()
    {
        using var response = JsonDocument.Parse("""
            {"resourceType":"Bundle","type":"transaction-response","entry":[
              {"response":{"status":"201 Created","location":"https://localhost:8443/fhir/Patient/a/_history/1"}},
              {"response":{"status":"200","location":"Organization/o/_history/3"}},
              {"response":{"status":"201","location":"Observation/b"}},
              {"response":{"status":"422 Unprocessable Entity"}}]}
            """);
        var result = TransactionResult.Read(response.RootElement);
        Assert.Equal(["Patient/a", "Organization/o", "Observation/b", null], result.Locations);
        Assert.Equal(["Patient/a", "Observation/b"], result.Created);
        Assert.Equal((3, 1, "a"), (result.Accepted, result.Refused, result.PatientId));
        Assert.StartsWith("entry 3:", result.FirstFault, StringComparison.Ordinal);
    }

    [Fact]
    public void Whitespace_between_values_does_not_count_as_content()
    {
        var bundle = Encoding.UTF8.GetBytes("""{ "resourceType": "Bundle", "entry": [ { "resource": { "resourceType": "Patient", "name": [ { "family": "Güneş" } ] } } ] }""");
        Assert.Equal(Encoding.UTF8.GetByteCount("""{"resourceType":"Patient","name":[{"family":"Güneş"}]}"""), BundleSource.ResourceBytes(bundle));
    }

    [Fact]
    public void Files_that_begin_with_zero_go_first_and_the_others_begin_again()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "b.json", "0-hospitals.json", "a.json", "notes.txt" })
        {
            File.WriteAllText(folder.File(name), "{}");
        }

        var source = BundleSource.Folder(folder.Path, out _)!;
        Assert.Equal(["0-hospitals.json"], source.First().Select(b => b.Name));
        Assert.Equal(["a.json", "b.json", "a.json"], Enumerable.Range(0, 3).Select(i => source.Patient(i).Name));
        Assert.Equal(2, source.DistinctMax);
    }

    [Fact]
    public void A_folder_without_bundles_is_refused_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(BundleSource.Folder(folder.Path, out var fault));
        Assert.Contains("holds no R4 Bundles", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fsync_probe_measures_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        Assert.True(FsyncProbe.Run(folder.Path, TimeProvider.System).Count > 0);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_report_writes_the_names_of_the_contract()
    {
        var phase = new PhaseResult(20, 100, 1, 2.0, new LatencyHistogram(), 1);
        var report = new LoadReport { Ingest = phase, Read = phase, Search = phase, Bare = phase with { Requests = 40 }, Fsync = new LatencyHistogram(), BytesPerJsonByte = 0.4567891, OtherErrors = 2 };
        using var output = new MemoryStream();
        report.WriteJson(output);
        using var json = JsonDocument.Parse(output.ToArray());
        string[] names =
        [
            "ingest.resources_per_s", "ingest.bundles_per_s", "read.requests_per_s", "read.p50_ms", "read.p99_ms", "read.ratio_to_bare_kestrel", "search.requests_per_s", "search.p50_ms", "search.p99_ms",
            "bare_kestrel.requests_per_s", "fsync.p50_ms", "storage.bytes_per_json_byte", "errors",
        ];
        Assert.Equal(names, Names(json.RootElement, ""));
        Assert.Equal(0.5, json.RootElement.GetProperty("read").GetProperty("ratio_to_bare_kestrel").GetDouble());
        Assert.Equal(0.457, json.RootElement.GetProperty("storage").GetProperty("bytes_per_json_byte").GetDouble());
        Assert.Equal(6, json.RootElement.GetProperty("errors").GetInt64());
    }

    private static IEnumerable<string> Names(JsonElement element, string prefix) =>
        element.EnumerateObject().SelectMany(p => p.Value.ValueKind == JsonValueKind.Object ? Names(p.Value, prefix + p.Name + ".") : [prefix + p.Name]);
}
