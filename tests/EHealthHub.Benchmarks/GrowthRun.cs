using EHealthHub.Fhir.Search;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Benchmarks;

/// <summary>
/// Do a read and a search in a patient's record become slower when the store grows from 10,000 to 1,000,000 resources? Asked of the same patients each time, and of any patient of all. Within the process: what grows is the store, not the
/// network. Run: <c>growth</c>, or <c>growth SIZE SIZE ...</c>; some minutes.
/// </summary>
internal static class GrowthRun
{
    private const ulong Seed = 11;
    private const int Rounds = 20_000;
    private const int SamePatients = 64;

    private static readonly int[] s_sizes = [10_000, 100_000, 1_000_000];

    public static int Execute(int[] sizes)
    {
        using var store = new BenchStore();
        var generator = new PatientGenerator(Seed);
        Dictionary<string, double> first = [];
        foreach (var size in sizes.Length > 0 ? sizes : s_sizes)
        {
            store.GrowTo(size, generator);
            Console.WriteLine($"{store.Resources.Count:n0} resources of {store.Resources.DistinctBy(r => r.Patient).Count():n0} patients, {new FileInfo(Path.Combine(store.Database, SqliteDatabase.RecordsFile)).Length:n0} bytes");
            foreach (var (name, timing) in Measure(store))
            {
                first.TryAdd(name, timing.Processor);
                Console.WriteLine($"  {name}: {timing}; {timing.Processor / first[name]:n2} times the first size's processor time");
            }
        }

        return 0;
    }

    private static IEnumerable<(string Name, Timing Timing)> Measure(BenchStore store)
    {
        using var reader = store.Reader();
        var first = store.Resources.Select(r => r.Patient).Distinct().Take(SamePatients).ToHashSet();
        var same = store.Resources.Where(r => first.Contains(r.Patient)).ToList();
        foreach (var (whose, resources) in new[] { ("of the same patients", same), ("of any patient", store.Resources) })
        {
            Read(0);
            foreach (var (name, act) in new (string, Action<int>)[] { ("read", Read), ("search by code", Search) })
            {
                Timing.Of(Rounds / 4, act); // warms up what is compiled and what the caches can hold
                yield return ($"{name} {whose}", Timing.Of(Rounds, act));
            }

            void Read(int round)
            {
                var (type, id, _) = Pick(round);
                reader.BeginSnapshot();
                var row = reader.HeadsByToken(store.Parts.National.Resource(type, id))[0];
                var location = Locations.From(store.Parts.Compartments.Get(reader, row.Key), row, store.Parts.Parties.Name(reader, row.Submitter), type, id);
                reader.EndSnapshot();
                _ = store.Parts.Open(location);
            }

            void Search(int round)
            {
                var (_, _, patient) = Pick(round);
                var query = new SearchQuery { Type = "Observation", PatientId = patient, Criteria = [new SearchCriterion("code", null, [new SearchValue(FactKind.Token, "eq", "http://loinc.org", "8867-4")])], Used = [] };
                reader.BeginSnapshot();
                _ = store.Parts.SearchRun(reader, new SearchBudget(), RecordView.Everything).Execute(new SearchAsk(query, CompartmentKind.Patient, patient, 0, false), default);
                reader.EndSnapshot();
            }

            // A prime: visits all over the place, the same in each run.
            (string Type, string Id, string Patient) Pick(int round) => resources[(int)(round * 1_000_003L % resources.Count)];
        }
    }
}
