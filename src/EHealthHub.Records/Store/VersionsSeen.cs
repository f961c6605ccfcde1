using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>The versions of one resource that a view shows: each is looked at by its facts, and only those that may be seen are opened and counted. Used once.</summary>
internal sealed class VersionsSeen(SqliteReader reader, StoreParts parts)
{
    /// <summary>Most versions that are looked at for one page.</summary>
    public const int VersionsMax = 5_000;

    private const int StepMax = 64;

    public (IReadOnlyList<RecordVersion> Versions, int? Total) Execute(HistoryAsk ask, RecordView view)
    {
        var (location, versions, total, looked) = (ask.Location, new List<RecordVersion>(), 0, 0);
        var compartment = parts.Compartments.Get(reader, location.CompartmentKey);
        var isFull = false;
        for (var below = location.Version + 1; ;)
        {
            var rows = reader.VersionsBelow(location.CompartmentKey, location.Slot, below, StepMax, ask.Window);
            foreach (var row in rows)
            {
                below = row.Version;
                if (++looked > VersionsMax)
                {
                    return (versions, null);
                }

                if (parts.SightAlone(reader, compartment, row, view) != Sight.See)
                {
                    continue;
                }

                total++;
                if (isFull || versions.Count == ask.CountMax || row.Version >= (ask.BeforeVersion ?? int.MaxValue))
                {
                    continue;
                }

                versions.Add(parts.Open(location.CompartmentHandle, location.Patient, row, parts.Parties.Name(reader, row.Submitter), location.Type, location.Id));
                isFull = HistoryAsk.FillsPage(versions);
            }

            if (rows.Count < StepMax)
            {
                return (versions, total);
            }
        }
    }
}
