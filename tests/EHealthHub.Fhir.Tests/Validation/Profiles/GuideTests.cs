using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using Xunit.Abstractions;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Published guides (IHE BALP, MHD, PCF, HL7 IPS): their profiles, over R4's own where those are found, are taken or refused by name, and their examples are what they say.</summary>
public sealed class GuideTests(ITestOutputHelper output)
{
    private static readonly Lazy<TerminologyCatalog> Hl7 = new(() => new TerminologyCatalog(new TerminologyLimits()).WithAll(RealData.Package(RealData.TerminologyPackage()!), out _));

    private static readonly Lazy<(ProfileCatalog, ImmutableArray<Issue>)> Held = new(() =>
    {
        var core = RealData.OfficialExamples().Where(f => Path.GetFileName(f).Split('-')[0] is "StructureDefinition" or "ValueSet" or "CodeSystem").Select(Json);
        var definitions = core.Concat(RealData.GuideFiles().Where(f => f.Contains("/definitions/", StringComparison.Ordinal)).Select(Json)).ToList();
        return (ProfileCatalog.Empty(Hl7.Value.WithAll(definitions, out _)).WithAll(definitions, out var refused), refused);
    });

    [GuidesTheory]
    [InlineData("balp", 18)]
    [InlineData("mhd", 32)]
    [InlineData("pcf", 12)]
    [InlineData("ips", 5)]
    public void Examples_of_a_guide_satisfy_the_profiles_they_claim(string guide, int least)
    {
        var files = RealData.GuideFiles();
        var (catalog, refused) = Held.Value;
        Assert.All(refused, r => Assert.Contains(": ", r.Diagnostics, StringComparison.Ordinal));
        var valid = 0;
        foreach (var file in files.Where(f => f.Contains($"/{guide}/", StringComparison.Ordinal) && !f.Contains("/definitions/", StringComparison.Ordinal)))
        {
            if (FhirReader.Read(File.ReadAllBytes(file), Support.Read.Limits).Try(out var resource, out _) && catalog.Claimed(resource.Root).Count > 0)
            {
                var issues = new Validator { Profiles = catalog }.Validate(resource, Support.Read.Limits);
                Assert.True(issues.IsEmpty, $"{file}: {string.Join("; ", issues.Select(i => $"{i.Code} {i.Expression} {i.Diagnostics}"))}");
                valid++;
            }
        }

        output.WriteLine($"{guide}: {catalog.Urls.Count} definitions of all guides taken, {valid} examples valid. {string.Join("; ", refused.Select(r => r.Diagnostics))}");
        Assert.True(valid >= least, $"{valid} examples claim a profile that is held.");
    }

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
