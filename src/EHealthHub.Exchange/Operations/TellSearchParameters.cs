using System.Buffers;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Operations;

/// <summary>
/// <c>SearchParameter/$status</c>: how the hub's own search parameters stand, and whether a re-indexing runs; the definitions are public within the hub. How far it is, in records and resources, is for the registry's authority and for operators:
/// by these numbers others could tell when a record is begun or ended.
/// </summary>
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
                ParameterParts.Part(json, "parameter", j =>
                {
                    ParameterParts.Value(j, "id", "valueId", parameter.Id);
                    ParameterParts.Value(j, "url", "valueUri", parameter.Url);
                    ParameterParts.Value(j, "code", "valueCode", parameter.Code);
                    ParameterParts.Value(j, "status", "valueCode", parameter.InForce ? "in-force" : "reindexing");
                });
            }

            ParameterParts.Part(json, "reindexing", j =>
            {
                ParameterParts.Number(j, "generation", progress.Generation);
                ParameterParts.Value(j, "status", "valueCode", progress.Running ? "running" : "done");
                if (DecisionFacts.IsSystem(context.Caller) || context.Caller.PersonKind == PersonKind.Operator)
                {
                    ParameterParts.Number(j, "compartments", progress.Compartments);
                    ParameterParts.Number(j, "compartmentsAll", progress.CompartmentsAll);
                    ParameterParts.Number(j, "resources", progress.Resources);
                }
            });
            json.WriteEndArray();
            json.WriteEndObject();
        }

        var position = await _journal.Record(_journal.Entry(context, EntryKind.Open, Interaction, Type, id ?? "", "directory-public", []), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = output.WrittenMemory, Receipt = position };
    }
}
