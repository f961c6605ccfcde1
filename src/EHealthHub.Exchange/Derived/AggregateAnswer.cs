using System.Buffers;
using System.Text.Json;
using EHealthHub.Exchange.Operations;

namespace EHealthHub.Exchange.Derived;

/// <summary>A table as a Parameters resource, labelled as aggregated (HL7 v3 ObservationValue, AGGRED).</summary>
internal static class AggregateAnswer
{
    /// <summary>The system of the codes that say what was done to data before they left.</summary>
    public const string DoneSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

    public static ReadOnlyMemory<byte> Write(string type, string project, Dimensions dimensions, IReadOnlyList<ToldCell> cells, DerivedBounds bounds)
    {
        var output = new ArrayBufferWriter<byte>(4_096);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteStartObject("meta");
        json.WriteStartArray("security");
        json.WriteStartObject();
        json.WriteString("system", DoneSystem);
        json.WriteString("code", "AGGRED");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("parameter");
        ParameterParts.Value(json, "type", "valueCode", type);
        ParameterParts.Value(json, "project", "valueString", project);
        ParameterParts.Number(json, "minimum", bounds.PatientsMin);
        ParameterParts.Number(json, "base", bounds.RoundingBase);
        foreach (var cell in cells)
        {
            ParameterParts.Part(json, "cell", parts =>
            {
                for (var i = 0; i < dimensions.Names.Count; i++)
                {
                    Value(parts, dimensions.Names[i], cell.Values[i]);
                }

                ParameterParts.Number(parts, "patients", cell.Patients);
            });
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void Value(Utf8JsonWriter json, string name, string value)
    {
        if (!Dimensions.IsCoded(name) || value.Length == 0)
        {
            ParameterParts.Value(json, name, "valueString", value.Length == 0 ? "unknown" : value);
            return;
        }

        var bar = value.IndexOf('|', StringComparison.Ordinal);
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartObject("valueCoding");
        if (bar > 0)
        {
            json.WriteString("system", value[..bar]);
        }

        if (bar < value.Length - 1)
        {
            json.WriteString("code", value[(bar + 1)..]);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
