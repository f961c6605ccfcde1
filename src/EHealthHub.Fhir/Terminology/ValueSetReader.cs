using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Terminology;

/// <summary>A code of an expansion.</summary>
internal sealed record ExpandedCode(string System, string? Version, string Code, string? Display, Concept? Concept, ImmutableArray<Designation> Designations)
{
    /// <summary>True where its system says so.</summary>
    public bool IsInactive => Concept?.IsInactive ?? false;
}

/// <summary>Reads value sets for one question: whether a code is in one, or all of its codes. Imports are followed with a bound on depth, and cycles are told.</summary>
internal sealed class ValueSetReader(TerminologyCatalog catalog, SystemVersions? versions = null)
{
    private readonly TerminologyBudget _budget = new(catalog.Limits);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly SystemVersions _versions = versions ?? SystemVersions.None;

    /// <summary>True once codes were taken from a system of which a fragment is held: there are more.</summary>
    public bool IsUnclosed { get; private set; }

    public CodeMembership Contains(string valueSet, string? system, string code) =>
        catalog.ValueSet(valueSet) is { } set ? Contains(set, system, code) : CodeMembership.Unknown;

    public CodeMembership Contains(HeldValueSet set, string? system, string code)
    {
        var result = Enter(set) ? Decide(set, system, code) : CodeMembership.Unknown;
        return _budget.IsSpent ? CodeMembership.Unknown : result;
    }

    public bool Decides(string valueSet) => catalog.ValueSet(valueSet) is { } set && Decides(set);

    /// <summary>All codes of a value set in their order, each once. A failure names what is not held, a cycle, or that there are too many.</summary>
    public Result<List<ExpandedCode>> Expand(HeldValueSet set)
    {
        if (!Enter(set))
        {
            return Failure.Of(422, "processing", "value-set-cycle", "Value sets import one another in a circle, or too deeply.");
        }

        var excluded = new HashSet<(string, string)>();
        foreach (var part in set.Excludes)
        {
            if (!Codes(part).Try(out var codes, out var failure))
            {
                return failure;
            }

            excluded.UnionWith(codes.Select(c => (c.System, c.Code)));
        }

        var found = new List<ExpandedCode>();
        var seen = new HashSet<(string, string)>();
        foreach (var part in set.Includes)
        {
            if (!Codes(part).Try(out var codes, out var failure))
            {
                return failure;
            }

            found.AddRange(codes.Where(c => !excluded.Contains((c.System, c.Code)) && (set.AllowsInactive || !c.IsInactive) && seen.Add((c.System, c.Code))));
            if (found.Count > catalog.Limits.ExpansionMax)
            {
                return TooCostly();
            }
        }

        _open.Remove(Key(set));
        return _budget.IsSpent ? TooCostly() : found;
    }

    private static string Key(HeldValueSet set) => set.Url + "|" + set.Version;

    private Failure TooCostly() => Failure.Of(422, "too-costly", "expansion-too-large", $"The value set has more than {catalog.Limits.ExpansionMax} codes, or takes too long to work out.");

    private bool Enter(HeldValueSet set) => _open.Count < catalog.Limits.ImportDepthMax && _budget.Step() && _open.Add(Key(set));

    private CodeMembership Decide(HeldValueSet set, string? system, string code)
    {
        var included = Any(set.Includes, system, code);
        var excluded = included == CodeMembership.No || set.Excludes.IsEmpty ? CodeMembership.No : Any(set.Excludes, system, code);
        _open.Remove(Key(set));
        if (included == CodeMembership.No || excluded == CodeMembership.Yes)
        {
            return CodeMembership.No;
        }

        if (!set.AllowsInactive && system is not null && catalog.CodeSystem(system)?.Find(code) is { IsInactive: true })
        {
            return CodeMembership.No;
        }

        return included == CodeMembership.Yes && excluded == CodeMembership.No ? CodeMembership.Yes : CodeMembership.Unknown;
    }

    private CodeMembership Any(ImmutableArray<ValueSetPart> parts, string? system, string code)
    {
        var best = CodeMembership.No;
        foreach (var part in parts)
        {
            var here = Contains(part, system, code);
            if (here == CodeMembership.Yes)
            {
                return here;
            }

            best = here == CodeMembership.Unknown ? here : best;
        }

        return best;
    }

