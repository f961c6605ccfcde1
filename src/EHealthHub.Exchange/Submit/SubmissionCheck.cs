using System.Collections.Immutable;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Exchange.Submit;

/// <summary>Validates what is submitted and chooses the status: 400 for what is not FHIR, 422 for what breaks a rule or a profile (R4 3.1.0.8).</summary>
internal sealed class SubmissionCheck(Validator validator, ConformanceHolder conformance, FhirLimits limits)
{
    /// <summary>A resource that is posted alone: conditional and temporary references have their meaning in a transaction only.</summary>
    public Failure? CheckAlone(FhirResource resource) => Check(resource, null) ?? TransactionPlan.CheckAlone(resource);

    public Failure? Check(FhirResource resource, string? path)
    {
        var issues = validator.Validate(resource, limits, path);
        return issues.Any(IsError) ? AsFailure(issues) : conformance.Check(resource);
    }

    public static Failure AsFailure(ImmutableArray<Issue> issues) => new(issues.Where(IsError).All(i => i.Type is "business-rule" or "invariant" or "code-invalid" or "not-supported" or "too-costly") ? 422 : 400, issues);

    private static bool IsError(Issue issue) => issue.Severity is "error" or "fatal";
}
