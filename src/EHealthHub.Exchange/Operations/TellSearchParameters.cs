using System.Buffers;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Operations;

/// <summary><c>SearchParameter/$status</c>: how the hub's own search parameters stand, and how far a re-indexing is. Says nothing of any patient; the definitions are public within the hub.</summary>
public sealed class TellSearchParameters
{
    private const string Interaction = "$status";
    private const string Type = "SearchParameter";

    private readonly RecordStore _records;
    private readonly Journal _journal;

    internal TellSearchParameters(RecordStore records, Journal journal) => (_records, _journal) = (records, journal);

    /// <summary>Of all, or of one.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string? id, CancellationToken cancellationToken)
    {
        var parameters = _records.Generations.Parameters.Where(p => id is null || p.Id == id).OrderBy(p => p.Id, StringComparer.Ordinal).ToList();
        if (id is not null && parameters.Count == 0)
        {
            return await _journal.Refuse(context, Interaction, Type, id, "not-found", [], Refusals.NotFound(Type, id), cancellationToken).ConfigureAwait(false);
        }

        var progress = await _records.Generations.Progress(cancellationToken).ConfigureAwait(false);
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Parameters");
            json.WriteStartArray("parameter");
            foreach (var parameter in parameters)
            {
                Part(json, "parameter", j =>
                {
                    Value(j, "id", "valueId", parameter.Id);
                    Value(j, "url", "valueUri", parameter.Url);
                    Value(j, "code", "valueCode", parameter.Code);
                    Value(j, "status", "valueCode", parameter.InForce ? "in-force" : "reindexing");
                });
            }

            Part(json, "reindexing", j =>
            {
                Number(j, "generation", progress.Generation);
                Value(j, "status", "valueCode", progress.Running ? "running" : "done");
                Number(j, "compartments", progress.Compartments);
                Number(j, "compartmentsAll", progress.CompartmentsAll);
                Number(j, "resources", progress.Resources);
            });
            json.WriteEndArray();
            json.WriteEndObject();
        }

        var position = await _journal.Record(_journal.Entry(context, EntryKind.Open, Interaction, Type, id ?? "", "directory-public", []), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = output.WrittenMemory, Receipt = position };
    }

    private static void Part(Utf8JsonWriter json, string name, Action<Utf8JsonWriter> parts)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("part");
        parts(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, string name, string member, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString(member, value);
        json.WriteEndObject();
    }

    // An integer of R4 has 32 bits.
    private static void Number(Utf8JsonWriter json, string name, long value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("valueInteger", (int)Math.Min(value, int.MaxValue));
        json.WriteEndObject();
    }
}