    private CodeMembership Contains(ValueSetPart part, string? system, string code)
    {
        if (!_budget.Step() || (part.System is not null && system is not null && part.System != system))
        {
            return CodeMembership.No;
        }

        var result = part.System is null ? CodeMembership.Yes : OfSystem(part, code);
        foreach (var import in part.ValueSets)
        {
            if (result == CodeMembership.No)
            {
                break;
            }

            var there = Contains(import, system ?? part.System, code);
            result = there == CodeMembership.Yes ? result : there;
        }

        return result;
    }

    private CodeMembership OfSystem(ValueSetPart part, string code)
    {
        if (part.Listed.Length > 0)
        {
            return part.Lists(code) ? CodeMembership.Yes : CodeMembership.No;
        }

        if (catalog.CodeSystem(part.System!, part.Version) is not { } held || (part.Filters.Any(f => f.IsHierarchical) && !held.IsSubsuming))
        {
            return CodeMembership.Unknown;
        }

        return held.Find(code) is not { } concept ? (held.IsComplete ? CodeMembership.No : CodeMembership.Unknown)
            : part.Filters.All(f => f.Holds(concept, held, _budget)) ? CodeMembership.Yes
            : CodeMembership.No;
    }

    private bool Decides(HeldValueSet set)
    {
        var decides = Enter(set) && set.Includes.Concat(set.Excludes).All(Decides);
        _open.Remove(Key(set));
        return decides;
    }

    private bool Decides(ValueSetPart part) =>
        part.ValueSets.All(Decides)
        && (part.System is null || part.Listed.Length > 0
            || (catalog.CodeSystem(part.System, part.Version) is { IsComplete: true } held && (held.IsSubsuming || !part.Filters.Any(f => f.IsHierarchical))));

    private Result<List<ExpandedCode>> Codes(ValueSetPart part)
    {
        List<ExpandedCode>? codes = null;
        if (part.System is not null)
        {
            if (!CodesOfSystem(part).Try(out codes, out var failure))
            {
                return failure;
            }
        }

        foreach (var import in part.ValueSets)
        {
            if (catalog.ValueSet(import) is not { } set)
            {
                return Failure.Of(422, "not-found", "value-set-unknown", $"The value set {import} is not held.");
            }

            if (!Expand(set).Try(out var other, out var failure))
            {
                return failure;
            }

            if (codes is null)
            {
                codes = other;
            }
            else
            {
                var both = other.Select(c => (c.System, c.Code)).ToHashSet();
                codes.RemoveAll(c => !both.Contains((c.System, c.Code)));
            }
        }

        return codes!;
    }

    private Result<List<ExpandedCode>> CodesOfSystem(ValueSetPart part)
    {
        var system = part.System!;
        var version = _versions.For(system, part.Version);
        var held = catalog.CodeSystem(system, version);
        if (_versions.Refuse(system, held?.Version) is { } refused)
        {
            return refused;
        }

        if (part.Listed.Length > 0)
        {
            return part.Listed.Select(l => Listed(l, system, held)).ToList();
        }

        if (held is null || held.Content is "not-present" or "example")
        {
            return Failure.Of(422, "not-found", "code-system-unknown", $"The content of the code system {system}{(version is null ? "" : "|" + version)} is not held.");
        }

        if (!held.IsSubsuming && part.Filters.Any(f => f.IsHierarchical))
        {
            return Failure.Of(422, "not-supported", "hierarchy-other", $"The hierarchy of {system} is not one of kinds ({held.Meaning}).");
        }

        IsUnclosed |= !held.IsComplete;
        var found = new List<ExpandedCode>();
        foreach (var concept in held.Concepts)
        {
            if (!_budget.Step() || found.Count > catalog.Limits.ExpansionMax)
            {
                return TooCostly();
            }

            if (part.Filters.All(f => f.Holds(concept, held, _budget)))
            {
                found.Add(new ExpandedCode(system, held.Version, concept.Code, concept.Display, concept, concept.Designations));
            }
        }

        return found;
    }

    private static ExpandedCode Listed(ListedCode listed, string system, HeldCodeSystem? held)
    {
        var concept = held?.Find(listed.Code);
        return new ExpandedCode(system, held?.Version, listed.Code, listed.Display ?? concept?.Display, concept, listed.Designations.AddRange(concept?.Designations ?? []));
    }
}
