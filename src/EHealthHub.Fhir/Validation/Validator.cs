using System.Collections.Immutable;
using System.Text.Json;
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

    /// <summary>What rules of profiles call now and today.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The zone in which a day begins for them: Turkey's, all year.</summary>
    public TimeSpan Zone { get; init; } = TimeSpan.FromHours(3);

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
        var run = _run ??= new ValidationRun();
        var issues = run.Validate(resource, limits.IssuesMax, path, Profiles.ExtensionUrls);
        if (!issues.IsEmpty || !(run.HasHeldExtension || ClaimsProfile(resource.Root) || resource.Type == "Bundle" || ConformanceRules.Has(resource.Type)))
        {
            return issues;
        }

        return [.. CheckProfiles(resource, limits, path ?? resource.Type, isFull: false, [], run.HasHeldExtension).Distinct().Take(limits.IssuesMax)];
    }

    /// <summary>
    /// All that can be said about the resource of a <c>$validate</c> call: errors, warnings and information, at most twice <see cref="FhirLimits.IssuesMax"/>, with their places. Without an error the last one is <c>allok</c>. A call for a delete
    /// has nothing to look at here; whether the instance may be deleted is the store's to say. The answer is 200 whatever it is.
    /// </summary>
    public ImmutableArray<Issue> Examine(ValidationRequest request, FhirLimits limits)
    {
        var issues = new List<Issue>();
        if (request.Resource is { } resource && request.Mode != "delete")
        {
            Address(request, resource, issues);
            issues.AddRange((_run ??= new ValidationRun()).Validate(resource, limits.IssuesMax, null));
            if (!issues.Exists(i => i.Severity == "error"))
            {
                issues.AddRange(CheckProfiles(resource, limits, resource.Type, isFull: true, request.Profiles, hasExtensions: true).Distinct());
            }
        }

        if (!issues.Exists(i => i.Severity == "error"))
        {
            issues.Add(new Issue("information", "informational", "allok", "No errors were found."));
        }

        return [.. issues];
    }

    private static void Address(ValidationRequest request, FhirResource resource, List<Issue> issues)
    {
        if (resource.Type != request.Type)
        {
            issues.Add(Issue.Error("invalid", "type-mismatch", $"The address is of {request.Type}, the resource a {resource.Type}.", resource.Type));
        }

        if (request is { Mode: "update", Id: { } id } && resource.Id != id)
        {
            issues.Add(Issue.Error("invalid", "id-mismatch", "The resource of an update has the id of the address.", resource.Type + ".id"));
        }
    }

    private static bool ClaimsProfile(JsonElement resource) => resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("meta"u8, out var meta) && meta.Has("profile"u8);

    /// <summary>The profiles that the resource claims and those asked for; and those that the entries of a Bundle claim.</summary>
    private List<Issue> CheckProfiles(FhirResource resource, FhirLimits limits, string path, bool isFull, ImmutableArray<string> asked, bool hasExtensions)
    {
        var profiles = Profiles;
        var issues = new List<Issue>();
        Check(profiles, resource, path, isFull, asked, limits.IssuesMax, issues, hasExtensions);
        if (resource.Type == "Bundle")
        {
            var index = 0;
            foreach (var entry in resource.Root.Items("entry"u8))
            {
                if (issues.Count >= limits.IssuesMax)
                {
                    break;
                }

                if (entry.TryGetProperty("resource"u8, out var inner) && ClaimsProfile(inner))
                {
                    Check(profiles, new FhirResource(inner.Text("resourceType"u8)!, inner), $"{path}.entry[{index}].resource", isFull, [], limits.IssuesMax, issues, hasExtensions: false);
                }

                index++;
            }
        }

        return issues;
    }

    private void Check(ProfileCatalog profiles, FhirResource resource, string path, bool isFull, ImmutableArray<string> asked, int issuesMax, List<Issue> issues, bool hasExtensions)
    {
        var unknown = new List<string>();
        var claimed = profiles.Claimed(resource.Root, unknown);
        foreach (var url in asked)
        {
            if (profiles.Find(url) is not { } profile)
            {
                issues.Add(Issue.Error("not-found", "profile-unknown", $"The hub does not hold the profile {JsonFrame.Printable(System.Text.Encoding.UTF8.GetBytes(url))}.", path));
            }
            else if (!claimed.Contains(profile))
            {
                claimed.Add(profile);
            }
        }

        if (isFull)
        {
            issues.AddRange(unknown.Select(u => new Issue("warning", "not-found", "profile-unknown", "The hub does not hold a profile that the resource claims, so that it was not checked.", path + ".meta.profile")));
        }
        else if (claimed.Count == 0 && !hasExtensions && !ConformanceRules.Has(resource.Type))
        {
            return;
        }

        var run = new ProfileRun(profiles, resource, path, isFull, issuesMax, Clock.GetUtcNow().ToOffset(Zone));
        if (ConformanceRules.Has(resource.Type) || (isFull && ConformanceRules.Advises(resource.Type)))
        {
            run.Check(ConformanceRules.For(resource.Type));
        }

        foreach (var profile in claimed)
        {
            run.Check(profile);
        }

        run.CheckExtensions();
        issues.AddRange(run.Issues.Take(isFull ? 2 * issuesMax : issuesMax));
        if (isFull && resource.Type is not ("Bundle" or "Binary" or "Parameters") && !(resource.Root.TryGetProperty("text"u8, out var text) && text.Has("div"u8)))
        {
            issues.Add(new Issue("warning", "invariant", "dom-6", "A resource should have a narrative, for people whose system does not know it.", path));
        }
    }
}
