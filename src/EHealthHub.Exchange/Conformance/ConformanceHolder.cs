using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
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
/// refused when it is submitted, by name. Thread-safe; a validation that is under way keeps the state that it began with.
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
    private readonly Lock _writing = new();
    private readonly Dictionary<(string Type, string Id), string> _urls = [];

    internal ConformanceHolder(Validator validator, TimeProvider time)
    {
        _validator = validator;
        _time = time;
    }

    /// <summary>What is held now.</summary>
    public TerminologyCatalog Terminology => _validator.Profiles.Terminology;

    /// <summary>True for the types that are held.</summary>
    public static bool Holds(string type) => type == "StructureDefinition" || Terminological.Contains(type);

    /// <summary>Loads what the directory holds. Gives how many definitions could not be taken: they were taken once, by another version of the hub.</summary>
    public async ValueTask<int> Load(AuditLog log, RecordStore records, CancellationToken cancellationToken)
    {
        var definitions = new List<JsonElement>();
        foreach (var type in (string[])[.. Terminological, "StructureDefinition"])
        {
            await foreach (var version in Read(log, records, type, cancellationToken).ConfigureAwait(false))
            {
                using var document = JsonDocument.Parse(version.Json);
                definitions.Add(document.RootElement.Clone());
                Remember(type, version.Id, document.RootElement);
            }
        }

        lock (_writing)
        {
            var terminology = Terminology.WithAll(definitions, out var unread);
            var fits = _validator.Profiles.WithTerminology(terminology).Try(out var over, out _);
            _validator.Profiles = (fits ? over! : _validator.Profiles).WithAll(definitions, out var refused);
            return unread.Length + refused.Length + (fits ? 0 : 1);
        }
    }

    /// <summary>Why a definition cannot be held; null for one that can, and for everything else.</summary>
    public Failure? Check(FhirResource resource) => Holds(resource.Type) && !Next(resource).Try(out _, out var failure) ? failure : null;

    /// <summary>Takes up what was committed: a new version, or with null that there is none any more.</summary>
    public void Take(string type, string id, FhirResource? resource)
    {
        lock (_writing)
        {
            if (_urls.Remove((type, id), out var before) && (resource is null || Url(resource.Root) != before) && Without(type, before).Try(out var without, out _))
            {
                _validator.Profiles = without;
            }

            // It was checked before it was committed; where another write came between, the older state is kept and the next start loads again.
            if (resource is not null && Next(resource).Try(out var next, out _))
            {
                _validator.Profiles = next;
                Remember(type, id, resource.Root);
            }
        }
    }

    private Result<ProfileCatalog> Next(FhirResource resource)
    {
        var profiles = _validator.Profiles;
        return resource.Type == "StructureDefinition" ? profiles.With([resource])
            : profiles.Terminology.With(resource).Try(out var terminology, out var failure) ? profiles.WithTerminology(terminology)
            : failure;
    }

    private Result<ProfileCatalog> Without(string type, string url) => type == "StructureDefinition" ? _validator.Profiles.Without(url) : _validator.Profiles.WithTerminology(Terminology.Without(type, url));

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
            using (var session = await records.BeginSearch(scope, asked, cancellationToken).ConfigureAwait(false))
            {
                step = session.Find(query, position, PageSize);
            }

            var page = new SearchPage([.. step.Matches.Select(m => m.Location)], null, 0, false, []);
            var released = await log.Append(Entry(EntryKind.SearchReleased, type) with { Count = step.Matches.Count }, page.Hash(), cancellationToken).ConfigureAwait(false);
            foreach (var version in await records.Open(page, released, cancellationToken).ConfigureAwait(false))
            {
                yield return version;
            }

            read += step.Matches.Count;
            position = step.NextPosition;
            if (position == 0)
            {
                yield break;
            }
        }
    }

    private AuditEntry Entry(EntryKind kind, string type) => new() { Kind = kind, Time = _time.GetUtcNow(), Interaction = Loading, ResourceType = type, Reason = Loading };
}
