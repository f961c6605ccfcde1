using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Short forms of making profiles, for tests.</summary>
internal static class Catalog
{
    public const string Url = "urn:test:profile";

    private static readonly TerminologyCatalog Codes = new TerminologyCatalog(new TerminologyLimits()).WithAll(
        [
            Json("""{"resourceType":"CodeSystem","url":"urn:test:colours","status":"active","content":"complete","concept":[{"code":"warm","concept":[{"code":"red"},{"code":"orange"}]},{"code":"blue"}]}"""),
            Json("""{"resourceType":"ValueSet","url":"urn:test:warm","status":"active","compose":{"include":[{"system":"urn:test:colours","filter":[{"property":"concept","op":"is-a","value":"warm"}]}]}}"""),
            Json("""{"resourceType":"ValueSet","url":"urn:test:elsewhere","status":"active","compose":{"include":[{"system":"http://snomed.info/sct"}]}}"""),
        ],
        out _);

    public static JsonElement Json(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>A StructureDefinition with these elements.</summary>
    public static string Definition(string type, string elements, string url = Url, string? parent = null, string more = "")
    {
        var kind = Fhir.Reading.ResourceTypes.IsKnown(type) ? "resource" : "complex-type";
        return $$$"""{"resourceType":"StructureDefinition","url":"{{{url}}}","name":"Test","status":"active","kind":"{{{kind}}}","abstract":false,"type":"{{{type}}}","baseDefinition":"{{{parent ?? "http://hl7.org/fhir/StructureDefinition/" + type}}}","derivation":"constraint",{{{more}}}"differential":{"element":[{{{elements}}}]}}""";
    }

    public static Result<ProfileCatalog> Try(params string[] definitions) => ProfileCatalog.Empty(Codes).With([.. definitions.Select(Read.Resource)]);

    public static ProfileCatalog Of(params string[] definitions)
    {
        Assert.True(Try(definitions).Try(out var catalog, out var failure), string.Join("; ", failure?.Issues.Select(i => i.Diagnostics + " " + i.Expression) ?? []));
        return catalog;
    }

    /// <summary>Why the definitions are not taken.</summary>
    public static string Refusal(params string[] definitions)
    {
        Assert.False(Try(definitions).Try(out _, out var failure), "taken");
        Assert.Equal(422, failure!.Status);
        return string.Join("; ", failure.Issues.Select(i => i.Diagnostics));
    }

    /// <summary>Errors of a resource that claims <see cref="Url"/>, as "code place".</summary>
    public static string[] Errors(this ProfileCatalog catalog, string resource)
    {
        var claiming = resource.Replace("\"resourceType\":", $$"""
            "meta":{"profile":["{{Url}}"]},"resourceType":
            """, StringComparison.Ordinal);
        using var read = Read.Resource(resource.Contains("\"meta\"", StringComparison.Ordinal) ? resource : claiming);
        return [.. new Validator { Profiles = catalog }.Validate(read, Read.Limits).Select(i => $"{i.Code} {i.Expression}")];
    }
}
