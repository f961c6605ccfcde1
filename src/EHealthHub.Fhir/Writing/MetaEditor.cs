using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Writing;

/// <summary>
/// The profiles, tags and security labels of a resource, for <c>$meta</c>, <c>$meta-add</c> and <c>$meta-delete</c> (R4, resource-operation-meta.html). Profiles are the same when their text is, tags and labels when system and code are.
/// Every other byte of the resource is kept.
/// </summary>
public static class MetaEditor
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly string[] Lists = ["profile", "tag", "security"];

    /// <summary>The Meta that the Parameters of an operation bring; 400 where there is none, or more than one.</summary>
    public static Result<FhirResource> Read(FhirResource parameters, FhirLimits limits)
    {
        var found = parameters.Type == "Parameters" && parameters.Root.TryGetProperty("parameter"u8, out var list)
            ? list.EnumerateArray().Where(p => p.TryGetProperty("name"u8, out var name) && name.ValueEquals("meta"u8) && p.TryGetProperty("valueMeta"u8, out _)).ToList()
            : [];
        if (found.Count != 1)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation takes Parameters with one parameter meta, a valueMeta.", "Parameters.parameter");
        }

        // Carried as the meta of a Basic, so that it is bounded and read like everything else.
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "Basic"u8);
            Raw(json, "meta", found[0].GetProperty("valueMeta"u8));
            json.WriteEndObject();
        }

        return FhirReader.Read(output.WrittenMemory, limits);
    }

    /// <summary>The resource with what <paramref name="change"/> brings and it does not have yet.</summary>
    public static Result<FhirResource> Add(FhirResource resource, FhirResource change, FhirLimits limits) => Edit(resource, limits, (name, present) =>
    {
        var known = present.Select(v => Key(name, v)).ToHashSet(StringComparer.Ordinal);
        return [.. present, .. ListOf(change, name).Where(v => known.Add(Key(name, v)))];
    });

    /// <summary>The resource without what <paramref name="change"/> names.</summary>
    public static Result<FhirResource> Remove(FhirResource resource, FhirResource change, FhirLimits limits) => Edit(resource, limits, (name, present) =>
    {
        var unwanted = ListOf(change, name).Select(v => Key(name, v)).ToHashSet(StringComparer.Ordinal);
        return present.FindAll(v => !unwanted.Contains(Key(name, v)));
    });

    /// <summary>The resource with these labels beside those that it has, and without those that <paramref name="drop"/> names (system, code).</summary>
    public static Result<FhirResource> Secure(FhirResource resource, IReadOnlyList<SecurityLabel> add, Func<string?, string?, bool> drop, FhirLimits limits)
    {
        var labels = add.Select(l => JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["system"] = l.System, ["code"] = l.Code })).ToList();
        return Edit(resource, limits, (name, present) => name == "security" ? [.. present.Where(v => !drop(Text(v, "system"u8), Text(v, "code"u8))), .. labels] : present);
    }

    /// <summary>What the operations answer with: Parameters with the meta of a resource.</summary>
    public static byte[] Answer(ReadOnlyMemory<byte> resource)
    {
        using var document = JsonDocument.Parse(resource);
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "Parameters"u8);
            json.WriteStartArray("parameter"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, "return"u8);
            Raw(json, "valueMeta", document.RootElement.GetProperty("meta"u8));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static Result<FhirResource> Edit(FhirResource resource, FhirLimits limits, Func<string, List<JsonElement>, List<JsonElement>> change)
    {
        var output = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(resource.Root).Length + 256);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            var hasMeta = false;
            foreach (var member in resource.Root.EnumerateObject())
            {
                if (member.NameEquals("meta"u8))
                {
                    hasMeta = true;
                    json.WriteStartObject("meta"u8);
                    WriteMeta(json, member.Value, change);
                    json.WriteEndObject();
                }
                else
                {
                    Raw(json, member.Name, member.Value);
                }
            }

            if (!hasMeta)
            {
                json.WriteStartObject("meta"u8); // what is posted need not have one
                foreach (var name in Lists)
                {
                    WriteList(json, name, change(name, []));
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return FhirReader.Read(output.WrittenMemory, limits);
    }

    private static void WriteMeta(Utf8JsonWriter json, JsonElement meta, Func<string, List<JsonElement>, List<JsonElement>> change)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in meta.EnumerateObject())
        {
            if (Array.IndexOf(Lists, member.Name) < 0)
            {
                Raw(json, member.Name, member.Value);
                continue;
            }

            written.Add(member.Name);
            WriteList(json, member.Name, change(member.Name, [.. member.Value.EnumerateArray()]));
        }

        foreach (var name in Lists)
        {
            if (written.Add(name))
            {
                WriteList(json, name, change(name, []));
            }
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, List<JsonElement> values)
    {
        if (values.Count == 0)
        {
            return; // R4 knows no empty arrays
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        }

        json.WriteEndArray();
    }

    private static List<JsonElement> ListOf(FhirResource resource, string name) =>
        resource.Root.TryGetProperty("meta"u8, out var meta) && meta.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string Key(string name, JsonElement value) => name == "profile"
        ? value.GetString() ?? ""
        : $"{Text(value, "system"u8)}|{Text(value, "code"u8)}";

    private static string? Text(JsonElement coding, ReadOnlySpan<byte> name) => coding.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static void Raw(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
