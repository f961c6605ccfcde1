using System.Globalization;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>
/// One check of a structurally valid resource against profiles. Issues are of the types business-rule, code-invalid and invariant: the resource is FHIR, but not what it says it is (422). FHIRPath rules run on the SDK's engine once
/// everything else holds.
/// </summary>
internal sealed class ProfileRun
{
    private readonly ProfileCatalog _catalog;
    private readonly RuleCheck _rules;
    private readonly bool _isFull;
    private readonly int _issuesMax;
    private readonly Place _place = new();
    private readonly List<Issue> _issues = [];
    private readonly List<(ProfileConstraint Rule, (string Name, int Index)[] Steps, string Place)> _pending = [];
    private readonly SlicePick _pick;
    private int _errors;
    private int _steps;

    /// <param name="catalog">The profiles held.</param>
    /// <param name="resource">The whole resource, already valid by R4.</param>
    /// <param name="path">Prefix of every place.</param>
    /// <param name="isFull">True to report warnings and information as well.</param>
    /// <param name="issuesMax">Most issues.</param>
    /// <param name="now">The time of the check, in the hub's zone.</param>
    /// <param name="depth">How many conformsTo() stand around.</param>
    public ProfileRun(ProfileCatalog catalog, FhirResource resource, string path, bool isFull, int issuesMax, DateTimeOffset now, int depth = 0)
    {
        (_catalog, _isFull, _issuesMax) = (catalog, isFull, issuesMax);
        Resource = resource;
        _rules = new RuleCheck(resource.Root, catalog, now, depth);
        _pick = new SlicePick(this, catalog, _place);
        Targets = new ReferenceTargets(resource);
        _place.Start(path);
    }

    /// <summary>The resource that is being looked at.</summary>
    public FhirResource Resource { get; }

    /// <summary>What its references name.</summary>
    public ReferenceTargets Targets { get; }

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Issue> Issues => _issues;

    private bool IsDone => _errors >= _issuesMax || _issues.Count >= 2 * _issuesMax;

    /// <summary>Checks the resource against one profile for its type.</summary>
    public void Check(Profile profile)
    {
        if (Resource.Type != profile.Type)
        {
            Report("error", "business-rule", "profile-type", $"The profile {profile.Url} is for {profile.Type}.", "meta.profile");
            return;
        }

        var errors = _errors;
        Inside(profile.Root, Resource.Root, SchemaCatalog.Resource(Resource.Type));
        Queue(profile.Root);
        Evaluate(0, evenSo: _errors == errors);
    }

    /// <summary>Checks the extensions of the resource whose definitions are held: where they stand and what they say.</summary>
    public void CheckExtensions()
    {
        if (_catalog.ExtensionUrls is not null)
        {
            new ExtensionWalk(this, _catalog, _place).Walk();
            Evaluate(0, evenSo: true);
        }
    }

    /// <summary>True when the occurrence satisfies the definition; nothing is reported.</summary>
    public bool Satisfies(Profile profile, in Occurrence occurrence) => Silently(profile.Root, occurrence);

    /// <summary>True when the occurrence satisfies what stands at and below the node; nothing is reported.</summary>
    public bool Silently(ProfileNode node, in Occurrence occurrence)
    {
        var (issues, pending, errors) = (_issues.Count, _pending.Count, _errors);
        One(node, occurrence);
        Evaluate(pending, evenSo: _errors == errors);
        var holds = _errors == errors;
        _issues.RemoveRange(issues, _issues.Count - issues);
        _pending.RemoveRange(pending, _pending.Count - pending);
        _errors = errors;
        return holds;
    }

    /// <summary>Reports what an occurrence, at the current place, breaks of a definition.</summary>
    public void One(ProfileNode node, in Occurrence occurrence)
    {
        if (!Step())
        {
            return;
        }

        ValueRule(node, occurrence);
        if (node.Types is { } types)
        {
            OfType(types, node, occurrence);
        }

        if (node.Children.Count > 0)
        {
            Inside(node, occurrence.Inside, occurrence.Table);
        }

        Queue(node);
    }

