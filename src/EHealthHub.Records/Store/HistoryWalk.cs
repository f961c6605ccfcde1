using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>One page of the history of a type or of everything, inside one snapshot. Types stand only in sealed facts, so each version on the way is opened that far; what the view hides is not on the page. Used once.</summary>
internal sealed class HistoryWalk(SqliteReader reader, StoreParts parts, KeyRing keys, Opener opener, RecordView view)
{
    /// <summary>Most versions that one page looks at.</summary>
    public const int VersionsMax = 10_000;

    private const int PlacesPage = 512;

    private readonly List<ResourceLocation> _versions = [];
    private readonly HashSet<string> _patients = new(StringComparer.Ordinal);

    public HistoryPage Execute(HistoryWalkAsk ask, CancellationToken cancellationToken)
    {
        var window = ask.Window;
        var from = window.Current ? long.MinValue : window.From;
        var before = ask.Before ?? new HistoryPosition(window.To, long.MaxValue, int.MaxValue, int.MaxValue);
        for (var seen = 0; ;)
        {
            var places = reader.PlacesByTime(before, from, PlacesPage);
            foreach (var place in places)
            {
                if (_versions.Count == ask.CountMax || seen == VersionsMax)
                {
                    return Page(before);
                }

                cancellationToken.ThrowIfCancellationRequested();
                seen++;
                before = place;
                if (place.Time >= window.From || (window.Current && IsCurrentAt(place, window.From)))
                {
                    Look(place, ask.Type);
                }
            }

            if (places.Count < PlacesPage)
            {
                return Page(null);
            }
        }
    }

    private HistoryPage Page(HistoryPosition? next) => new(_versions, next, [.. _patients.Order(StringComparer.Ordinal)]);

    private bool IsCurrentAt(HistoryPosition place, long moment) => !(reader.Time(place.Key, place.Slot, place.Version + 1) <= moment);

    private void Look(HistoryPosition place, string? type)
    {
        var row = reader.Facts(place.Key, place.Slot, place.Version) ?? throw new RecordsTamperedException("A version is gone", place.Key, place.Slot);
        var compartment = parts.Compartments.Get(reader, place.Key);
        var submitter = parts.Parties.Name(reader, row.Submitter);
        using var lease = keys.Lease(compartment.Key, compartment.Handle, row.Epoch);
        var head = Opener.ReadHead(row, opener.FactsBytes(lease.Key, compartment, row, submitter), out var linked);
        if ((type is not null && head.Type != type) || (view.Restricts && !IsShown(compartment, row)))
        {
            return;
        }

        _versions.Add(Locations.From(compartment, row, submitter, head.Type, head.Id));
        _patients.UnionWith(linked);
        if (head.PatientId is { } patient)
        {
            _patients.Add(patient);
        }
    }

    /// <summary>By this version and by the current one, as for a read; the directory is asked about too, for a scope may leave it out.</summary>
    private bool IsShown(CompartmentInfo compartment, VersionRow row) =>
        parts.SightAlone(reader, compartment, row, view) == Sight.See
        && (reader.Head(row.Key, row.Slot) ?? throw new RecordsTamperedException("A version is gone", row.Key, row.Slot)) is var current
        && (current.Version == row.Version || parts.SightAlone(reader, compartment, current, view) == Sight.See);
}
