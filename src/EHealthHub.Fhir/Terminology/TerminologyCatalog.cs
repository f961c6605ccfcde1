using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>Whether a code is in a set.</summary>
public enum CodeMembership
{
    /// <summary>It is not.</summary>
    No,

    /// <summary>It is.</summary>
    Yes,

    /// <summary>The hub does not hold what would decide it.</summary>
    Unknown,
}

/// <summary>
/// The code systems, value sets and concept maps that are held, ready for questions. Immutable: <see cref="With(FhirResource)"/> gives a new catalogue, so that a question always sees one state. Nothing of the JSON it was read from is kept.
/// </summary>
public sealed class TerminologyCatalog
{
    private const int IssuesMax = 20;

    private static readonly Lazy<TerminologyCatalog> OfFolder = new(() => new TerminologyCatalog(new TerminologyLimits()).WithAll(HeldDefinitions.All, out _));

    private readonly ImmutableDictionary<string, ImmutableArray<HeldCodeSystem>> _systems;
    private readonly ImmutableDictionary<string, ImmutableArray<HeldValueSet>> _valueSets;
    private readonly ImmutableDictionary<string, ImmutableArray<HeldConceptMap>> _maps;
    private readonly Lazy<ILookup<string, HeldCodeSystem>> _supplements;
    private readonly ConcurrentDictionary<HeldCodeSystem, HeldCodeSystem> _supplemented = new();
    private readonly int _resources;
    private readonly long _items;

    /// <summary>An empty catalogue.</summary>
    public TerminologyCatalog(TerminologyLimits limits)
        : this(
            limits,
            ImmutableDictionary.Create<string, ImmutableArray<HeldCodeSystem>>(StringComparer.Ordinal),
            ImmutableDictionary.Create<string, ImmutableArray<HeldValueSet>>(StringComparer.Ordinal),
            ImmutableDictionary.Create<string, ImmutableArray<HeldConceptMap>>(StringComparer.Ordinal),
            0,
            0)
    {
    }

    private TerminologyCatalog(
        TerminologyLimits limits,
        ImmutableDictionary<string, ImmutableArray<HeldCodeSystem>> systems,
        ImmutableDictionary<string, ImmutableArray<HeldValueSet>> valueSets,
        ImmutableDictionary<string, ImmutableArray<HeldConceptMap>> maps,
        int resources,
        long items)
    {
        (Limits, _systems, _valueSets, _maps, _resources, _items) = (limits, systems, valueSets, maps, resources, items);
        _supplements = new(() => systems.Values.SelectMany(v => v).Where(s => s.Supplements is not null).ToLookup(s => Split(s.Supplements!, out _), StringComparer.Ordinal));
    }

    /// <summary>The terminology of the folder fhir-profiles.</summary>
    public static TerminologyCatalog Held => OfFolder.Value;

    /// <summary>The bounds that it keeps.</summary>
    public TerminologyLimits Limits { get; }

    /// <summary>Canonical URLs of the code systems held.</summary>
    public IEnumerable<string> CodeSystems => _systems.Where(s => s.Value.Any(v => v.Supplements is null)).Select(s => s.Key);

    /// <summary>Canonical URLs of the value sets held.</summary>
    public IEnumerable<string> ValueSets => _valueSets.Keys;

    /// <summary>The value sets that assign security labels, the newest of each URL.</summary>
    internal IEnumerable<HeldValueSet> Labelling => _valueSets.Values.Select(v => v[^1]).Where(v => v.Labels.Length > 0);

    internal IEnumerable<HeldConceptMap> Maps => _maps.Values.SelectMany(m => m);

    /// <summary>True for the types that a catalogue holds.</summary>
    public static bool Holds(string type) => type is "CodeSystem" or "ValueSet" or "ConceptMap";

    /// <summary>
    /// This catalogue with a CodeSystem, ValueSet or ConceptMap more, in place of one of the same URL and version. 422 for what is not valid R4, and by name for what cannot be answered from (cycles, unknown operators), or when it grew beyond <see cref="Limits"/>.
    /// </summary>
    public Result<TerminologyCatalog> With(FhirResource resource) => With(resource.Root);

    /// <summary>This catalogue with all that can be taken; what cannot is named in <paramref name="refused"/>, each with its URL.</summary>
    public TerminologyCatalog WithAll(IEnumerable<JsonElement> resources, out ImmutableArray<Issue> refused)
    {
        var catalog = this;
        var issues = ImmutableArray.CreateBuilder<Issue>();
        foreach (var resource in resources.Where(r => Holds(r.Text("resourceType"u8) ?? "")))
        {
            if (catalog.With(resource).Try(out var next, out var failure))
            {
                catalog = next;
            }
            else
            {
                issues.AddRange(failure.Issues.Select(i => i with { Diagnostics = $"{resource.Text("url"u8)}: {i.Diagnostics}" }));
            }
        }

        refused = issues.ToImmutable();
        return catalog;
    }

    /// <summary>This catalogue without the resource of this type and URL; without all versions of it when <paramref name="version"/> is null.</summary>
    public TerminologyCatalog Without(string type, string url, string? version = null) => type switch
    {
        "CodeSystem" => new(Limits, Drop(_systems, url, s => version is null || s.Version == version), _valueSets, _maps, _resources, _items),
        "ValueSet" => new(Limits, _systems, Drop(_valueSets, url, s => version is null || s.Version == version), _maps, _resources, _items),
        "ConceptMap" => new(Limits, _systems, _valueSets, Drop(_maps, url, s => version is null || s.Version == version), _resources, _items),
        _ => this,
    };