    /// <summary>Reports an issue at the current place, or below it.</summary>
    public void Report(string severity, string type, string code, string text, string? child = null)
    {
        if ((severity == "error" || _isFull) && !IsDone)
        {
            var issue = new Issue(severity, type, code, text, _place.Expression(child));
            if (!_issues.Contains(issue))
            {
                _issues.Add(issue);
                _errors += severity == "error" ? 1 : 0;
            }
        }
    }

    /// <summary>Counts a look at an element; false once there were too many, which is reported.</summary>
    public bool Step()
    {
        if (++_steps <= _catalog.Limits.StepsMax)
        {
            return !IsDone;
        }

        if (_steps == _catalog.Limits.StepsMax + 1)
        {
            Report("error", "too-costly", "profile-too-costly", "The profiles take too long to check on this resource.");
        }

        return false;
    }

    /// <summary>A rule on the element that the extension at the current place stands on.</summary>
    public void QueueAround(ProfileConstraint rule) => _pending.Add((rule, _place.Below()[..^1], _place.Expression()));

    /// <summary>True when the element that the extension at the current place stands on is among those that the context selects.</summary>
    public bool IsAround(ExtensionContext context) => _rules.Selects(context.Compiled, _place.Below()[..^1]);

    private static string Range(ProfileNode node) => string.Create(CultureInfo.InvariantCulture, $"{node.Min}..{(node.Max == int.MaxValue ? "*" : node.Max)}");

    private void Inside(ProfileNode node, JsonElement owner, TypeTable table)
    {
        foreach (var child in node.Children)
        {
            if (IsDone)
            {
                return;
            }

            _place.Enter(child.Name);
            Occurrences(child, Occurrence.Of(owner, table, child.Name));
            _place.Leave();
        }
    }

    private void Occurrences(ProfileNode node, List<Occurrence> occurrences)
    {
        Count(node, occurrences.Count);
        var picked = node.Slices.Count > 0 ? _pick.Slices(node, occurrences) : null;
        for (var i = 0; i < occurrences.Count; i++)
        {
            if (IsDone)
            {
                return;
            }

            if (occurrences[i].Index >= 0)
            {
                _place.At(occurrences[i].Index);
            }

            One(node, occurrences[i]);
            if (picked?[i] is { } slice)
            {
                One(slice, occurrences[i]);
            }
        }

        _place.At(-1);
        if (picked is not null)
        {
            foreach (var (_, slice) in node.Slices)
            {
                Sliced(slice, occurrences, picked);
            }
        }
    }

    /// <summary>How many there are of a slice, and of the slices that it has itself.</summary>
    private void Sliced(ProfileNode slice, List<Occurrence> occurrences, ProfileNode?[] picked)
    {
        Count(slice, picked.Count(p => p == slice));
        if (slice.Slices.Count == 0 || SliceViews.Slicing(slice) is null)
        {
            return;
        }

        var own = occurrences.Where((_, i) => picked[i] == slice).ToList();
        var inner = _pick.Slices(slice, own);
        for (var i = 0; i < own.Count && !IsDone; i++)
        {
            if (inner[i] is { } found)
            {
                _place.At(own[i].Index);
                One(found, own[i]);
            }
        }

        _place.At(-1);
        foreach (var (_, again) in slice.Slices)
        {
            Sliced(again, own, inner);
        }
    }

    private void Count(ProfileNode node, int count)
    {
        if (count < node.Min || count > node.Max)
        {
            Report("error", "business-rule", "profile-cardinality", $"{node.Id} occurs {Range(node)} times, and there are {count}.");
        }
        else if (count == 0 && node is { MustSupport: true, Unsliced: null })
        {
            Report("information", "informational", "profile-must-support", $"{node.Id} is to be supported by systems that claim the profile, and is not here.");
        }
    }

