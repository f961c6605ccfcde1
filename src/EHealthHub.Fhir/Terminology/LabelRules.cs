using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace EHealthHub.Fhir.Terminology;

/// <summary>
/// Which security labels a code brings with it: what the held value sets with the extension <c>hub-assigned-label</c> say. A rule need not have its code system held: listed codes, and filters on the code itself (<c>regex</c>, <c>=</c>,
/// <c>in</c>), are decided by the code; of a hierarchy (<c>is-a</c>) what is not held has only its top. Immutable but for a bounded memory of answers; thread-safe.
/// </summary>
public sealed class LabelRules
{
    /// <summary>Most labels that all rules together assign.</summary>
    public const int LabelsMax = 64;

    private const int RememberedMax = 50_000;

    /// <summary>Other names of the same code systems.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["urn:oid:2.16.840.1.113883.6.96"] = "http://snomed.info/sct",
        ["urn:oid:2.16.840.1.113883.6.1"] = "http://loinc.org",
        ["urn:oid:2.16.840.1.113883.6.88"] = "http://www.nlm.nih.gov/research/umls/rxnorm",
        ["urn:oid:2.16.840.1.113883.6.73"] = "http://www.whocc.no/atc",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly TerminologyCatalog _catalog;
    private readonly FrozenDictionary<string, LabelledSystem> _systems;
    private readonly FrozenDictionary<string, LabelledSystem>.AlternateLookup<ReadOnlySpan<char>> _bySystem;

    private LabelRules(TerminologyCatalog catalog, ImmutableArray<SecurityLabel> labels, List<LabelRule> rules)
    {
        _catalog = catalog;
        Labels = labels;
        var systems = rules.SelectMany(r => SystemsOf(r.Set, 0)).Distinct(StringComparer.Ordinal).ToDictionary(s => s, s => new LabelledSystem(s, [.. rules.Where(r => SystemsOf(r.Set, 0).Contains(s))]), StringComparer.Ordinal);
        foreach (var (alias, system) in Aliases)
        {
            if (systems.TryGetValue(system, out var known))
            {
                systems.TryAdd(alias, known);
            }
        }

        _systems = systems.ToFrozenDictionary(StringComparer.Ordinal);
        _bySystem = _systems.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The labels that are assigned, by the number of their bit.</summary>
    public ImmutableArray<SecurityLabel> Labels { get; }

    /// <summary>The rules of a catalogue. Labels beyond <see cref="LabelsMax"/> are left out.</summary>
    public static LabelRules Of(TerminologyCatalog catalog)
    {
        var labels = new List<SecurityLabel>();
        var rules = new List<LabelRule>();
        foreach (var set in catalog.Labelling.OrderBy(s => s.Url, StringComparer.Ordinal))
        {
            var bits = 0UL;
            foreach (var label in set.Labels)
            {
                if (!labels.Contains(label) && labels.Count < LabelsMax)
                {
                    labels.Add(label);
                }

                bits |= labels.IndexOf(label) is >= 0 and var bit ? 1UL << bit : 0;
            }

            rules.Add(new LabelRule(set, bits));
        }

        return new LabelRules(catalog, [.. labels], rules);
    }

    /// <summary>True when these are the rules of this catalogue.</summary>
    public bool IsOf(TerminologyCatalog catalog) => ReferenceEquals(catalog, _catalog);

    /// <summary>The rules on a system's codes; null where there are none.</summary>
    public LabelledSystem? System(ReadOnlySpan<char> system) => _bySystem.TryGetValue(system, out var found) ? found : null;

    /// <summary>The bits of the labels of a code; <paramref name="rules"/> as <see cref="System"/> gave them.</summary>
    public ulong Of(LabelledSystem rules, ReadOnlySpan<char> code)
    {
        if (rules.Known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(code, out var bits))
        {
            return bits;
        }

        var text = code.ToString();
        foreach (var rule in rules.Rules)
        {
            bits |= Has(rule.Set, rules.System, text) ? rule.Bits : 0;
        }

        if (rules.Known.Count < RememberedMax)
        {
            rules.Known.TryAdd(text, bits);
        }

        return bits;
    }

    private bool Has(HeldValueSet set, string system, string code) =>
        set.Includes.Any(p => Has(p, system, code)) && !set.Excludes.Any(p => Has(p, system, code));

    private bool Has(ValueSetPart part, string system, string code)
    {
        if (part.System is not null && (part.System != system || !HasInSystem(part, system, code)))
        {
            return false;
        }

        return part.ValueSets.All(v => _catalog.ValueSet(v) is not null && new ValueSetReader(_catalog).Contains(v, system, code) == CodeMembership.Yes);
    }

    private bool HasInSystem(ValueSetPart part, string system, string code)
    {
        if (part.Listed.Length > 0)
        {
            return part.Lists(code);
        }

        var budget = new TerminologyBudget(_catalog.Limits);
        var held = part.Filters.IsEmpty ? null : _catalog.CodeSystem(system, part.Version);
        var concept = held?.Find(code);
        return part.Filters.All(f => f.HoldsByCode(code, budget) || (concept is not null && (held!.IsSubsuming || !f.IsHierarchical) && f.Holds(concept, held!, budget)));
    }

    private IEnumerable<string> SystemsOf(HeldValueSet set, int depth) => depth > _catalog.Limits.ImportDepthMax ? [] :
        set.Includes.SelectMany(p => p.System is { } system ? [system] : p.ValueSets.SelectMany(v => _catalog.ValueSet(v) is { } imported ? SystemsOf(imported, depth + 1) : []));
}

/// <summary>One value set, and the bits of the labels that it assigns.</summary>
internal sealed record LabelRule(HeldValueSet Set, ulong Bits);

/// <summary>The rules on one code system's codes, with what they said so far.</summary>
public sealed class LabelledSystem
{
    internal LabelledSystem(string system, ImmutableArray<LabelRule> rules) => (System, Rules) = (system, rules);

    internal string System { get; }

    internal ImmutableArray<LabelRule> Rules { get; }

    internal ConcurrentDictionary<string, ulong> Known { get; } = new(StringComparer.Ordinal);
}
