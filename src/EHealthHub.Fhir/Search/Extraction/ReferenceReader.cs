using System.Text.Json;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>Reads a Reference: its literal form, its version and the identifier in it.</summary>
internal static class ReferenceReader
{
    internal static void Read(FactSink sink, EmitterUse[] uses, JsonElement reference)
    {
        var stated = JsonText.Of(reference, "type"u8);
        if (stated is not null && !TypeParameters.Types.Contains(stated))
        {
            stated = null;
        }

        var type = stated;
        if (JsonText.Of(reference, "reference"u8) is { } written)
        {
            var literal = ReferenceText.Parse(sink.References?.GetValueOrDefault(written) ?? written, sink.Settings.BaseUrl);
            type = literal.Type ?? Contained(sink.Container, literal.Text) ?? stated;
            sink.Reference(uses, type, literal.Text);
            if (literal.Version is not null)
            {
                sink.Reference(uses, type, literal.VersionedText);
            }
        }

        if (reference.TryGetProperty("identifier"u8, out var identifier))
        {
            sink.ReferenceIdentifier(uses, type, JsonText.Of(identifier, "system"u8), JsonText.Of(identifier, "value"u8));
        }
    }

    // The type of the contained resource that `#id` names.
    private static string? Contained(JsonElement resource, string text)
    {
        if (text.Length < 2 || text[0] != '#')
        {
            return null;
        }

        foreach (var contained in ValueReader.Items(resource, "contained"u8))
        {
            if (contained.ValueKind == JsonValueKind.Object && contained.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String && id.ValueEquals(text.AsSpan(1)))
            {
                return JsonText.Of(contained, "resourceType"u8);
            }
        }

        return null;
    }
}