    private void ValueRule(ProfileNode node, in Occurrence occurrence)
    {
        foreach (var (value, isExact) in node.Values)
        {
            if (!(isExact ? Pattern.IsSame(occurrence.Value, value) : Pattern.Contains(occurrence.Value, value)))
            {
                Report("error", "business-rule", "profile-pattern", $"{node.Id} is not the value that the profile fixes.");
            }
        }

        foreach (var binding in node.Bindings)
        {
            BindingCheck.Check(this, _catalog.Terminology, binding, node, occurrence);
        }

        if ((node.MaxLength ?? (object?)node.MinValue ?? node.MaxValue) is not null)
        {
            BoundCheck.Check(this, node, occurrence);
        }
    }

    private void OfType(IReadOnlyList<ProfileType> types, ProfileNode node, in Occurrence occurrence)
    {
        var name = occurrence.TypeName;
        var fitting = new List<ProfileType>();
        foreach (var type in types)
        {
            if (type.Code == name || type.Code is "BackboneElement" or "Element" or "Resource" or "DomainResource" || (occurrence.Rule.TypeName.Contains('.', StringComparison.Ordinal) && type.Code.Length == 0))
            {
                fitting.Add(type);
            }
        }

        if (fitting.Count == 0)
        {
            if (types.Count > 0)
            {
                Report("error", "business-rule", "profile-type", $"{node.Id} is of the type {name}; the profile allows {string.Join(", ", types.Select(t => t.Code).Distinct())}.");
            }

            return;
        }

        TypeProfiles(fitting, node, occurrence);
        if (name == "Reference")
        {
            Target(fitting, node, occurrence);
        }
    }

    private void TypeProfiles(List<ProfileType> fitting, ProfileNode node, in Occurrence occurrence)
    {
        if (fitting.Exists(t => t.Profiles.IsEmpty))
        {
            return;
        }

        var profiles = fitting.SelectMany(t => t.Profiles).Distinct().Select(_catalog.Find).OfType<Profile>().ToList();
        if (profiles is [var only])
        {
            One(only.Root, occurrence);
            return;
        }

        foreach (var profile in profiles)
        {
            if (Satisfies(profile, occurrence))
            {
                return;
            }
        }

        Report("error", "business-rule", "profile-none-fits", $"{node.Id} satisfies none of {string.Join(", ", profiles.Select(p => p.Url))}.");
    }

    private void Target(List<ProfileType> fitting, ProfileNode node, in Occurrence occurrence)
    {
        if (!fitting.Exists(t => t.Aggregation.IsEmpty) && Targets.WhereIs(occurrence.Value) is { } where && !fitting.Exists(t => t.Aggregation.Contains(where)))
        {
            Report("error", "business-rule", "profile-aggregation", $"{node.Id} refers to a resource that is {where}; the profile allows {string.Join(", ", fitting.SelectMany(t => t.Aggregation).Distinct())}.");
        }

        if (ReferenceTargets.Versioning(occurrence.Value) is { } versioning && fitting.TrueForAll(t => t.Versioning is not null && t.Versioning != versioning))
        {
            Report("error", "business-rule", "profile-versioning", $"{node.Id} {(versioning == "specific" ? "names a version" : "names no version")}; the profile asks for the other (versioning).");
        }

        if (fitting.Exists(t => t.Targets.IsEmpty) || Targets.TypeOf(occurrence.Value) is not { } target)
        {
            return;
        }

        var allowed = fitting.SelectMany(t => t.Targets).Distinct().ToList();
        if (!allowed.Contains(target))
        {
            Report("error", "value", "reference-target", $"{node.Id} refers to a {target}; the profile allows {string.Join(", ", allowed)}.");
        }
    }

    private void Queue(ProfileNode node)
    {
        foreach (var rule in node.Constraints)
        {
            if (rule.Severity == "error" || _isFull)
            {
                _pending.Add((rule, _place.Below(), _place.Expression()));
            }
        }
    }

    private void Evaluate(int from, bool evenSo)
    {
        for (var i = from; evenSo && i < _pending.Count && !IsDone; i++)
        {
            if (_rules.Check(_pending[i].Rule, _pending[i].Steps, _pending[i].Place) is { } issue && !_issues.Contains(issue))
            {
                _issues.Add(issue);
                _errors += issue.Severity == "error" ? 1 : 0;
            }
        }

        _pending.RemoveRange(from, _pending.Count - from);
    }
}
