using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Erasing;
using EHealthHub.Exchange.Operations;

namespace EHealthHub.Exchange.Erasing;

/// <summary>Cases as Parameters, the answer of the operations on them.</summary>
internal static class CaseParameters
{
    public static ReadOnlyMemory<byte> Write(IEnumerable<PatientCase> cases, ErasureResult? result = null)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Parameters");
            json.WriteStartArray("parameter");
            foreach (var one in cases)
            {
                Case(json, one, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>The state's name for callers.</summary>
    public static string NameOf(PatientCase one) => one switch
    {
        { Kind: CaseKind.Hold, State: CaseState.Open } => "in-force",
        { Kind: CaseKind.Hold } => "lifted",
        { State: CaseState.Open } => "requested",
        { State: CaseState.Approved } => "approved-once",
        { State: CaseState.Ready } => "ready",
        { State: CaseState.Erasing } => "erasing",
        { State: CaseState.Erased } => "erased",
        _ => "refused",
    };

    private static void Case(Utf8JsonWriter json, PatientCase one, ErasureResult? result)
    {
        var details = CaseDetails.Read(one.Details);
        json.WriteStartObject();
        json.WriteString("name", "case");
        json.WriteStartArray("part");
        ParameterParts.Number(json, "number", one.Number);
        ParameterParts.Value(json, "kind", "valueCode", one.Kind == CaseKind.Hold ? "legal-hold" : "erasure");
        ParameterParts.Value(json, "state", "valueCode", NameOf(one));
        if (one.PatientId.Length > 0)
        {
            ParameterParts.Value(json, "patient", "valueId", one.PatientId);
        }

        Step(json, "asked", details.Asked);
        foreach (var approval in details.Approvals)
        {
            Step(json, "approved", approval);
        }

        Step(json, "closed", details.Closed);
        Step(json, "executed", details.Executed);
        if (result is not null)
        {
            ParameterParts.Number(json, "versions", result.Versions);
            ParameterParts.Value(json, "envelopes", "valueString", Convert.ToHexStringLower(result.Envelopes.Span));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Step(Utf8JsonWriter json, string name, CaseStep? step)
    {
        if (step is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("part");
        ParameterParts.Value(json, "by", "valueString", step.By);
        ParameterParts.Value(json, "at", "valueInstant", Instant.Text(step.At));
        if (step.Reason.Length > 0)
        {
            ParameterParts.Value(json, "reason", "valueString", step.Reason);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
