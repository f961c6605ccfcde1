using System.Runtime.CompilerServices;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;

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
        Assert.NotEmpty(ProfileCheck.Claimed(resource.Root));
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
        Assert.Equal(4, Profile.Held.Count);
        foreach (var profile in Profile.Held.Values)
        {
            Assert.Contains(Files("valid"), f => Names(Path.Combine(Folder(), "valid", f), profile.Url));
            Assert.Contains(Files("invalid"), f => Names(Path.Combine(Folder(), "invalid", f), profile.Url));
        }
    }

    [Fact]
    public void A_profile_that_uses_what_is_not_served_is_not_taken()
    {
        using var definition = JsonDocument.Parse("""{"url":"urn:x","type":"Patient","differential":{"element":[{"path":"Patient.identifier","sliceName":"tckn"}]}}""");
        Assert.Throws<InvalidDataException>(() => Profile.Read(definition.RootElement));
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
