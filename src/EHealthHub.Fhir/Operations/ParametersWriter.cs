using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EHealthHub.Fhir.Operations;

/// <summary>Writes a Parameters resource, the answer of an operation, as UTF-8 JSON.</summary>
internal sealed class ParametersWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Utf8JsonWriter _json;

    public ParametersWriter()
    {
        _json = new Utf8JsonWriter(_output, Options);
        _json.WriteStartObject();
        _json.WriteString("resourceType"u8, "Parameters"u8);
        _json.WriteStartArray("parameter"u8);
    }

    /// <summary>A parameter with a string-valued type; nothing for null or empty.</summary>
    public void Text(string name, string type, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Begin(name);
            _json.WriteString(type, value);
            _json.WriteEndObject();
        }
    }

    public void Flag(string name, bool value)
    {
        Begin(name);
        _json.WriteBoolean("valueBoolean"u8, value);
        _json.WriteEndObject();
    }

    public void Coding(string name, string? system, string? version, string code, string? display)
    {
        Begin(name);
        _json.WriteStartObject("valueCoding"u8);
        WriteCoding(_json, system, version, code, display);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>Writes a value whose JSON is text already: a number or a flag.</summary>
    public void Raw(string name, string type, string json)
    {
        Begin(name);
        _json.WritePropertyName(type);
        _json.WriteRawValue(json);
        _json.WriteEndObject();
    }

    /// <summary>A parameter with parts, which <paramref name="parts"/> writes.</summary>
    public void Parts(string name, Action<ParametersWriter> parts)
    {
        Begin(name);
        _json.WriteStartArray("part"u8);
        parts(this);
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    public static void WriteCoding(Utf8JsonWriter json, string? system, string? version, string code, string? display)
    {
        Optional(json, "system"u8, system);
        Optional(json, "version"u8, version);
        json.WriteString("code"u8, code);
        Optional(json, "display"u8, display);
    }

    public static void Optional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Ends the resource.</summary>
    public byte[] ToBytes()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _output.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void Begin(string name)
    {
        _json.WriteStartObject();
        _json.WriteString("name"u8, name);
    }
}
