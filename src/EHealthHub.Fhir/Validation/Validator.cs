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

    private volatile ProfileCatalog? _profiles;

    /// <summary>The profiles that are checked: at first those of the folder fhir-profiles. Set it when definitions or terminology were uploaded; a validation that is under way keeps the state it began with.</summary>
    public ProfileCatalog Profiles
    {
        get => _profiles ?? ProfileCatalog.Held;
        set => _profiles = value;
    }

    /// <summary>
    /// Issues of severity error make the submission 422; an empty list means valid. <paramref name="path"/> is the prefix of every expression, for example <c>Bundle.entry[3].resource</c>; null for the resource's own type. At most
    /// <see cref="FhirLimits.IssuesMax"/> issues. A reference of the form <c>Type?query</c> is let pass here (it has its meaning in a transaction; <see cref="Transactions.TransactionPlan.CheckAlone"/> refuses it elsewhere).
    /// </summary>
    public ImmutableArray<Issue> Validate(FhirResource resource, FhirLimits limits, string? path = null)
    {
        var issues = (_run ??= new ValidationRun()).Validate(resource, limits.IssuesMax, path);
        return issues.IsEmpty && ClaimsProfile(resource) ? CheckProfiles(resource, limits, path ?? resource.Type) : issues;
    }

    private static bool ClaimsProfile(FhirResource resource) => resource.Root.TryGetProperty("meta"u8, out var meta) && meta.Has("profile"u8);

    private ImmutableArray<Issue> CheckProfiles(FhirResource resource, FhirLimits limits, string path)
    {
        var profiles = Profiles;
        var claimed = profiles.Claimed(resource.Root);
        if (claimed.Count == 0)
        {
            return [];
        }

        var run = new ProfileRun(profiles, resource, path, isFull: false, limits.IssuesMax);
        foreach (var profile in claimed)
        {
            run.Check(profile);
        }

        run.CheckExtensions();
        return [.. run.Issues.Take(limits.IssuesMax)];
    }
}
