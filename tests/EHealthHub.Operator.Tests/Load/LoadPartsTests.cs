using System.Text;
using System.Text.Json;
using EHealthHub.Operator.Load;
using EHealthHub.Operator.Synthetic;
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
        var bare = phase with { Requests = 40 };
        using var json = Json(Report(phase) with { Phases = [new(LoadPhase.Read, phase, bare), new(LoadPhase.Search, phase, bare)] });
        string[] names =
        [
            "ingest.resources_per_s", "ingest.bundles_per_s", "read.requests_per_s", "read.p50_ms", "read.p99_ms", "read.ratio_to_bare_kestrel", "search.requests_per_s", "search.p50_ms", "search.p99_ms",
            "bare_kestrel.requests_per_s", "fsync.p50_ms", "storage.bytes_per_json_byte", "errors",
        ];
        Assert.Empty(names.Except(Names(json.RootElement, "")));
        Assert.Equal(0.5, json.RootElement.GetProperty("read").GetProperty("ratio_to_bare_kestrel").GetDouble());
        Assert.Equal(0.457, json.RootElement.GetProperty("storage").GetProperty("bytes_per_json_byte").GetDouble());
        Assert.Equal(7, json.RootElement.GetProperty("errors").GetInt64());
    }

    [Fact]
    public void Every_phase_is_reported_beside_its_own_limit_and_one_that_was_not_run_not_at_all()
    {
        var phase = new PhaseResult(20, 100, 0, 2.0, new LatencyHistogram(), 1) { ServerTime = TimeSpan.FromMilliseconds(4) };
        using var json = Json(Report(phase) with
        {
            Phases = [.. LoadPhase.All.Where(p => p != LoadPhase.Durable && p != LoadPhase.Search).Select((p, i) => new MeasuredPhase(p, phase, phase with { Requests = 20 * (i + 1) }))],
            Durable = phase with { Requests = 25 },
        });
        Assert.Equal(1, json.RootElement.GetProperty("read").GetProperty("ratio_to_bare_kestrel").GetDouble());
        Assert.Equal(0.8, json.RootElement.GetProperty("read").GetProperty("ratio_to_durable_kestrel").GetDouble());
        Assert.Equal(12.5, json.RootElement.GetProperty("durable_kestrel").GetProperty("requests_per_s").GetDouble());
        Assert.Equal(0.5, json.RootElement.GetProperty("vread").GetProperty("ratio_to_bare_kestrel").GetDouble());
        Assert.Equal(200, json.RootElement.GetProperty("vread").GetProperty("gateway_us").GetDouble());
        foreach (var name in new[] { "search_code", "search_date", "include", "everything", "transaction" })
        {
            Assert.Equal(10, json.RootElement.GetProperty(name).GetProperty("requests_per_s").GetDouble());
        }

        Assert.False(json.RootElement.TryGetProperty("search", out _));
    }

    [Theory]
    [InlineData("read", "read")]
    [InlineData("transaction,read,vread", "read,vread,transaction")]
    [InlineData("all", "read,durable,vread,search,search-code,search-date,include,everything,transaction")]
    [InlineData("write", null)]
    [InlineData("", null)]
    public void Phases_are_run_in_one_order_and_known_by_name(string asked, string? run)
    {
        var phases = LoadPhase.Parse(asked, out var fault);
        Assert.Equal(run, phases is null ? null : string.Join(',', phases.Select(p => p.Name)));
        Assert.Equal(run is null, fault.Contains("--phases", StringComparison.Ordinal));
    }

    [Fact]
    public void A_transaction_of_the_load_creates_fifty_observations_of_its_patient()
    {
        using var bundle = JsonDocument.Parse(TransactionPhase.Bundle(new SeededSource(1, 2), "p1"));
        var entries = bundle.RootElement.GetProperty("entry").EnumerateArray().ToList();
        Assert.Equal(TransactionPhase.Entries, entries.Count);
        Assert.All(entries, e => Assert.Equal("Patient/p1", e.GetProperty("resource").GetProperty("subject").GetProperty("reference").GetString()));
        Assert.Equal(50, entries.Select(e => e.GetProperty("fullUrl").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Those_who_wait_for_the_disk_share_one_fsync_and_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using (var disk = new SharedFsync(folder.Path))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(disk.Append))).WaitAsync(TimeSpan.FromSeconds(30));
            await disk.Append().WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Processor_time_is_told_of_a_process_that_runs_and_of_no_other()
    {
        Assert.True(new ProcessorClock(Environment.ProcessId).Now() > TimeSpan.Zero);
        Assert.Null(new ProcessorClock(null).Now());
        Assert.Null(new ProcessorClock(int.MaxValue).Now());
    }

    private static LoadReport Report(PhaseResult phase) => new() { Ingest = phase, Phases = [], Fsync = new LatencyHistogram(), BytesPerJsonByte = 0.4567891, OtherErrors = 2 };

    private static JsonDocument Json(LoadReport report)
    {
        using var output = new MemoryStream();
        report.WriteJson(output);
        return JsonDocument.Parse(output.ToArray());
    }

    private static IEnumerable<string> Names(JsonElement element, string prefix) =>
        element.EnumerateObject().SelectMany(p => p.Value.ValueKind == JsonValueKind.Object ? Names(p.Value, prefix + p.Name + ".") : [prefix + p.Name]);
}