    /// <summary>True where a code system of this URL is held, with its content or as a stub.</summary>
    public bool HoldsCodeSystem(string url) => _systems.TryGetValue(url, out var versions) && versions.Any(v => v.Supplements is null);

    /// <summary>Whether a code is in a held value set. <paramref name="system"/> null asks for the code alone, as an element of type code does.</summary>
    public CodeMembership Contains(string valueSet, string? system, string code) => new ValueSetReader(this).Contains(valueSet, system, code);

    /// <summary>True when every code is decided by what is held: a binding to the value set can be checked.</summary>
    public bool Decides(string valueSet) => new ValueSetReader(this).Decides(valueSet);

    /// <summary>A code system, with what the supplements held add to it. A supplement is none.</summary>
    internal HeldCodeSystem? CodeSystem(string url, string? version = null)
    {
        var found = Find(_systems, url, s => s.Supplements is null && (version is null || s.Version == version));
        return found is null || !_supplements.Value.Contains(url) ? found
            : _supplemented.GetOrAdd(found, f => f.With([.. _supplements.Value[url].Where(s => Split(s.Supplements!, out var of) == url && (of is null || of == f.Version))]));
    }

    internal HeldConceptMap? ConceptMap(string canonical) => Find(_maps, Split(canonical, out var version), m => version is null || m.Version == version);

    /// <summary>The value set of a canonical, with or without a version.</summary>
    internal HeldValueSet? ValueSet(string canonical) => Find(_valueSets, Split(canonical, out var version), v => version is null || v.Version == version);

    /// <summary>The URL of a canonical, and the version behind its bar.</summary>
    internal static string Split(string canonical, out string? version)
    {
        var bar = canonical.IndexOf('|', StringComparison.Ordinal);
        version = bar < 0 ? null : canonical[(bar + 1)..];
        return bar < 0 ? canonical : canonical[..bar];
    }

    internal Result<TerminologyCatalog> With(JsonElement root)
    {
        var type = root.Text("resourceType"u8);
        if (type is not null && Holds(type) && new ValidationRun().Validate(new FhirResource(type, root), IssuesMax, null) is { IsEmpty: false } issues)
        {
            return new Failure(422, issues);
        }

        switch (type)
        {
            case "CodeSystem":
                return HeldCodeSystem.Read(root, Limits).Try(out var system, out var failure)
                    ? Grown(new(Limits, Put(_systems, system.Url, system, s => s.Version == system.Version), _valueSets, _maps, _resources + 1, _items + system.Concepts.Length))
                    : failure;
            case "ValueSet":
                return !HeldValueSet.Read(root, Limits).Try(out var set, out failure) ? failure
                    : set.Url.Length == 0 ? Failure.Of(422, "required", "terminology-not-taken", "A held value set has a canonical URL.", "ValueSet.url")
                    : Grown(new(Limits, _systems, Put(_valueSets, set.Url, set, s => s.Version == set.Version), _maps, _resources + 1, _items + set.Size));
            case "ConceptMap":
                return HeldConceptMap.Read(root).Try(out var map, out failure)
                    ? Grown(new(Limits, _systems, _valueSets, Put(_maps, map.Url, map, m => m.Version == map.Version), _resources + 1, _items + map.Size))
                    : failure;
            default:
                return Failure.Of(422, "not-supported", "terminology-not-taken", "A CodeSystem, ValueSet or ConceptMap is expected.");
        }
    }

    private static Result<TerminologyCatalog> Grown(TerminologyCatalog next)
    {
        if (next._resources <= next.Limits.ResourcesMax && next._items <= next.Limits.ItemsMax)
        {
            return next;
        }

        // What was replaced or dropped was counted as well; only now is it worth while to count anew.
        var resources = next._systems.Values.Sum(v => v.Length) + next._valueSets.Values.Sum(v => v.Length) + next._maps.Values.Sum(v => v.Length);
        var items = next._systems.Values.SelectMany(v => v).Sum(s => (long)s.Concepts.Length) + next._valueSets.Values.SelectMany(v => v).Sum(v => (long)v.Size) + next.Maps.Sum(m => (long)m.Size);
        return resources <= next.Limits.ResourcesMax && items <= next.Limits.ItemsMax
            ? new TerminologyCatalog(next.Limits, next._systems, next._valueSets, next._maps, resources, items)
            : Failure.Of(422, "too-costly", "terminology-too-large", $"The hub holds at most {next.Limits.ResourcesMax} terminology resources with {next.Limits.ItemsMax} codes together.");
    }

    private static T? Find<T>(ImmutableDictionary<string, ImmutableArray<T>> held, string url, Func<T, bool> fits)
        where T : class => held.TryGetValue(url, out var versions) ? versions.LastOrDefault(fits) : null;

    /// <summary>The newest added stands last and answers where no version is asked for.</summary>
    private static ImmutableDictionary<string, ImmutableArray<T>> Put<T>(ImmutableDictionary<string, ImmutableArray<T>> held, string url, T value, Func<T, bool> same) =>
        held.SetItem(url, held.TryGetValue(url, out var versions) ? [.. versions.Where(v => !same(v)), value] : [value]);

    private static ImmutableDictionary<string, ImmutableArray<T>> Drop<T>(ImmutableDictionary<string, ImmutableArray<T>> held, string url, Func<T, bool> which) =>
        !held.TryGetValue(url, out var versions) ? held : versions.All(which) ? held.Remove(url) : held.SetItem(url, [.. versions.Where(v => !which(v))]);
}
