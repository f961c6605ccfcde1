using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Validation.Profiles;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Conformance;

/// <summary>
/// The profiles and the terminology that the hub validates and answers with: those of the folder fhir-profiles, and what the directory holds. Loaded at the start, and kept with every write: a definition that could be checked by half only is
/// refused when it is submitted, by name. Reading is thread-safe, and a validation that is under way keeps the state that it began with; changes are made in turn (<see cref="Turn"/>).
/// </summary>
public sealed class ConformanceHolder
{
    /// <summary>Most definitions of a type that are loaded.</summary>
    private const int DefinitionsMax = 5_000;

    private const int PageSize = 200;
    private const string Loading = "conformance-load";

    private static readonly string[] Terminological = ["CodeSystem", "ValueSet", "ConceptMap"];

    private readonly Validator _validator;
    private readonly TimeProvider _time;
    private readonly Turns _turns = new();
    private readonly Dictionary<(string Type, string Id), string> _urls = [];
    private LabelRules? _labels;

    internal ConformanceHolder(Validator validator, RecordStore records, TimeProvider time)
    {
        SearchParameters = new HeldSearchParameters(records);
        _validator = validator;
        _time = time;
    }

    /// <summary>What is held now.</summary>
    public TerminologyCatalog Terminology => _validator.Profiles.Terminology;

    /// <summary>The rules that assign security labels: those of the terminology that is held now.</summary>
    public LabelRules Labels
    {
        get
        {
            var (terminology, labels) = (Terminology, _labels);
            return labels?.IsOf(terminology) == true ? labels : _labels = LabelRules.Of(terminology);
        }
    }

    /// <summary>The hub's own search parameters.</summary>
    internal HeldSearchParameters SearchParameters { get; }

    /// <summary>True for the types that are held.</summary>
    public static bool Holds(string type) => type is "StructureDefinition" or HeldSearchParameters.Type || Terminological.Contains(type);

