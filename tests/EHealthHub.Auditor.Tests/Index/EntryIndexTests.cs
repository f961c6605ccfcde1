using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Tests.Index;

public class EntryIndexTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_search_finds_what_a_naive_search_over_the_entries_finds()
    {
        var index = new EntryIndex();
        var log = index.Log("a");
        var entries = Enumerable.Range(0, 2_000).Select(Entry).ToList();
        entries.ForEach(log.Add);
        log.Publish();
        foreach (var filter in
            from patient in new[] { "", "p0", "p3", "unknown" }
            from actor in new[] { "", "d1" }
            from kind in new[] { (EntryKind)0, EntryKind.Read, EntryKind.Refusal }
            from outcome in new[] { (Outcome)0, Outcome.Refused, Outcome.Failed }
            from day in new DateOnly?[] { null, new DateOnly(2026, 11, 23) }
            select new EntryFilter { Patient = patient, Actor = actor, Kind = kind, Outcome = outcome, Day = day, Size = 20, Page = 2 })
        {
            var expected = entries.Select((e, i) => (Entry: e, Index: i)).Where(x =>
                (filter.Patient.Length == 0 || x.Entry.Patients.Contains(filter.Patient))
                && (filter.Actor.Length == 0 || x.Entry.Person == filter.Actor)
                && (filter.Kind == 0 || x.Entry.Kind == filter.Kind)
                && (filter.Outcome == 0 || Outcomes.Of(x.Entry) == filter.Outcome)
                && (filter.Day is null || DateOnly.FromDateTime(x.Entry.Time.UtcDateTime) == filter.Day)).Reverse().ToList();
            var found = index.Search(filter);
            Assert.Equal(expected.Count, found.Total);
            Assert.Equal(expected.Skip(20).Take(20).Select(x => x.Index), found.Entries.Select(f => f.Index));
        }
    }

    [Fact]
    public void Logs_of_several_gateways_are_put_together_by_time()
    {
        var index = new EntryIndex();
        foreach (var (origin, offset) in new[] { ("a", 0), ("b", 1) })
        {
            for (var i = 0; i < 10; i++)
            {
                index.Log(origin).Add(new AuditEntry { Kind = EntryKind.Read, Time = Noon.AddSeconds((i * 2) + offset) });
            }

            index.Log(origin).Publish();
        }

        var found = index.Search(new EntryFilter { Size = 5 });
        Assert.Equal(20, found.Total);
        Assert.Equal([("b", 9), ("a", 9), ("b", 8), ("a", 8), ("b", 7)], found.Entries.Select(f => (f.Origin, f.Index)));
    }

    [Fact]
    public void What_is_not_published_is_not_seen_and_can_be_forgotten()
    {
        var index = new EntryIndex();
        var log = index.Log("a");
        log.Add(Entry(1));
        log.Publish();
        log.Add(Entry(2));
        Assert.Equal(1, index.Size);
        log.Forget();
        log.Add(Entry(3));
        log.Publish();
        Assert.Equal(2, index.Size);
        Assert.Equal(Entry(3).Time.UtcTicks, log.TicksOf(1));
        Assert.Equal(1, index.Search(new EntryFilter { Patient = "p3" }).Total);
        Assert.Equal(0, index.Search(new EntryFilter { Patient = "p2" }).Total);
    }

    [Fact]
    public void The_overview_counts_events_and_their_hours()
    {
        var index = new EntryIndex();
        var log = index.Log("a");
        log.Add(new AuditEntry { Kind = EntryKind.Read, Time = Noon, Purpose = "TREAT" });
        log.Add(new AuditEntry { Kind = EntryKind.Refusal, Time = Noon.AddHours(-47), Count = 7 });
        log.Add(new AuditEntry { Kind = EntryKind.Read, Time = Noon.AddHours(-48), Purpose = "TREAT" });
        log.Publish();
        var overview = index.Count(Noon);
        Assert.Equal(9, overview.Total);
        Assert.Equal([(EntryKind.Read, 2L), (EntryKind.Refusal, 7L)], overview.Kinds);
        Assert.Equal(1, overview.Granted[^1]);
        Assert.Equal(7, overview.Refused[0]);
        Assert.Equal(1, overview.Granted.Sum());
    }

    [Theory]
    [InlineData(EntryKind.Read, 200, Outcome.Granted)]
    [InlineData(EntryKind.Refusal, 0, Outcome.Refused)]
    [InlineData(EntryKind.Refusal, 503, Outcome.Failed)]
    [InlineData(EntryKind.Read, 404, Outcome.Refused)]
    [InlineData(EntryKind.WriteIntent, 0, Outcome.Granted)]
    internal void An_outcome_is_read_off_kind_and_status(EntryKind kind, int status, Outcome expected) =>
        Assert.Equal(expected, Outcomes.Of(new AuditEntry { Kind = kind, Time = Noon, Status = status }));

    private static AuditEntry Entry(int i) => new()
    {
        Kind = i % 5 == 0 ? EntryKind.Refusal : EntryKind.Read,
        Time = Noon.AddMinutes(i - 2_000),
        Person = $"d{i % 3}",
        Institution = "h",
        Purpose = "TREAT",
        Status = i % 11 == 0 ? 503 : 200,
        Patients = i % 4 == 0 ? [] : [$"p{i % 7}", $"p{i % 6}"],
    };
}
