using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// What every submission must satisfy: R4's structure, cardinality, types, primitive formats, choice types, required bindings and reference targets, the hub's rules for national ids, and the profiles named in <c>meta.profile</c>
/// that the hub holds. Tables are compiled once per type from the SDK's class metadata. Thread-safe.
/// </summary>
public sealed class Validator
{
    [ThreadStatic]
    private static ValidationRun? _run;

    /// <summary>
    /// Issues of severity error make the submission 422; an empty list means valid. <paramref name="path"/> is the prefix of every expression, for example <c>Bundle.entry[3].resource</c>; null for the resource's own type. At most
    /// <see cref="FhirLimits.IssuesMax"/> issues. A reference of the form <c>Type?query</c> is let pass here (it has its meaning in a transaction; <see cref="Transactions.TransactionPlan.CheckAlone"/> refuses it elsewhere).
    /// </summary>
    public ImmutableArray<Issue> Validate(FhirResource resource, FhirLimits limits, string? path = null)
    {
        var issues = (_run ??= new ValidationRun()).Validate(resource, limits.IssuesMax, path);
        if (issues.Any(i => i.Severity is "error" or "fatal"))
        {
            return issues;
        }

        foreach (var profile in ProfileCheck.Claimed(resource.Root))
        {
            issues = issues.AddRange(ProfileCheck.Run(resource, profile, path ?? resource.Type));
        }

        return issues.Length <= limits.IssuesMax ? issues : [.. issues.Take(limits.IssuesMax)];
    }
}