    /// <summary>Loads what the directory holds. Gives how many definitions could not be taken: they were taken once, by another version of the hub.</summary>
    public async ValueTask<int> Load(AuditLog log, RecordStore records, CancellationToken cancellationToken)
    {
        var definitions = new List<JsonElement>();
        var parameters = new List<(string Id, JsonElement Root)>();
        using var turn = await Turn(cancellationToken).ConfigureAwait(false);
        foreach (var type in (string[])[.. Terminological, "StructureDefinition", HeldSearchParameters.Type])
        {
            await foreach (var version in Read(log, records, type, cancellationToken).ConfigureAwait(false))
            {
                using var document = JsonDocument.Parse(version.Json);
                if (type == HeldSearchParameters.Type)
                {
                    parameters.Add((version.Id, document.RootElement.Clone()));
                }
                else
                {
                    definitions.Add(document.RootElement.Clone());
                    Remember(type, version.Id, document.RootElement);
                }
            }
        }

        var terminology = Terminology.WithAll(definitions, out var unread);
        var fits = _validator.Profiles.WithTerminology(terminology).Try(out var over, out _);
        _validator.Profiles = (fits ? over! : _validator.Profiles).WithAll(definitions, out var refused);
        return unread.Length + refused.Length + (fits ? 0 : 1) + await SearchParameters.Load(parameters, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until no other submission changes definitions, so that what two define is judged together; null when that took too long. Dispose it when the change is committed or refused.</summary>
    internal async ValueTask<IDisposable?> Turn(CancellationToken cancellationToken) => await _turns.Wait(cancellationToken).ConfigureAwait(false) ? new TurnEnd(_turns) : null;

    /// <summary>Why what a submission defines cannot be held, or what it takes away cannot be spared; null where all of it can. Definitions that rest on each other come together.</summary>
    internal Failure? Check(IReadOnlyList<DefinitionChange> changes) => Next(changes).Try(out _, out var failure) ? SearchParameters.Check(changes) : failure;

    /// <summary>Takes up what was committed.</summary>
    internal async ValueTask Take(IReadOnlyList<DefinitionChange> changes)
    {
        // It was checked before it was committed, in the same turn.
        if (Next(changes).Try(out var next, out _))
        {
            _validator.Profiles = next;
        }

        foreach (var change in changes.Where(c => c.Type != HeldSearchParameters.Type))
        {
            _urls.Remove((change.Type, change.Id));
            if (change.Resource is { } resource)
            {
                Remember(change.Type, change.Id, resource.Root);
            }
        }

        try
        {
            await SearchParameters.Take(changes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RecordsUnavailableException)
        {
            // The definition is durable; the re-indexer settles with the store before its next run, and so does the next start.
        }
    }

    private Result<ProfileCatalog> Next(IReadOnlyList<DefinitionChange> changes)
    {
        var terminology = Terminology;
        var without = new List<string>();
        foreach (var change in changes)
        {
            if (_urls.TryGetValue((change.Type, change.Id), out var before) && (change.Resource is null || Url(change.Resource.Root) != before))
            {
                terminology = terminology.Without(change.Type, before);
                without.AddRange(change.Type == "StructureDefinition" ? [before] : []);
            }
        }

        // Code systems before the value sets over them.
        foreach (var change in changes.Where(c => Terminological.Contains(c.Type) && c.Resource is not null).OrderBy(c => Array.IndexOf(Terminological, c.Type)))
        {
            if (!terminology.With(change.Resource!).Try(out var more, out var failure))
            {
                return failure;
            }

            terminology = more;
        }

        var profiles = changes.Where(c => c is { Type: "StructureDefinition", Resource: not null }).Select(c => c.Resource!).ToList();
        return without.Count == 0 && profiles.Count == 0 && ReferenceEquals(terminology, Terminology) ? _validator.Profiles : _validator.Profiles.With(profiles, terminology, without);
    }

    private void Remember(string type, string id, JsonElement root)
    {
        if (Url(root) is { } url)
        {
            _urls[(type, id)] = url;
        }
    }

    private static string? Url(JsonElement root) => root.TryGetProperty("url"u8, out var url) && url.ValueKind == JsonValueKind.String ? url.GetString() : null;

    /// <summary>All of a type in the directory, page by page, each under receipts like any other reading.</summary>
    private async IAsyncEnumerable<RecordVersion> Read(AuditLog log, RecordStore records, string type, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!SearchQuery.Parse(type, [], strict: true).Try(out var query, out _))
        {
            throw new InvalidOperationException($"R4 has no {type}.");
        }

        var position = 0L;
        for (var read = 0; read < DefinitionsMax;)
        {
            var scope = new SearchScope(CompartmentKind.Directory, "", false, Loading, type, []);
            var asked = await log.Append(Entry(EntryKind.SearchAsked, type), scope.Hash(), cancellationToken).ConfigureAwait(false);
            SearchStep step;
            using (var session = await records.BeginSearch(scope, RecordView.Everything, asked, cancellationToken).ConfigureAwait(false))
            {
                step = session.Find(query, position, PageSize);
            }

            var page = new SearchPage([.. step.Matches.Select(m => m.Location).Where(l => !l.IsFixed)], null, 0, false, []);
            var released = await log.Append(Entry(EntryKind.SearchReleased, type) with { Count = page.Matches.Count }, page.Hash(), cancellationToken).ConfigureAwait(false);
            foreach (var version in await records.Open(page, released, cancellationToken).ConfigureAwait(false))
            {
                yield return version;
            }

            read += step.Matches.Count;
            position = step.NextPosition;
            if (position == 0 || page.Matches.Count < step.Matches.Count)
            {
                // What is part of the hub comes after what is stored.
                yield break;
            }
        }
    }

    private AuditEntry Entry(EntryKind kind, string type) => new() { Kind = kind, Time = _time.GetUtcNow(), Interaction = Loading, ResourceType = type, Reason = Loading };

    private sealed class TurnEnd(Turns turns) : IDisposable
    {
        public void Dispose() => turns.Done();
    }
}
