using System.Text.Json;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>CodeSystem/$lookup (R4 4.8.20.1): names, properties, and what stands above and below a code.</summary>
internal static class LookupOperation
{
    /// <summary>Most concepts below that one answer lists.</summary>
    private const int ChildrenMax = 1_000;

    public static Result<byte[]> Run(TerminologyCatalog catalog, OperationInput input)
    {
        if (input.Refuse("code", "system", "version", "coding", "displayLanguage", "property", "codeSystem") is { } refused)
        {
            return refused;
        }

        var coding = input.Object("coding");
        var code = input.Text("code") ?? coding.Text("code"u8);
        var url = input.Text("system") ?? coding.Text("system"u8);
        if (code is null || (url is null && input.Object("codeSystem").ValueKind == JsonValueKind.Undefined))
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs a code and its system, or a coding.");
        }

        if (!System(catalog, input, url, input.Text("version") ?? coding.Text("version"u8)).Try(out var system, out var failure))
        {
            return failure;
        }

        return system.Find(code) is { } concept
            ? Write(system, concept, input)
            : Failure.Of(404, "not-found", "code-unknown", $"The code is not in {system.Url}.");
    }

    /// <summary>The code system that a call names or brings along.</summary>
    public static Result<HeldCodeSystem> System(TerminologyCatalog catalog, OperationInput input, string? url, string? version)
    {
        if (input.Object("codeSystem") is { ValueKind: JsonValueKind.Object } given)
        {
            return HeldCodeSystem.Read(given, catalog.Limits);
        }

        if (url is null)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs a code system.");
        }

        var name = TerminologyCatalog.Split(url, out var bar);
        return catalog.CodeSystem(name, version ?? bar) is { } held ? held
            : Failure.Of(404, "not-found", "code-system-unknown", $"The code system {name}{((version ?? bar) is { } said ? "|" + said : "")} is not held.");
    }

    private static byte[] Write(HeldCodeSystem system, Concept concept, OperationInput input)
    {
        var wanted = input.Texts("property").ToHashSet(StringComparer.Ordinal);
        var language = input.Text("displayLanguage");
        bool Wants(string property) => wanted.Count == 0 || wanted.Contains(property) || wanted.Contains("*");
        using var answer = new ParametersWriter();
        answer.Text("name", "valueString", system.Name);
        answer.Text("version", "valueString", system.Version);
        answer.Text("display", "valueString", (language is null ? null : concept.Designations.FirstOrDefault(d => d.Speaks(language))?.Value) ?? concept.Display ?? concept.Code);
        var languages = wanted.Where(w => w.StartsWith("lang.", StringComparison.Ordinal)).Select(w => w[5..]).ToArray();
        foreach (var designation in concept.Designations.Where(d => Wants("designation") || Array.Exists(languages, d.Speaks)))
        {
            answer.Parts("designation", part =>
            {
                part.Text("language", "valueCode", designation.Language);
                if (designation.UseCode is { } use)
                {
                    part.Coding("use", designation.UseSystem, null, use, null);
                }

                part.Text("value", "valueString", designation.Value);
            });
        }

        if (Wants("definition") && concept.Definition is { } definition)
        {
            Property(answer, "definition", part => part.Text("value", "valueString", definition));
        }

        foreach (var parent in Wants("parent") ? concept.Parents : [])
        {
            Related(answer, "parent", parent);
        }

        foreach (var child in Wants("child") ? concept.Children.Take(ChildrenMax) : [])
        {
            Related(answer, "child", child);
        }

        foreach (var property in concept.Properties.Where(p => Wants(p.Code) && !system.ParentProperties.Contains(p.Code) && !system.ChildProperties.Contains(p.Code)))
        {
            Property(answer, property.Code, part => Value(part, property));
        }

        return answer.ToBytes();
    }

    private static void Related(ParametersWriter answer, string code, Concept other) => Property(answer, code, part =>
    {
        part.Text("value", "valueCode", other.Code);
        part.Text("description", "valueString", other.Display);
    });

    private static void Property(ParametersWriter answer, string code, Action<ParametersWriter> value) => answer.Parts("property", part =>
    {
        part.Text("code", "valueCode", code);
        value(part);
    });

    private static void Value(ParametersWriter part, ConceptProperty property)
    {
        if (property.Type == "Coding")
        {
            part.Coding("value", property.System, null, property.Value, property.Display);
        }
        else if (property.Type is "boolean" or "integer" or "decimal")
        {
            part.Raw("value", "value" + char.ToUpperInvariant(property.Type[0]) + property.Type[1..], property.Value);
        }
        else
        {
            part.Text("value", "value" + char.ToUpperInvariant(property.Type[0]) + property.Type[1..], property.Value);
        }
    }
}
