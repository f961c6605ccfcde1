using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Employments;

/// <summary>A directory resource as it stands: who wrote it, and what it says.</summary>
/// <param name="Version">Its current version.</param>
/// <param name="LastUpdated">Time of the version.</param>
/// <param name="Submitter">Registered id of the institution that wrote the version.</param>
/// <param name="Root">Null for a deletion, and where only the place was asked for.</param>
internal sealed record DirectoryBody(int Version, DateTimeOffset LastUpdated, string Submitter, JsonElement? Root);

/// <summary>Reads directory resources in the hub's own name, under receipts like any other reading.</summary>
internal sealed class DirectoryBodies(AuditLog log, RecordStore records, TimeProvider time)
{
    private const string Feed = "employment-feed";
    private const int PageSize = 200;

    /// <summary>What is stored under these ids; those that are not there are left out. Bodies only of what <paramref name="isWanted"/> says by its submitter.</summary>
    public async ValueTask<Dictionary<string, DirectoryBody>> Current(string type, IReadOnlyCollection<string> ids, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, DirectoryBody>(StringComparer.Ordinal);
        foreach (var chunk in ids.Chunk(PageSize))
        {
            var locations = new List<ResourceLocation>();
            foreach (var id in chunk)
            {
                if (await records.Locate(type, id, cancellationToken).ConfigureAwait(false) is { IsFixed: false } location)
                {
                    locations.Add(location);
                }
            }

            await Add(found, type, locations, isWanted, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>All that a search in the directory finds, page by page. Deletions are not found.</summary>
    public async IAsyncEnumerable<Dictionary<string, DirectoryBody>> Find(
        string type, KeyValuePair<string, string>[] parameters, Func<string, bool> isWanted, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!SearchQuery.Parse(type, parameters, strict: true).Try(out var query, out _))
        {
            throw new InvalidOperationException($"R4 has no such search of {type}.");
        }

        var position = 0L;
        do
        {
            var scope = new SearchScope(CompartmentKind.Directory, "", false, Feed, type, parameters);
            var asked = await log.Append(Entry(EntryKind.SearchAsked, type), scope.Hash(), cancellationToken).ConfigureAwait(false);
            SearchStep step;
            using (var session = await records.BeginSearch(scope, RecordView.Everything, asked, cancellationToken).ConfigureAwait(false))
            {
                step = session.Find(query, position, PageSize, countAll: false);
            }

            var page = new Dictionary<string, DirectoryBody>(StringComparer.Ordinal);
            await Add(page, type, [.. step.Matches.Select(m => m.Location).Where(l => !l.IsFixed)], isWanted, cancellationToken).ConfigureAwait(false);
            yield return page;
            position = step.NextPosition;
        }
        while (position != 0);
    }

    private async ValueTask Add(Dictionary<string, DirectoryBody> found, string type, List<ResourceLocation> locations, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        foreach (var location in locations)
        {
            found[location.Id] = new DirectoryBody(location.Version, location.LastUpdated, location.Submitter, null);
        }

        var wanted = locations.FindAll(l => !l.Deleted && isWanted(l.Submitter));
        if (wanted.Count == 0)
        {
            return;
        }

        var page = new SearchPage(wanted, null, 0, false, []);
        var released = await log.Append(Entry(EntryKind.SearchReleased, type) with { Count = wanted.Count }, page.Hash(), cancellationToken).ConfigureAwait(false);
        foreach (var version in await records.Open(page, released, cancellationToken).ConfigureAwait(false))
        {
            using var document = JsonDocument.Parse(version.Json);
            found[version.Id] = found[version.Id] with { Root = document.RootElement.Clone() };
        }
    }

    private AuditEntry Entry(EntryKind kind, string type) => new() { Kind = kind, Time = time.GetUtcNow(), Interaction = Feed, ResourceType = type, Reason = Feed };
}
