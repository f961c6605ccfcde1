using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>The SDK's strict parser as the oracle: what it refuses, we refuse; what we refuse beyond it has a code that says why.</summary>
public class SdkOracleTests
{
    /// <summary>Rules that the SDK's parser does not know, besides invariants: references, contained resources, concepts, the vocabulary of narratives, the hub's own.</summary>
    private static readonly HashSet<string> BeyondTheSdk =
        ["reference-format", "reference-target", "contained-id", "code-not-in-value-set", "companion-length", "narrative-malformed", "narrative-unsafe", "national-id-checksum"];


    private readonly Validator _validator = new();

    [Fact]
    public void The_samples_are_valid_for_both()
    {
        foreach (var json in Samples.Valid)
        {
            using var resource = Read.Resource(json);
            Assert.Empty(_validator.Validate(resource, Read.Limits));
            Sdk.Accepts(Encoding.UTF8.GetBytes(json));
        }
    }

    [Fact]
    public void Mutated_resources_are_judged_as_the_sdk_judges_them()
    {
        var mutator = new JsonMutator(7);
        var differences = new SortedDictionary<string, string>();
        var refused = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var json = mutator.Mutate(Samples.Valid[i % Samples.Valid.Length]);
            if (!FhirReader.Read(Encoding.UTF8.GetBytes(json), Read.Limits).Try(out var resource, out _))
            {
                continue;
            }

            var ours = _validator.Validate(resource, Read.Limits);
            var theirs = Sdk.Faults(Encoding.UTF8.GetBytes(json));
            refused += ours.Length > 0 ? 1 : 0;
            resource.Dispose();
            if (ours.Length == 0 && theirs.Any(t => !IsNarrowerThanR4(t)))
            {
                differences["SDK only: " + theirs[0].Split(' ')[0]] = string.Join("; ", theirs) + " " + json;
            }
            else if (theirs.Count == 0)
            {
                foreach (var issue in ours.Where(issue => !IsBeyondTheSdk(issue)))
                {
                    differences["hub only: " + issue.Code] = issue + " " + json;
                }
            }
        }

        Assert.InRange(refused, 1_500, 3_000);
        Assert.True(differences.Count == 0, string.Join('\n', differences.Select(d => $"{d.Key}: {d.Value}")));
    }

    /// <summary>A nested resource that has only its type, of which R4 asks no more; and the leap second that R4's pattern allows.</summary>
    private static bool IsNarrowerThanR4(string fault) => fault.StartsWith("JSON120", StringComparison.Ordinal) || fault.StartsWith("PVAL129", StringComparison.Ordinal) || fault.Contains(":60+14:00'", StringComparison.Ordinal);

    /// <summary>
    /// The SDK shares its Signature with R5 and so does not require its elements; it trims a uri before it looks for whitespace, lets empty binary data and times without seconds pass, and the companion of a single value in an array.
    /// </summary>
    private static bool IsBeyondTheSdk(Issue issue) =>
        issue.Type == "invariant" || BeyondTheSdk.Contains(issue.Code)
        || (issue.Code == "element-missing" && issue.Diagnostics.StartsWith("Signature.", StringComparison.Ordinal))
        || issue.Code is "element-empty" or "element-is-array"
        || (issue.Code == "primitive-format" && issue.Diagnostics.Split(' ')[^1] is ("uri." or "dateTime."));
}
