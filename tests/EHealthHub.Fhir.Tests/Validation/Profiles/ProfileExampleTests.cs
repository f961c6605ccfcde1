using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using Hl7.Fhir.Model;
using Hl7.FhirPath;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>Every example of fhir-profiles is a test case: the valid ones pass, each invalid one fails as it says.</summary>
public sealed class ProfileExampleTests
{
    private static readonly FhirLimits Limits = new();

    public static TheoryData<string> Valid => [.. Files("valid")];

    public static TheoryData<string> Invalid => [.. Files("invalid").Where(f => !f.EndsWith(".expected.json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Valid_examples_pass(string file)
    {
        using var resource = Read(Path.Combine(Folder(), "valid", file));
        Assert.NotEmpty(ProfileCatalog.Held.Claimed(resource.Root));
        Assert.Empty(new Validator().Validate(resource, Limits));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_examples_fail_as_they_say(string file)
    {
        using var resource = Read(Path.Combine(Folder(), "invalid", file));
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), "invalid", Path.ChangeExtension(file, ".expected.json"))));
        var issues = new Validator().Validate(resource, Limits);
        var code = expected.RootElement.GetProperty("code").GetString();
        var place = expected.RootElement.GetProperty("expression").GetString();
        Assert.Contains(issues, i => i.Severity == "error" && i.Expression == place && (code is null || i.Code == code));
    }

    [Fact]
    public void Every_profile_has_valid_and_invalid_examples()
    {
        foreach (var profile in ProfileCatalog.Held.All.Where(p => p.Type != "Extension" && p.Url.StartsWith("https://ehealthhub.example/", StringComparison.Ordinal)))
        {
            Assert.Contains(Files("valid"), f => Names(Path.Combine(Folder(), "valid", f), profile.Url));
            Assert.Contains(Files("invalid"), f => Names(Path.Combine(Folder(), "invalid", f), profile.Url));
        }
    }

    [Fact]
    public void The_definitions_are_valid_r4_themselves()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder(), ".."), "*.json"))
        {
            using var definition = Read(file);
            Assert.Empty(new Validator().Validate(definition, Limits));
            Sdk.Accepts(File.ReadAllBytes(file));
            Assert.All(definition.Type == "StructureDefinition" ? ProfileCatalog.Held.Find(definition.Root.GetProperty("url").GetString()!)!.Root.Constraints : [], c => Assert.Null(RuleCompiler.Refuse(c.Expression, ProfileCatalog.Held)));
        }
    }

    /// <summary>The rule is written twice, natively and in FHIRPath for other systems that take the profile; both must say the same.</summary>
    [Fact]
    public void The_fhirpath_rule_for_national_ids_agrees_with_the_native_one()
    {
        var rule = ProfileCatalog.Held.All.Single(p => p.Type == "Patient").Root.Constraints.Single(c => c.Key == "tr-pat-1").Compiled;
        var numbers = new Mutator(146);
        for (var i = 0; i < 400; i++)
        {
            var text = Number(numbers);
            var patient = new Patient { Identifier = [new(NationalId.System, text)] };
            Assert.Equal(NationalId.IsValid(text), rule.IsTrue(patient.ToPocoNode(), new EvaluationContext()));
        }
    }

    [Fact]
    public void A_profile_that_the_hub_does_not_hold_asks_nothing()
    {
        using var resource = Support.Read.Resource("""{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},"active":true}""");
        Assert.Empty(new Validator().Validate(resource, Limits));
    }

    [Fact]
    public void A_version_behind_the_bar_names_the_same_profile()
    {
        using var resource = Support.Read.Resource("""{"resourceType":"Patient","meta":{"profile":["https://ehealthhub.example/fhir/StructureDefinition/tr-hub-patient|0.1.0"]},"active":true}""");
        Assert.Contains(new Validator().Validate(resource, Limits), i => i is { Code: "profile-cardinality", Expression: "Patient.birthDate" });
    }

    [Fact]
    public void Mutated_examples_are_judged_without_an_exception()
    {
        var mutator = new JsonMutator(99);
        var bodies = Files("valid").Select(f => File.ReadAllText(Path.Combine(Folder(), "valid", f))).ToArray();
        for (var i = 0; i < 2_000; i++)
        {
            if (FhirReader.Read(Encoding.UTF8.GetBytes(mutator.Mutate(bodies[i % bodies.Length])), Limits).Try(out var resource, out _))
            {
                Assert.All(new Validator().Validate(resource, Limits), issue => Assert.NotEmpty(issue.Diagnostics));
                resource.Dispose();
            }
        }
    }

    /// <summary>Every second one is completed to a valid number.</summary>
    private static string Number(Mutator numbers)
    {
        var digits = string.Concat(Enumerable.Range(0, 9).Select(i => (char)('0' + (i == 0 ? 1 + numbers.Next(9) : numbers.Next(10)))));
        return numbers.Next(2) == 0
            ? digits + numbers.Next(10).ToString(CultureInfo.InvariantCulture) + numbers.Next(10).ToString(CultureInfo.InvariantCulture)
            : Enumerable.Range(0, 100).Select(n => digits + n.ToString("D2", CultureInfo.InvariantCulture)).Single(n => NationalId.IsValid(n));
    }

    private static bool Names(string file, string url) => File.ReadAllText(file).Contains(url, StringComparison.Ordinal);

    private static FhirResource Read(string file)
    {
        Assert.True(FhirReader.Read(File.ReadAllBytes(file), Limits).Try(out var resource, out var failure), failure?.Issues[0].Diagnostics);
        return resource;
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Folder(), folder), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "fhir-profiles", "examples"));
}
