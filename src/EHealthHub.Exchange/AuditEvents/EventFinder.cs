using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EHealthHub.Audit.Reports;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>An event that was found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Time">When.</param>
/// <param name="Patient">Whom it names; null for none.</param>
/// <param name="Json">The event.</param>
internal sealed record FoundEvent(string Id, DateTimeOffset Time, string? Patient, ReadOnlyMemory<byte> Json);

/// <summary>Some events, the newest first.</summary>
/// <param name="Events">Those of the page.</param>
/// <param name="Total">How many there are in all; null where looking ended before that was known.</param>
/// <param name="Next">Where to go on; null at the end.</param>
internal sealed record EventPage(IReadOnlyList<FoundEvent> Events, int? Total, byte[]? Next);

/// <summary>
/// Finds events: along a patient's chain, else back through the logs. Each entry is written as the event that the viewer would be shown, and the criteria are asked of that: what somebody may not see, no criterion tells. Work is bounded: when
/// so many entries have been looked at, the page ends, full or not, and the next one goes on.
/// </summary>
internal sealed class EventFinder(PatientTrail trail, EventLogs logs, EventIds ids, SearchSettings settings)
{
    /// <summary>Most entries that are read for a page.</summary>
    public int EntriesMax { get; init; } = 20_000;

    /// <summary>Most events that are made for a page.</summary>
    public int EventsMax { get; init; } = 4_000;

    private const int PlaceOfLog = sizeof(ulong) + sizeof(long);

    private static readonly FhirLimits Limits = new();

    /// <summary>Events of one patient; null for a continuation that is none.</summary>
    public EventPage? OfPatient(EventQuery asked, SearchQuery query, string patient, EventViewer viewer, EventWriter writer, string language, byte[]? place, bool counts, CancellationToken cancellationToken)
    {
        var look = new Look(asked, query, viewer, writer, language);
        for (var cursor = place is null ? null : Encoding.UTF8.GetString(place); ;)
        {
            // So many as are still wanted, so that the chain's own continuation is that of the page.
            var wanted = look.IsFull ? PatientTrail.PageMax : Math.Clamp(query.Count - look.Found.Count, 1, PatientTrail.PageMax);
            if (trail.Page(patient, cursor, wanted, cancellationToken) is not { } page)
            {
                return null;
            }

            foreach (var entry in page.Entries)
            {
                look.Take(ids, settings, new LoggedEntry(entry.Origin, entry.Index, entry.Entry), entry.Entry.Patients.IndexOf(patient));
            }

            cursor = page.Cursor;
            var isOver = cursor is null || page.Entries[^1].Entry.Time < asked.Floor;
            look.Pause(() => isOver ? [] : Encoding.UTF8.GetBytes(cursor!));
            if (isOver || (look.IsFull && !counts) || look.Entries >= EntriesMax || look.Made >= EventsMax)
            {
                return look.End(isOver, isFirst: place is null, () => Encoding.UTF8.GetBytes(cursor!));
            }
        }
    }

    /// <summary>Events of all; null for a continuation that is none.</summary>
    public EventPage? OfAll(EventQuery asked, SearchQuery query, EventViewer viewer, EventWriter writer, string language, byte[]? place, bool counts, CancellationToken cancellationToken)
    {
        if (Walks(asked, place) is not var (walks, ordinal))
        {
            return null;
        }

        var look = new Look(asked, query, viewer, writer, language);
        while (walks.Where(w => w.Current is not null).MaxBy(w => w.Current!.Value.Entry.Time) is { } newest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var logged = newest.Current!.Value;
            for (; ordinal < Math.Max(1, logged.Entry.Patients.Length); ordinal++)
            {
                look.Pause(() => Place(walks, ordinal));
                if ((look.IsFull && !counts) || look.Entries >= EntriesMax || look.Made >= EventsMax)
                {
                    return look.End(isOver: false, isFirst: place is null, () => Place(walks, ordinal));
                }

                look.Take(ids, settings, logged, ordinal);
            }

            ordinal = 0;
            newest.Step();
        }

        return look.End(isOver: true, isFirst: place is null, () => []);
    }

