using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using Xunit.Abstractions;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Published guides (IHE BALP, MHD, PCF, HL7 IPS): their profiles are taken or refused by name, and their examples are what they say.</summary>
public sealed class GuideTests(ITestOutputHelper output)
{
    private static readonly Lazy<TerminologyCatalog> Hl7 = new(() => new TerminologyCatalog(new TerminologyLimits()).WithAll(RealData.Package(RealData.TerminologyPackage()!), out _));

    [GuidesTheory]
    [InlineData("balp")]
    [InlineData("mhd")]
    [InlineData("pcf")]
    [InlineData("ips")]
    public void Examples_of_a_guide_satisfy_the_profiles_they_claim(string guide)
    {
        var files = RealData.GuideFiles();
        var definitions = files.Where(f => f.Contains("/definitions/", StringComparison.Ordinal)).Select(Json).ToList();
        var terminology = Hl7.Value.WithAll(definitions, out var refusedTerminology);
        var catalog = ProfileCatalog.Empty(terminology).WithAll(definitions, out var refused);
        foreach (var issue in refusedTerminology.Concat(refused))
        {
            output.WriteLine(issue.Diagnostics);
        }

        var (checkedOnes, valid) = (0, 0);
        foreach (var file in files.Where(f => f.Contains($"/{guide}/", StringComparison.Ordinal) && !f.Contains("/definitions/", StringComparison.Ordinal)))
        {
            if (!FhirReader.Read(File.ReadAllBytes(file), new FhirLimits()).Try(out var resource, out _))
            {
                continue;
            }

            using (resource)
            {
                var claimed = catalog.Claimed(resource.Root).Count;
                var issues = new Validator { Profiles = catalog }.Validate(resource, new FhirLimits());
                checkedOnes += claimed > 0 ? 1 : 0;
                valid += claimed > 0 && issues.IsEmpty ? 1 : 0;
                foreach (var issue in claimed > 0 ? issues : [])
                {
                    output.WriteLine($"{Path.GetFileName(file)}: {issue.Code} {issue.Expression} {issue.Diagnostics}");
                }
            }
        }

        output.WriteLine($"{guide}: {catalog.Urls.Count} of {definitions.Count(d => d.GetProperty("resourceType").ValueEquals("StructureDefinition"))} definitions taken; {checkedOnes} examples checked, {valid} valid");
    }

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
