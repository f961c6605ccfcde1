using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Capability;

/// <summary>Writes R4's search parameters as SearchParameter resources, from the same tables that parse and extract: what <c>SearchParameter/[id]</c> and the definitions that the CapabilityStatement names lead to.</summary>
public static class SearchParameterWriter
{
    private const string Version = "4.0.1";

    // No values of a resource, and so in no table of a type.
    private static readonly SearchParameter[] Words =
    [
        new() { Code = "_content", TypeCode = "string", Kind = null, Url = ParameterDefinitions.UrlBase + "Resource-content" },
        new() { Code = "_text", TypeCode = "string", Kind = null, Url = ParameterDefinitions.UrlBase + "DomainResource-text" },
    ];

    /// <summary>
    /// UTF-8 JSON of the definition that a code has on a type, for one of R4's; null for a type or code that R4 does not have (the hub's own parameters are stored resources). The id is the end of the definition's URL.
    /// </summary>
    public static byte[]? Write(string type, string code) => TypeParameters.Of(type)?.Find(code) is { } parameter ? Written(parameter, Bases(parameter)) : null;

    /// <summary>UTF-8 JSON of the definition of an id, for example <c>clinical-code</c>; null for none of R4's.</summary>
    public static byte[]? WriteById(string id)
    {
        var url = ParameterDefinitions.UrlBase + id;
        var type = ParameterDefinitions.BasesOf(id) is [var first, ..] ? first : "Patient";
        return Words.FirstOrDefault(w => w.Url == url) is { } words ? Written(words, [words.Code == "_text" ? "DomainResource" : "Resource"])
            : TypeParameters.Of(type)?.All.FirstOrDefault(p => p.Url == url) is { } parameter ? Written(parameter, Bases(parameter))
            : null;
    }

    /// <summary>The ids of all definitions, sorted.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. TypeParameters.Types.SelectMany(t => TypeParameters.Of(t)!.All).Concat(Words).Select(Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Id(SearchParameter parameter) => parameter.Url[ParameterDefinitions.UrlBase.Length..];

    private static IReadOnlyList<string> Bases(SearchParameter parameter) => ParameterDefinitions.BasesOf(Id(parameter)) is { Count: > 0 } bases ? bases : ["Resource"];

    private static byte[] Written(SearchParameter parameter, IReadOnlyList<string> bases)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("resourceType", "SearchParameter");
        json.WriteString("id", Id(parameter));
        DefinitionMeta.Write(json);
        json.WriteString("url", parameter.Url);
        json.WriteString("version", Version);
        json.WriteString("name", parameter.Code);
        json.WriteString("status", "active");
        json.WriteString("description", $"The parameter {parameter.Code} of {string.Join(", ", bases)}, as R4 defines it.");
        json.WriteString("code", parameter.Code);
        Texts(json, "base", bases);
        json.WriteString("type", parameter.TypeCode);
        if (Expression(parameter) is { Length: > 0 } expression)
        {
            json.WriteString("expression", expression);
        }

        // The types that a reference leads to may differ from base to base; the definition names them all.
        Texts(json, "target", [.. bases.SelectMany(b => TypeParameters.Of(b)?.Find(parameter.Code)?.Targets ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        if (!parameter.Components.IsEmpty)
        {
            json.WriteStartArray("component");
            foreach (var component in parameter.Components)
            {
                json.WriteStartObject();
                json.WriteString("definition", component.Parameter.Url);
                json.WriteString("expression", component.Expression);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    // Those of every resource have no expression in the table: their way is plain.
    private static string Expression(SearchParameter parameter) => parameter switch
    {
        { Expression.Length: > 0 } or { Code: "_content" or "_text" } => parameter.Expression,
        { Code: CommonParameters.Id } => "Resource.id",
        { Code: CommonParameters.LastUpdated } => "Resource.meta.lastUpdated",
        _ => "Resource." + string.Join('.', parameter.Paths[0].Steps.Select(s => s.Name)),
    };

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