    /// <summary>Where to begin: from the end of all logs that the criteria leave open, or where a page ended, and with which of the entry's patients.</summary>
    private (List<LogWalk> Walks, int Ordinal)? Walks(EventQuery asked, byte[]? place)
    {
        var open = logs.Open();
        if (place is null)
        {
            return ([.. open.Select(log => new LogWalk(log, LogWalk.Before(log, asked.Until), asked.Floor))], 0);
        }

        if (place.Length % PlaceOfLog != sizeof(ushort))
        {
            return null;
        }

        var walks = new List<LogWalk>();
        for (var at = place.AsSpan(sizeof(ushort)); at.Length > 0; at = at[PlaceOfLog..])
        {
            var name = BinaryPrimitives.ReadUInt64BigEndian(at);
            if (open.FirstOrDefault(log => EventIds.LogOf(log.Origin) == name) is { } log)
            {
                walks.Add(new LogWalk(log, BinaryPrimitives.ReadInt64BigEndian(at[sizeof(ulong)..]), asked.Floor));
            }
        }

        return (walks, BinaryPrimitives.ReadUInt16BigEndian(place));
    }

    private static byte[] Place(List<LogWalk> walks, int ordinal)
    {
        var left = walks.Where(w => w.Current is not null).ToList();
        var place = new byte[sizeof(ushort) + (PlaceOfLog * left.Count)];
        BinaryPrimitives.WriteUInt16BigEndian(place, (ushort)ordinal);
        for (var i = 0; i < left.Count; i++)
        {
            var at = place.AsSpan(sizeof(ushort) + (PlaceOfLog * i));
            BinaryPrimitives.WriteUInt64BigEndian(at, EventIds.LogOf(left[i].Origin));
            BinaryPrimitives.WriteInt64BigEndian(at[sizeof(ulong)..], left[i].Current!.Value.Index + 1);
        }

        return place;
    }

    /// <summary>One looking: what was found, and how much was done for it.</summary>
    private sealed class Look(EventQuery asked, SearchQuery query, EventViewer viewer, EventWriter writer, string language)
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(4_096);
        private readonly DateTimeOffset _from = asked.From;
        private readonly DateTimeOffset _until = asked.Until;
        private byte[]? _next;
        private int _total;

        public List<FoundEvent> Found { get; } = [];

        public int Entries { get; private set; }

        public int Made { get; private set; }

        public bool IsFull => Found.Count >= query.Count;

        public void Take(EventIds ids, SearchSettings settings, in LoggedEntry logged, int ordinal)
        {
            Entries++;
            if (logged.Entry.Time < _from || logged.Entry.Time > _until)
            {
                return;
            }

            Made++;
            var id = ids.Write(new EventPlace(EventIds.LogOf(logged.Origin), logged.Index, ordinal));
            _buffer.ResetWrittenCount();
            writer.Write(_buffer, id, logged, ordinal, viewer, language);
            var json = _buffer.WrittenSpan.ToArray();
            if (!FhirReader.Read(json, Limits).Try(out var resource, out var failure))
            {
                throw new InvalidOperationException($"Entry {logged.Origin}/{logged.Index} makes no event: {failure.Issues[0].Diagnostics}");
            }

            using (resource)
            {
                if (SearchMatcher.Matches(query, SearchFacts.Extract(resource, id, 1, logged.Entry.Time, "", null, null, settings)))
                {
                    _total++;
                    if (!IsFull)
                    {
                        Found.Add(new FoundEvent(id, logged.Entry.Time, ordinal < logged.Entry.Patients.Length ? logged.Entry.Patients[ordinal] : null, json));
                    }
                }
            }
        }

        /// <summary>Notes where the next page begins: behind what filled this one, whatever is counted after.</summary>
        public void Pause(Func<byte[]> place) => _next ??= IsFull ? place() : null;

        /// <summary>The page. <paramref name="isOver"/>: there was nothing more to look at.</summary>
        public EventPage End(bool isOver, bool isFirst, Func<byte[]> place) =>
            new(Found, isOver && isFirst ? _total : null, isOver ? (_total > Found.Count ? _next : null) : _next ?? place());
    }
}
