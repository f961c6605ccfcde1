using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Makes a plan of a Bundle: reads the entries, then looks at them together, then at the references in them.</summary>
internal sealed class BundlePlanner
{
    private readonly bool _atomic;
    private readonly PlannedEntry[] _entries;
    private readonly Dictionary<string, Condition> _conditional = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _relative = new(StringComparer.Ordinal);
    private readonly HashSet<string> _targets = new(StringComparer.Ordinal);

    /// <summary>The fullUrls of entries whose resources may get another id than the one in the fullUrl.</summary>
    private readonly HashSet<string> _moving = new(StringComparer.Ordinal);
    private readonly HashSet<string> _serversOwn = new(StringComparer.Ordinal);
    private bool _isAmbiguous;

    private readonly FhirLimits _limits;

    private BundlePlanner(bool atomic, PlannedEntry[] entries, FhirLimits limits)
    {
        _atomic = atomic;
        _entries = entries;
        _limits = limits;
    }

    public static Result<TransactionPlan> Plan(FhirResource bundle, FhirLimits limits)
    {
        var kind = bundle.Root.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        if (bundle.Type != "Bundle" || kind is not ("batch" or "transaction"))
        {
            return Failure.Of(400, "value", "bundle-type", "Only a Bundle of type batch or transaction can be posted here.", "Bundle.type");
        }

        var has = bundle.Root.TryGetProperty("entry"u8, out var entries);
        if (has && entries.ValueKind != JsonValueKind.Array)
        {
            return Failure.Of(400, "structure", "bundle-entry", "Bundle.entry is no array.", "Bundle.entry");
        }

        var count = has ? entries.GetArrayLength() : 0;
        if (count > limits.BundleEntriesMax)
        {
            return Failure.Of(413, "too-costly", "bundle-too-many-entries", $"The Bundle has {count} entries; at most {limits.BundleEntriesMax} are accepted.", "Bundle.entry");
        }

        var read = has ? entries.EnumerateArray().Select(EntryReader.Read).ToArray() : [];
        return new BundlePlanner(kind == "transaction", read, limits).Plan();
    }

    private Result<TransactionPlan> Plan()
    {
        FindDuplicates();
        for (var i = 0; i < _entries.Length; i++)
        {
            if (_entries[i] is { Failure: null, Resource: { } resource, Action: not EntryAction.Operation } entry)
            {
                Keep(i, _atomic ? CheckLinks(entry, resource) : ResourceLinks.CheckAlone(resource, Place(entry, ".resource")));
            }
        }

        var failures = _entries.Select(e => e.Failure).OfType<Failure>();
        if (_atomic && failures.FirstOrDefault() is { } first)
        {
            return first with { Issues = [.. failures.SelectMany(f => f.Issues).Take(_limits.IssuesMax)] };
        }

        if (_isAmbiguous)
        {
            RelativeLinks.TellApart(_entries, _moving, _relative);
        }

        return new TransactionPlan
        {
            Atomic = _atomic,
            Entries = [.. _entries.OrderBy(Rank)],
            ConditionalReferences = _conditional,
            RelativeReferences = _relative,
        };
    }

    /// <summary>A fullUrl twice is no Bundle at all (bdl-7); the same resource changed twice is no transaction (R4 3.1.0.11.2).</summary>
    private void FindDuplicates()
    {
        var fullUrls = new HashSet<string>(StringComparer.Ordinal);
        var identities = new HashSet<string>(StringComparer.Ordinal);
        var conditions = new HashSet<Condition>();
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            if (entry.FullUrl is { } fullUrl && !fullUrls.Add(fullUrl))
            {
                Keep(i, Failure.Of(400, "duplicate", "bundle-duplicate-full-url", "Another entry has the same fullUrl.", Place(entry, ".fullUrl")));
            }
            else if (entry is { FullUrl: not null, Resource: not null, Action: not EntryAction.Operation })
            {
                _targets.Add(entry.FullUrl);
                _ = entry is { Action: EntryAction.Create } or { Action: EntryAction.Update, Where: not null } && _moving.Add(entry.FullUrl);
            }

            if (_atomic && entry.Action is EntryAction.Update or EntryAction.Delete or EntryAction.Patch && (entry.Where is { } where ? !conditions.Add(where) : !identities.Add($"{entry.Type}/{entry.Id}")))
            {
                Keep(i, Failure.Of(400, "duplicate", "bundle-duplicate-identity", "Another entry of the transaction changes the same resource.", Place(entry, ".request.url")));
            }
        }
    }

    private Failure? CheckLinks(PlannedEntry entry, FhirResource resource)
    {
        var path = Place(entry, ".resource");
        var sender = entry.FullUrl is { } fullUrl ? FullUrl.Base(fullUrl) : null;
        return ResourceLinks.Visit(resource, relativeToo: true, (reference, start) =>
        {
            if (ResourceLinks.IsTemporary(reference))
            {
                return _targets.Contains(reference) ? null : ResourceLinks.Unresolved(resource, path, start, "The temporary reference names no entry of the Bundle that brings a resource.");
            }

            if (ResourceLinks.TryConditional(reference, out var type, out var query))
            {
                return Conditional(reference, type, query) is { } problem
                    ? Failure.Of(400, "invalid", "condition-invalid", problem, ResourceLinks.Place(resource, path, start))
                    : null;
            }

            Relative(reference, sender);
            return null;
        });
    }

    /// <summary>Notes a conditional reference; answers with what is wrong about it.</summary>
    private string? Conditional(string reference, string type, string query)
    {
        if (_conditional.ContainsKey(reference))
        {
            return null;
        }

        if (!ResourceTypes.IsKnown(type))
        {
            return "R4 has no resource of the type in the condition.";
        }

        if (!Condition.Parse(type, query).Try(out var condition, out var failure))
        {
            return failure.Issues[0].Diagnostics;
        }

        if (_conditional.Count == _limits.BundleEntriesMax)
        {
            return $"A transaction has at most {_limits.BundleEntriesMax} different conditional references.";
        }

        _conditional.Add(reference, condition);
        return null;
    }

    /// <summary>Notes what a relative reference means in an entry of this sender, and that the same text means something else elsewhere.</summary>
    private void Relative(string reference, string? sender)
    {
        if (_moving.Count == 0 || reference.StartsWith('#') || reference.Contains(':', StringComparison.Ordinal))
        {
            return;
        }

        var absolute = sender + reference;
        if (sender is null || !_moving.Contains(absolute))
        {
            _serversOwn.Add(reference);
            _isAmbiguous |= _relative.ContainsKey(reference);
            return;
        }

        _isAmbiguous |= _serversOwn.Contains(reference) || (!_relative.TryAdd(reference, absolute) && _relative[reference] != absolute);
    }

    private void Keep(int index, Failure? failure)
    {
        if (failure is not null && _entries[index].Failure is null)
        {
            _entries[index] = _entries[index] with { Failure = failure };
        }
    }

    private static int Rank(PlannedEntry entry) => entry switch
    {
        { Failure: not null } => 0,
        { Action: EntryAction.Delete } => 1,
        { Action: EntryAction.Create } => 2,
        { Action: EntryAction.Update or EntryAction.Patch } => 3,
        _ => 4,
    };

    private static string Place(PlannedEntry entry, string element) => string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{entry.Index}]{element}");
}
