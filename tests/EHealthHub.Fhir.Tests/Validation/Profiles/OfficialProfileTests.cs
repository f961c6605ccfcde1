using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using Xunit.Abstractions;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>R4's own profiles (vital signs and others) and 390 extensions over R4's own terminology, and the official examples that claim or use them.</summary>
public sealed class OfficialProfileTests(ITestOutputHelper output)
{
    [OfficialExamplesFact]
    public void Official_examples_satisfy_R4s_profiles_and_extensions()
    {
        var all = RealData.OfficialExamples().Where(f => Path.GetFileName(f).Split('-')[0] is "StructureDefinition" or "ValueSet" or "CodeSystem").Select(Json).ToList();
        var terminology = new TerminologyCatalog(new TerminologyLimits()).WithAll(all, out var refusedTerms);
        var catalog = ProfileCatalog.Empty(terminology).WithAll(all, out var refused);
        output.WriteLine($"{catalog.Urls.Count} of {all.Count(d => d.GetProperty("resourceType").ValueEquals("StructureDefinition"))} definitions taken.");
        foreach (var issue in refused.Concat(refusedTerms))
        {
            output.WriteLine(issue.Diagnostics);
        }

        var (claims, faults) = (0, new List<string>());
        foreach (var file in RealData.OfficialExamples().Where(f => Path.GetFileName(f).Split('-')[0] is not ("StructureDefinition" or "ValueSet" or "CodeSystem")))
        {
            if (FhirReader.Read(File.ReadAllBytes(file), Support.Read.Limits).Try(out var resource, out _))
            {
                var request = new ValidationRequest { Type = resource.Type, Resource = resource };
                var issues = new Validator { Profiles = catalog }.Examine(request, Support.Read.Limits);
                claims += catalog.Claimed(resource.Root).Count;
                faults.AddRange(issues.Where(i => i.Severity == "error" && (i.Code.StartsWith("profile", StringComparison.Ordinal) || i.Code.StartsWith("extension", StringComparison.Ordinal))).Select(i => $"{Path.GetFileName(file)} {i.Code} {i.Expression} {i.Diagnostics}"));
                resource.Dispose();
            }
        }

        output.WriteLine($"{claims} claims of profiles");
        Assert.True(catalog.Urls.Count >= 410 && claims >= 10);

        // HL7's own definitions carry extensions of the specification's build where their contexts do not allow them.
        faults.RemoveAll(f => f.Contains(" extension-context ", StringComparison.Ordinal) && (f.Contains("/structuredefinition-", StringComparison.Ordinal) || f.Contains("/regex ", StringComparison.Ordinal) || f.Contains("/cqf-library ", StringComparison.Ordinal) || f.Contains("/translation ", StringComparison.Ordinal) || f.Contains("/valueset-concept-comments ", StringComparison.Ordinal)));
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
