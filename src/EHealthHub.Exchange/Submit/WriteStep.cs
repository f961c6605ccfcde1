using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Submit;

/// <summary>One resource that a submission concerns, while it is being fixed. An entry is one step; a conditional delete of several is one for each.</summary>
internal sealed class WriteStep(PlannedEntry entry)
{
    private SearchFacts? _facts;

    /// <summary>What was asked.</summary>
    public PlannedEntry Entry { get; } = entry;

    /// <summary>What is done: an update or patch may turn out to be a create, a patch is an update once it has run.</summary>
    public EntryAction Action { get; set; } = entry.Action;

    /// <summary>Logical id, once fixed.</summary>
    public string Id { get; set; } = "";

    /// <summary>The current version; null where there is none.</summary>
    public ResourceLocation? Current { get; set; }

    /// <summary>What is asked of the current version, with what decides about it; null where there is none.</summary>
    public AccessRequest? Asked { get; set; }

    /// <summary>True where something matches the step's condition of which the caller may not know.</summary>
    public bool IsConditionWithheld { get; set; }

    /// <summary>True for a conditional create that found what it would have made.</summary>
    public bool Matched { get; set; }

    /// <summary>What it comes to.</summary>
    public EntryEnd? End { get; set; }

    /// <summary>What is written: as posted, or as patched.</summary>
    public FhirResource? Resource { get; set; } = entry.Action == EntryAction.Patch ? null : entry.Resource;

    /// <summary>Content that lies beside what is written: received with the request, or that of the version that was patched.</summary>
    public StoredContent? Content { get; set; }

    /// <summary>The search of the step's condition, where it needed one.</summary>
    public SearchQuery? Condition { get; set; }

    /// <summary>The stored JSON, where a patch changed nothing of it; else empty.</summary>
    public ReadOnlyMemory<byte> Unchanged { get; set; }

    /// <summary>The version that a patch was run on; null for any other write.</summary>
    public RecordVersion? Before { get; set; }

    /// <summary>The place for outcomes.</summary>
    public string Place { get; } = PlaceOf(entry);

    /// <summary>True for a step that makes a resource which was not there.</summary>
    public bool Makes => Action is EntryAction.Create or EntryAction.Update && Current is null && !Matched;

    /// <summary>The place of an entry: its type where it stands alone.</summary>
    public static string PlaceOf(PlannedEntry entry) => entry.Index < 0 ? entry.Type : FormattableString.Invariant($"Bundle.entry[{entry.Index}]");

    /// <summary>The facts by which a search would find what is written here; null where nothing is.</summary>
    public SearchFacts? Facts(DateTimeOffset now, IReadOnlyDictionary<string, string> references, SearchSettings settings) =>
        Matched || Action == EntryAction.Delete || Resource is not { } resource ? null : _facts ??= SearchFacts.Extract(resource, Id, End!.Version, now, "", null, references, settings);

    /// <summary>Nothing is written: a patch left the resource as it was.</summary>
    public void LeaveAs(RecordVersion record)
    {
        Unchanged = record.Json;
        Resource = null;
        End = new EntryEnd(200, Entry.Type, Id, record.Version, record.LastUpdated, -1);
    }
}
