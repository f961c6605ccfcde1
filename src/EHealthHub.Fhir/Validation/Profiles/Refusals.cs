using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Why a definition is not taken, by element. One is enough: no profile is half checked.</summary>
internal sealed class Refusals(string url)
{
    private const int Max = 20;
    private readonly List<Issue> _issues = [];

    public bool Any => _issues.Count > 0;

    public void Add(string element, string what)
    {
        if (_issues.Count < Max)
        {
            _issues.Add(Issue.Error("not-supported", "profile-not-taken", $"{url}: {element} {what}", "StructureDefinition"));
        }
    }

    public ImmutableArray<Issue> ToIssues() => [.. _issues];
}
