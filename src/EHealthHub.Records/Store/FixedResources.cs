using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>A resource of the directory that is part of the hub itself: served like a stored one, never written.</summary>
/// <param name="Type">Resource type, of the directory.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Json">As it is served, with version 1 and the set's time in its meta.</param>
public sealed record FixedResource(string Type, string Id, ReadOnlyMemory<byte> Json);

/// <summary>
/// The resources that lie in no database: read, searched, chained and included together with those that do, after them in order. Made when the first of their types is asked for, and their facts when the first search looks for them, so that
/// a start does not wait for them. Thread-safe.
/// </summary>
public sealed class FixedResources
{
    // Behind every place of the directory's own (SearchRun.Place).
    internal const long PositionFrom = 1L << 61;

    private static readonly FhirLimits Limits = new();

    private readonly FrozenSet<string> _types;
    private readonly Lazy<FrozenDictionary<(string Type, string Id), ResourceLocation>> _all;
    private volatile Searched? _searched;

    /// <summary>
    /// Those of these types, made by <paramref name="make"/> once. <paramref name="time"/>: of their one version.
    /// </summary>
    public FixedResources(IReadOnlyCollection<string> types, DateTimeOffset time, Func<IEnumerable<FixedResource>> make)
    {
        _types = types.ToFrozenSet(StringComparer.Ordinal);
        _all = new(() => make().Select((r, i) => Location(r, time, i)).ToFrozenDictionary(l => (l.Type, l.Id)));
    }

    /// <summary>None.</summary>
    public static FixedResources None { get; } = new([], DateTimeOffset.UnixEpoch, () => []);

    internal ResourceLocation? Find(string type, string id) => _types.Contains(type) && _all.Value.TryGetValue((type, id), out var found) ? found : null;

    /// <summary>All of a type with their facts, in a fixed order; their place in it is their position behind <see cref="PositionFrom"/>.</summary>
    internal IEnumerable<(ResourceLocation Location, byte[] Facts)> Of(string type, SearchSettings settings)
    {
        if (!_types.Contains(type))
        {
            return [];
        }

        // Two threads may both make them: they are the same.
        if (_searched is not { } searched || searched.Generation != settings.Tables.Generation)
        {
            var ordered = _all.Value.Values.OrderBy(l => l.Type, StringComparer.Ordinal).ThenBy(l => l.Id, StringComparer.Ordinal);
            _searched = searched = new Searched(settings.Tables.Generation, [.. ordered.Select(l => (l, Facts(l, settings)))]);
        }

        return searched.Facts.Where(f => f.Location.Type == type);
    }

    /// <summary>The one version, opened; there is nothing sealed about it.</summary>
    internal static RecordVersion Open(ResourceLocation location) => new(location.Type, location.Id, 1, false, location.LastUpdated, location.Fixed!.Value);

    /// <summary>The history of one version, so far as it lies in what was asked for.</summary>
    internal static (IReadOnlyList<RecordVersion> Versions, int Total) History(HistoryAsk ask)
    {
        var time = Microseconds.From(ask.Location.LastUpdated);
        var inWindow = time <= ask.Window.To && (time >= ask.Window.From || ask.Window.Current);
        return (inWindow && ask.CountMax > 0 && ask.BeforeVersion is null or > 1 ? [Open(ask.Location)] : [], inWindow ? 1 : 0);
    }

    private static byte[] Facts(ResourceLocation location, SearchSettings settings)
    {
        if (!FhirReader.Read(location.Fixed!.Value, Limits).Try(out var resource, out var failure))
        {
            throw new InvalidOperationException($"{location.Type}/{location.Id}: {failure.Issues[0].Diagnostics}");
        }

        using (resource)
        {
            var output = new ArrayBufferWriter<byte>(256);
            SearchFacts.Extract(resource, location.Id, 1, location.LastUpdated, "", null, null, settings).Encode(output);
            return output.WrittenSpan.ToArray();
        }
    }

    private static ResourceLocation Location(FixedResource resource, DateTimeOffset time, int index) => new()
    {
        Type = resource.Type,
        Id = resource.Id,
        Compartment = CompartmentRule.IsDirectory(resource.Type) ? CompartmentKind.Directory : throw new ArgumentException($"{resource.Type} is no type of the directory.", nameof(resource)),
        CompartmentName = "",
        Version = 1,
        Deleted = false,
        LastUpdated = time,
        Submitter = "",
        Fixed = resource.Json,
        Row = new VersionRow
        {
            Key = 0,
            Slot = index,
            Version = 1,
            Flags = VersionRow.FlagsOf(deleted: false, madeByUpdate: false, 0),
            Time = Microseconds.From(time),
            Submitter = 0,
            Epoch = 0,
            Previous = [],
            Hash = SHA256.HashData(resource.Json.Span),
            Facts = [],
            Body = [],
        },
    };

    private sealed record Searched(int Generation, List<(ResourceLocation Location, byte[] Facts)> Facts);
}
