using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>What an entry of the record is called, when it was and who wrote it, in few words. What the resource does not say is left empty.</summary>
internal static class ResourceText
{
    private static readonly ImmutableArray<string> Titles =
        ["code", "vaccineCode", "medicationCodeableConcept", "medicationReference", "type", "title", "description", "serviceType", "category", "class", "use", "scope"];

    private static readonly ImmutableArray<string> Places = ["serviceProvider", "managingOrganization", "custodian", "performer", "requester", "recorder", "asserter", "author", "provider", "organization", "insurer", "payor"];

    public static string Title(JsonElement resource)
    {
        foreach (var name in Titles)
        {
            if (resource.TryGetProperty(name, out var element) && Say(element) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    /// <summary>The date as it is written; empty without one.</summary>
    public static string Date(RecordKind kind, JsonElement resource)
    {
        foreach (var name in kind.Dates)
        {
            if (resource.TryGetProperty(name, out var element) && DateOf(element) is { Length: > 0 } date)
            {
                return date;
            }
        }

        return "";
    }

    /// <summary>A measured or found value; empty for what has none.</summary>
    public static string Value(JsonElement resource, Words t)
    {
        var values = new List<string>();
        foreach (var member in resource.EnumerateObject())
        {
            if (member.Name.StartsWith("value", StringComparison.Ordinal))
            {
                values.Add(member.Value.ValueKind == JsonValueKind.String && member.Name is "valueDateTime" or "valueTime" ? t.Written(member.Value.GetString()!) : Say(member.Value, t));
            }
        }

        if (resource.TryGetProperty("component", out var components) && components.ValueKind == JsonValueKind.Array)
        {
            values.AddRange(components.EnumerateArray().Take(6).Select(c => $"{Title(c)}: {Value(c, t)}"));
        }

        return string.Join("; ", values.Where(v => v.Length > 0));
    }

    /// <summary>Who brought or did it, where the resource names them in words.</summary>
    public static string Place(JsonElement resource)
    {
        foreach (var name in Places)
        {
            if (resource.TryGetProperty(name, out var element) && Say(element) is { Length: > 0 } text && !text.Contains('/', StringComparison.Ordinal))
            {
                return text;
            }
        }

        return "";
    }

    /// <summary>A datatype in one line: the words that its writer chose, else its code.</summary>
    public static string Say(JsonElement element, Words? t = null) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "✓",
        JsonValueKind.False => "–",
        JsonValueKind.Array => string.Join(", ", element.EnumerateArray().Take(4).Select(e => Say(e, t)).Where(s => s.Length > 0)),
        JsonValueKind.Object => SayObject(element, t),
        _ => "",
    };

    /// <summary>True for an object that <see cref="Say"/> says whole enough: no tree is needed below it.</summary>
    public static bool IsPlain(JsonElement element) =>
        element.ValueKind != JsonValueKind.Object || element.TryGetProperty("coding", out _) || element.TryGetProperty("reference", out _) || (element.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
        || (element.TryGetProperty("value", out var value) && value.ValueKind is JsonValueKind.Number or JsonValueKind.String && !element.TryGetProperty("url", out _))
        || (element.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String) || IsPeriod(element);

    private static string SayObject(JsonElement element, Words? t)
    {
        if (Text(element, "text") is { } text)
        {
            return text;
        }

        if (element.TryGetProperty("coding", out var codings) && codings.ValueKind == JsonValueKind.Array)
        {
            return codings.EnumerateArray().Select(c => Text(c, "display")).FirstOrDefault(d => d is not null) ?? codings.EnumerateArray().Select(c => Say(c, t)).FirstOrDefault(s => s.Length > 0) ?? "";
        }

        if (Text(element, "display") is { } display)
        {
            return display;
        }

        if (IsPeriod(element))
        {
            return $"{Written(Text(element, "start"), t)} – {Written(Text(element, "end"), t)}";
        }

        if (element.TryGetProperty("value", out var value) && value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            var unit = Text(element, "unit") ?? Text(element, "code") ?? Text(element, "currency");
            return $"{Text(element, "comparator")}{Say(value, t)}{(unit is null ? "" : " " + unit)}";
        }

        if (element.TryGetProperty("actor", out var actor) || element.TryGetProperty("member", out actor) || element.TryGetProperty("individual", out actor))
        {
            return Say(actor, t);
        }

        if (Text(element, "family") is { } family)
        {
            return element.TryGetProperty("given", out var given) ? $"{string.Join(' ', given.EnumerateArray().Select(g => Say(g, t)))} {family}" : family;
        }

        return Text(element, "code") is { } code ? code + SystemName(Text(element, "system"))
            : Text(element, "reference") ?? "";
    }

    private static string DateOf(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : Text(element, "start") ?? Text(element, "end") ?? "";

    private static bool IsPeriod(JsonElement element) => element.EnumerateObject().All(m => m.Name is "start" or "end" or "id" or "extension");

    private static string Written(string? date, Words? t) => date is null ? "…" : t?.Written(date) ?? date;

    private static string SystemName(string? system) => system switch
    {
        "http://loinc.org" => " (LOINC)",
        "http://snomed.info/sct" => " (SNOMED CT)",
        "http://hl7.org/fhir/sid/icd-10" or "http://hl7.org/fhir/sid/icd-10-cm" => " (ICD-10)",
        _ => "",
    };

    private static string? Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
