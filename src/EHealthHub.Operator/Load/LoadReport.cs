using System.Text.Json;
using EHealthHub.Operator.Commands;
using Spectre.Console;

namespace EHealthHub.Operator.Load;

/// <summary>All figures of a run, each also as a ratio to what this machine could do at best in the same run.</summary>
internal sealed record LoadReport
{
    public required PhaseResult Ingest { get; init; }

    public required PhaseResult Read { get; init; }

    public required PhaseResult Search { get; init; }

    public required PhaseResult Bare { get; init; }

    public required LatencyHistogram Fsync { get; init; }

    /// <summary>Growth of the databases over bytes of accepted JSON; 0 when nothing was accepted.</summary>
    public required double BytesPerJsonByte { get; init; }

    /// <summary>Failures outside the phases: tokens, encounters, the directory.</summary>
    public required long OtherErrors { get; init; }

    public double ReadRatio => Bare.RequestsPerSecond > 0 ? Read.RequestsPerSecond / Bare.RequestsPerSecond : 0;

    public long Errors => Ingest.Errors + Read.Errors + Search.Errors + Bare.Errors + OtherErrors;

    public void Show()
    {
        var table = new Table { Border = Say.IsTerminal ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (var column in new[] { "phase", "per second", "requests/s", "p50 ms", "p95 ms", "p99 ms", "to bare Kestrel", "errors" })
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "phase" ? Justify.Left : Justify.Right });
        }

        AddRow(table, "ingest", $"{Say.Number(Ingest.UnitsPerSecond)} resources", Ingest);
        AddRow(table, "read", $"{Say.Number(Read.RequestsPerSecond)} requests", Read);
        AddRow(table, "search", $"{Say.Number(Search.RequestsPerSecond)} requests", Search);
        AddRow(table, "bare Kestrel", $"{Say.Number(Bare.RequestsPerSecond)} requests", Bare);
        Say.Show(table);
        Say.Line($"fsync of 4 KiB in the data directory: p50 {Say.Number(Fsync.Milliseconds(500))} ms, p99 {Say.Number(Fsync.Milliseconds(990))} ms");
        Say.Line($"databases grew by {Say.Number(BytesPerJsonByte)} bytes for each byte of accepted JSON; {Errors} errors");
    }

    /// <summary>The one object of <c>--json</c>: its names are part of the black-box contract.</summary>
    public void WriteJson(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        Group(json, "ingest", ("resources_per_s", Ingest.UnitsPerSecond), ("bundles_per_s", Ingest.RequestsPerSecond));
        Group(json, "read", ("requests_per_s", Read.RequestsPerSecond), ("p50_ms", Read.P50), ("p99_ms", Read.P99), ("ratio_to_bare_kestrel", ReadRatio));
        Group(json, "search", ("requests_per_s", Search.RequestsPerSecond), ("p50_ms", Search.P50), ("p99_ms", Search.P99));
        Group(json, "bare_kestrel", ("requests_per_s", Bare.RequestsPerSecond));
        Group(json, "fsync", ("p50_ms", Fsync.Milliseconds(500)));
        Group(json, "storage", ("bytes_per_json_byte", BytesPerJsonByte));
        json.WriteNumber("errors", Errors);
        json.WriteEndObject();
    }

    private void AddRow(Table table, string name, string perSecond, PhaseResult phase) => table.AddRow(
        name, perSecond, Say.Number(phase.RequestsPerSecond), Say.Number(phase.P50), Say.Number(phase.P95), Say.Number(phase.P99),
        Bare.RequestsPerSecond > 0 ? (phase.RequestsPerSecond / Bare.RequestsPerSecond).ToString("P1", System.Globalization.CultureInfo.InvariantCulture) : "", phase.Errors.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static void Group(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, double Value)> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WriteNumber(key, Math.Round(value, 3));
        }

        json.WriteEndObject();
    }
}
