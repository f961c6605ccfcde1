using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Writing;

/// <summary>The profiles, tags and security labels in use among many resources (R4 Resource-meta), gathered from their facts: systems and codes, without displays. For one thread at a time.</summary>
public sealed class MetaSummary
{
    /// <summary>Most different ones that are gathered.</summary>
    public const int LabelsMax = 5_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly SortedSet<string> _profiles = new(StringComparer.Ordinal);
    private readonly SortedSet<(string System, string Code)> _security = [];
    private readonly SortedSet<(string System, string Code)> _tags = [];

    /// <summary>True when there are more than are gathered.</summary>
    public bool IsFull => _profiles.Count + _security.Count + _tags.Count > LabelsMax;

    /// <summary>Adds those of one resource; <paramref name="facts"/> as encoded.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public void Add(ReadOnlySpan<byte> facts)
    {
        foreach (var value in SearchFacts.Decode(facts).Values)
        {
            switch (value.Parameter)
            {
                case "_profile" when value.Text is { } profile:
                    _profiles.Add(profile);
                    break;
                case "_security" when value.Kind == FactKind.Token:
                    _security.Add((value.System ?? "", value.Text ?? ""));
                    break;
                case "_tag" when value.Kind == FactKind.Token:
                    _tags.Add((value.System ?? "", value.Text ?? ""));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Parameters with the Meta; without a parameter where nothing is in use, since R4 knows no Meta without content.</summary>
    public byte[] Answer()
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "Parameters"u8);
            if (_profiles.Count + _security.Count + _tags.Count > 0)
            {
                json.WriteStartArray("parameter"u8);
                json.WriteStartObject();
                json.WriteString("name"u8, "return"u8);
                json.WriteStartObject("valueMeta"u8);
                Profiles(json);
                Codings(json, "security", _security);
                Codings(json, "tag", _tags);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private void Profiles(Utf8JsonWriter json)
    {
        if (_profiles.Count == 0)
        {
            return;
        }

        json.WriteStartArray("profile"u8);
        foreach (var profile in _profiles)
        {
            json.WriteStringValue(profile);
        }

        json.WriteEndArray();
    }

    private static void Codings(Utf8JsonWriter json, string name, SortedSet<(string System, string Code)> codings)
    {
        if (codings.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var (system, code) in codings)
        {
            json.WriteStartObject();
            if (system.Length > 0)
            {
                json.WriteString("system"u8, system);
            }

            if (code.Length > 0)
            {
                json.WriteString("code"u8, code);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
