using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Tests.Terminology;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>
/// Damaged resources, definitions and terminology, seeded: whatever comes, the answer is issues or a refusal, never an exception. EHEALTHHUB_FUZZ_CASES sets how many; a few thousand by default.
/// </summary>
public sealed class MutatedProfileTests
{
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("EHEALTHHUB_FUZZ_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases) ? cases : 3_000;

    [Fact]
    public void Damaged_resources_are_judged()
    {
        var bodies = Files("examples/valid");
        Mutate(bodies, Cases, resource =>
        {
            Assert.All(new Validator().Examine(new ValidationRequest { Type = resource.Type, Resource = resource }, Read.Limits), i => Assert.NotEmpty(i.Diagnostics));
        });
    }

    [Fact]
    public void Damaged_definitions_are_taken_or_refused_and_those_taken_judge()
    {
        var example = Read.Resource(Files("examples/valid").First(b => b.Contains("\"Observation\"", StringComparison.Ordinal)));
        Mutate([.. Files("").Where(b => b.Contains("\"StructureDefinition\"", StringComparison.Ordinal)), .. Definitions], Cases / 10, resource =>
        {
            if (resource.Type == "StructureDefinition" && ProfileCatalog.Empty(TerminologyCatalog.Held).With([resource]).Try(out var catalog, out var failure))
            {
                var url = resource.Root.GetProperty("url").GetString()!;
                Assert.NotEmpty(new Validator { Profiles = catalog }.Examine(new ValidationRequest { Type = "Observation", Resource = example, Profiles = [url] }, Read.Limits));
            }
        });
    }

    [Fact]
    public void Damaged_terminology_is_taken_or_refused_and_what_is_taken_answers()
    {
        Mutate([Terms.Animals, Terms.Map, Terms.Set("urn:f", Terms.Filter("concept", "is-a", "bird")), Terms.Set("urn:f", Terms.Filter("code", "regex", "d.*"))], Cases / 3, resource =>
        {
            if (!Terms.Catalog.With(resource).Try(out var catalog, out var failure))
            {
                Assert.NotEmpty(failure.Issues);
                return;
            }

            foreach (var url in (string[])["urn:animals:all", "urn:f", "urn:nested"])
            {
                _ = TerminologyOperations.Expand(catalog, Terms.Query("url=" + url, "filter=d"), DateTimeOffset.UnixEpoch).Try(out _, out _);
                _ = TerminologyOperations.ValidateValueSetCode(catalog, Terms.Query("url=" + url, "code=dog")).Try(out _, out _);
            }

            _ = TerminologyOperations.Lookup(catalog, Terms.Query("system=urn:animals", "code=dog")).Try(out _, out _);
            _ = TerminologyOperations.Translate(catalog, Terms.Query("url=urn:map", "code=dog")).Try(out _, out _);
            _ = TerminologyOperations.Subsumes(catalog, Terms.Query("system=urn:animals", "codeA=animal", "codeB=cat")).Try(out _, out _);
        });
    }

    [Fact]
    public void Damaged_calls_are_understood_or_refused()
    {
        Mutate(["""{"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"urn:mammals"},{"name":"coding","valueCoding":{"system":"urn:animals","code":"dog","display":"Dog"}},{"name":"count","valueInteger":3},{"name":"profile","valueUri":"urn:x"},{"name":"mode","valueCode":"create"},{"name":"resource","resource":{"resourceType":"Patient"}}]}"""], Cases / 3, resource =>
        {
            if (ValidationRequest.Read("Patient", null, resource, []).Try(out var request, out _))
            {
                _ = new Validator().Examine(request, Read.Limits);
            }

            if (OperationInput.OfParameters(resource).Try(out var input, out _))
            {
                _ = TerminologyOperations.Expand(Terms.Catalog, input, DateTimeOffset.UnixEpoch).Try(out _, out _);
                _ = TerminologyOperations.ValidateValueSetCode(Terms.Catalog, input).Try(out _, out _);
                _ = TerminologyOperations.Lookup(Terms.Catalog, input).Try(out _, out _);
            }
        });
    }

    /// <summary>Slices, extensions and datatypes, beside the folder's own definitions.</summary>
    private static readonly string[] Definitions =
    [
        Catalog.Definition("Observation", """
            {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{"type":"pattern","path":"code"},{"type":"exists","path":"interpretation"},{"type":"type","path":"value"}],"rules":"closed","ordered":true}},
            {"id":"Observation.component:a","path":"Observation.component","sliceName":"a","min":1,"max":"2"},{"id":"Observation.component:a.code","path":"Observation.component.code","patternCodeableConcept":{"text":"a"}},
            {"id":"Observation.component:a.interpretation","path":"Observation.component.interpretation","min":1},{"id":"Observation.component:a.value[x]","path":"Observation.component.value[x]","type":[{"code":"Quantity"}]},
            {"id":"Observation.extension:e","path":"Observation.extension","sliceName":"e","type":[{"code":"Extension"}]},{"id":"Observation.extension:e.url","path":"Observation.extension.url","fixedUri":"urn:e"}
            """),
    ];

    private static void Mutate(string[] bodies, int cases, Action<FhirResource> judge)
    {
        var mutator = new JsonMutator(2026);
        for (var i = 0; i < cases; i++)
        {
            var body = mutator.Mutate(bodies[i % bodies.Length]);
            body = i % 3 == 0 ? mutator.Mutate(body) : body;
            if (!FhirReader.Read(Encoding.UTF8.GetBytes(body), Read.Limits).Try(out var resource, out _))
            {
                continue;
            }

            try
            {
                judge(resource);
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{fault} on {body}");
            }
            finally
            {
                resource.Dispose();
            }
        }
    }

    private static string[] Files(string folder, [CallerFilePath] string here = "") =>
        [.. Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "fhir-profiles", folder), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
}
