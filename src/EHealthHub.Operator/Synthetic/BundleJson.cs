using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EHealthHub.Operator.Synthetic;

/// <summary>Writes a transaction Bundle straight into UTF-8, entry by entry, with the few FHIR data types that the generator needs.</summary>
internal sealed class BundleJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);
    private readonly Utf8JsonWriter _json;

    public BundleJson()
    {
        // Turkish letters stay letters; the bytes are JSON for machines and never part of a page.
        _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartObject();
        _json.WriteString("resourceType", "Bundle");
        _json.WriteString("type", "transaction");
        _json.WriteStartArray("entry");
    }

    /// <summary>Entries so far.</summary>
    public int Count { get; private set; }

    /// <summary>The writer, inside the resource between <see cref="Begin"/> and <see cref="End"/>.</summary>
    public Utf8JsonWriter Json => _json;

    /// <summary>Opens an entry and its resource.</summary>
    public void Begin(string type, Guid id)
    {
        _json.WriteStartObject();
        _json.WriteString("fullUrl", Urn(id));
        _json.WriteStartObject("resource");
        _json.WriteString("resourceType", type);
    }

    /// <summary>Closes the resource and asks for its creation.</summary>
    public void End(string type, string? ifNoneExist = null)
    {
        _json.WriteEndObject();
        _json.WriteStartObject("request");
        _json.WriteString("method", "POST");
        _json.WriteString("url", type);
        if (ifNoneExist is not null)
        {
            _json.WriteString("ifNoneExist", ifNoneExist);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
        Count++;
    }

    /// <summary>Closes the Bundle and gives its bytes.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _output.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    public void Reference(string name, string reference)
    {
        _json.WriteStartObject(name);
        _json.WriteString("reference", reference);
        _json.WriteEndObject();
    }

    /// <summary>An item of an array of references.</summary>
    public void Reference(string reference)
    {
        _json.WriteStartObject();
        _json.WriteString("reference", reference);
        _json.WriteEndObject();
    }

    public void Identifier(string system, string value)
    {
        _json.WriteStartArray("identifier");
        _json.WriteStartObject();
        _json.WriteString("use", "official");
        _json.WriteString("system", system);
        _json.WriteString("value", value);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    /// <summary>A CodeableConcept; the coding carries the code system's own display, the text what people here say.</summary>
    public void Concept(string name, string? system, string? code, string? display, string? text = null)
    {
        _json.WriteStartObject(name);
        ConceptBody(system, code, display, text);
        _json.WriteEndObject();
    }

    /// <summary>An array with one CodeableConcept.</summary>
    public void Concepts(string name, string? system, string? code, string? display, string? text = null)
    {
        _json.WriteStartArray(name);
        _json.WriteStartObject();
        ConceptBody(system, code, display, text);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    /// <summary>A Quantity; <paramref name="value"/> is written as it stands, trailing zeros included.</summary>
    public void Quantity(string name, string value, string unit)
    {
        _json.WriteStartObject(name);
        _json.WritePropertyName("value");
        _json.WriteRawValue(value);
        _json.WriteString("unit", unit.Trim('{', '}'));
        _json.WriteString("system", Systems.Ucum);
        _json.WriteString("code", unit);
        _json.WriteEndObject();
    }

    public void Period(string name, DateTime start, DateTime end)
    {
        _json.WriteStartObject(name);
        _json.WriteString("start", Instant(start));
        _json.WriteString("end", Instant(end));
        _json.WriteEndObject();
    }

    public static string Urn(Guid id) => "urn:uuid:" + id.ToString("D");

    public static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Turkish local time, which has been UTC+3 all year since 2016.</summary>
    public static string Instant(DateTime local) => local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+03:00";

    /// <summary>A whole number of the last decimal place as a decimal with all its places: 370 with one place is <c>37.0</c>.</summary>
    public static string Fixed(int value, int decimals)
    {
        var digits = Math.Abs(value).ToString("D" + (decimals + 1), CultureInfo.InvariantCulture);
        var text = decimals == 0 ? digits : digits[..^decimals] + "." + digits[^decimals..];
        return value < 0 ? "-" + text : text;
    }

    private void ConceptBody(string? system, string? code, string? display, string? text)
    {
        if (code is not null)
        {
            _json.WriteStartArray("coding");
            _json.WriteStartObject();
            _json.WriteString("system", system);
            _json.WriteString("code", code);
            if (display is not null)
            {
                _json.WriteString("display", display);
            }

            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        if (text is not null)
        {
            _json.WriteString("text", text);
        }
    }
}
