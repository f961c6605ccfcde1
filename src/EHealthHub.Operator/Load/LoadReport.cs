using System.Globalization;
using System.Text.Json;
using EHealthHub.Operator.Commands;
using Spectre.Console;

namespace EHealthHub.Operator.Load;

/// <summary>All figures of a run, each also as a ratio to what this machine could do at best in the same run.</summary>
internal sealed record LoadReport
{
    public required PhaseResult Ingest { get; init; }

    /// <summary>The phases that were run, in their order.</summary>
    public required IReadOnlyList<MeasuredPhase> Phases { get; init; }

    /// <summary>The second limit of a read; null when it was not asked for.</summary>
    public PhaseResult? Durable { get; init; }

    public required LatencyHistogram Fsync { get; init; }

    /// <summary>Growth of the databases over bytes of accepted JSON; 0 when nothing was accepted.</summary>
    public required double BytesPerJsonByte { get; init; }

    /// <summary>Failures outside the phases: tokens, encounters, the directory.</summary>
    public required long OtherErrors { get; init; }

    public long Errors => Ingest.Errors + Phases.Sum(p => p.Hub.Errors + p.Bare.Errors) + (Durable?.Errors ?? 0) + OtherErrors;

    private MeasuredPhase? Read => Phases.FirstOrDefault(p => p.Phase == LoadPhase.Read);

    public void Show()
    {
        var table = new Table { Border = Say.IsTerminal ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (var column in new[] { "phase", "requests/s", "p50 ms", "p95 ms", "p99 ms", "gateway us", "bytes in / out", "bare Kestrel/s", "to bare Kestrel", "errors" })
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "phase" ? Justify.Left : Justify.Right });
        }

        AddRow(table, $"ingest ({Say.Number(Ingest.UnitsPerSecond)} resources/s)", Ingest, "", "");
        foreach (var phase in Phases)
        {
            AddRow(table, phase.Phase.Name, phase.Hub, Say.Number(phase.Bare.RequestsPerSecond), Share(phase.Ratio));
            if (phase == Read && Durable is { } durable)
            {
                AddRow(table, "  bare Kestrel, one fsync before each answer", durable, Say.Number(phase.Bare.RequestsPerSecond), Share(new MeasuredPhase(LoadPhase.Durable, durable, phase.Bare).Ratio));
            }
        }

        if (Read is { } read)
        {
            AddRow(table, "  bare Kestrel, as for read", read.Bare, "", "");
        }

        Say.Show(table);
        if (Read is { } measured && Durable is { } limit)
        {
            Say.Line($"read: {Share(measured.Over(limit))} of a bare Kestrel with one fsync before each answer");
        }

        Say.Line("bare Kestrel: same TLS, client certificates, clients and body sizes, measured right after each phase; gateway us: processor time of its process for each request, other work of that process included");
        Say.Line($"fsync of 4 KiB in the data directory: p50 {Say.Number(Fsync.Milliseconds(500))} ms, p99 {Say.Number(Fsync.Milliseconds(990))} ms");
        Say.Line($"databases grew by {Say.Number(BytesPerJsonByte)} bytes for each byte of accepted JSON; {Errors} errors");
    }

    /// <summary>The one object of <c>--json</c>: names of the black-box contract, and others beside them. A phase that was not run has none.</summary>
    public void WriteJson(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        Group(json, "ingest", ("resources_per_s", Ingest.UnitsPerSecond), ("bundles_per_s", Ingest.RequestsPerSecond), ("gateway_us", Ingest.ServerMicroseconds));
        foreach (var phase in Phases)
        {
            var hub = phase.Hub;
            Group(
                json, phase.Phase.JsonName, ("requests_per_s", hub.RequestsPerSecond), ("p50_ms", hub.P50), ("p99_ms", hub.P99), ("ratio_to_bare_kestrel", phase.Ratio), ("p95_ms", hub.P95), ("gateway_us", hub.ServerMicroseconds),
                ("bare_requests_per_s", phase.Bare.RequestsPerSecond), ("ratio_to_durable_kestrel", phase == Read && Durable is { } limit ? phase.Over(limit) : null));
        }

        if (Read is { } read)
        {
            Group(json, "bare_kestrel", ("requests_per_s", read.Bare.RequestsPerSecond), ("server_us", read.Bare.ServerMicroseconds));
        }

        if (Durable is { } durable)
        {
            Group(json, LoadPhase.Durable.JsonName, ("requests_per_s", durable.RequestsPerSecond), ("p50_ms", durable.P50), ("p99_ms", durable.P99), ("server_us", durable.ServerMicroseconds));
        }

        Group(json, "fsync", ("p50_ms", Fsync.Milliseconds(500)));
        Group(json, "storage", ("bytes_per_json_byte", BytesPerJsonByte));
        json.WriteNumber("errors", Errors);
        json.WriteEndObject();
    }

    private static string Share(double ratio) => ratio > 0 ? ratio.ToString("P1", CultureInfo.InvariantCulture) : "";

    private static void AddRow(Table table, string name, PhaseResult phase, string bare, string ratio) => table.AddRow(
        name, Say.Number(phase.RequestsPerSecond), Say.Number(phase.P50), Say.Number(phase.P95), Say.Number(phase.P99), phase.ServerMicroseconds is { } us ? Say.Number(us) : "",
        string.Create(CultureInfo.InvariantCulture, $"{phase.BytesSentEach:N0} / {phase.BytesReceivedEach:N0}"), bare, ratio, phase.Errors.ToString(CultureInfo.InvariantCulture));

    /// <summary>What is not known is left out.</summary>
    private static void Group(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, double? Value)> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            if (value is { } number)
            {
                json.WriteNumber(key, Math.Round(number, 3));
            }
        }

        json.WriteEndObject();
    }
}
