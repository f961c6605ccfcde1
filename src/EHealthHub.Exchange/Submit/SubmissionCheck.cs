using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Submit;

/// <summary>Validates what is submitted and chooses the status: 400 for what is not FHIR, 422 for what breaks a rule or a profile (R4 3.1.0.8).</summary>
internal sealed class SubmissionCheck(Validator validator, FhirLimits limits)
{
    /// <summary>A resource that is posted alone: conditional and temporary references have their meaning in a transaction only.</summary>
    public Failure? CheckAlone(FhirResource resource) => Check(resource, null) ?? TransactionPlan.CheckAlone(resource);

    public Failure? Check(FhirResource resource, string? path)
    {
        var issues = validator.Validate(resource, limits, path);
        return issues.Any(IsError) ? AsFailure(issues) : IsSubset(resource.Root) ? Subset(path ?? resource.Type) : MaskedWriter.IsMasked(resource.Root) ? Masked(path ?? resource.Type) : null;
    }

    /// <summary>A part of a resource (<c>_summary</c>, <c>_elements</c>) that came back as a whole one: to store it would lose what was left out (R4 3.1.1.5.8).</summary>
    private static bool IsSubset(JsonElement root)
    {
        if (!root.TryGetProperty("meta"u8, out var meta) || !meta.TryGetProperty("tag"u8, out var tags))
        {
            return false;
        }

        foreach (var tag in tags.EnumerateArray())
        {
            if (tag.TryGetProperty("code"u8, out var code) && code.ValueEquals("SUBSETTED"u8) && tag.TryGetProperty("system"u8, out var system) && system.ValueEquals("http://terminology.hl7.org/CodeSystem/v3-ObservationValue"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static Failure Subset(string place) =>
        Failure.Of(422, "business-rule", "subsetted", "The body is tagged SUBSETTED: it is a part of a resource, and storing it would lose the rest. Read the whole resource first.", place + ".meta.tag");

    private static Failure Masked(string place) =>
        Failure.Of(422, "business-rule", "masked", "The body is labelled MASKED: it stands for a resource that you were not shown, and storing it would lose that.", place + ".meta.security");

    public static Failure AsFailure(ImmutableArray<Issue> issues) => new(issues.Where(IsError).All(i => i.Type is "business-rule" or "invariant" or "code-invalid" or "not-supported" or "too-costly") ? 422 : 400, issues);

    private static bool IsError(Issue issue) => issue.Severity is "error" or "fatal";
}
