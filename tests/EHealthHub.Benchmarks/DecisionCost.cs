using System.Diagnostics;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Explain;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records.Store;

namespace EHealthHub.Benchmarks;

/// <summary>What does a decision cost: whether a candidate matches a search, and whether a caller may? Run: <c>decisions</c>.</summary>
internal static class DecisionCost
{
    private const int Rounds = 200;

    private static readonly string[] s_searches =
    [
        "code=http://loinc.org|8867-4", "date=ge2020-01-01", "value-quantity=gt100||mm[Hg]", "category=laboratory&date=gt2021&status=final", "code-value-quantity=http://loinc.org|8867-4$gt90", "_lastUpdated=gt2020", "code:not=http://loinc.org|8867-4",
    ];

    public static int Execute()
    {
        AccessRequests.MeasureCold();
        var facts = Facts();
        Console.WriteLine($"{facts.Count:n0} Observations, {facts.Average(f => f.Length):n0} bytes of facts on average");
        foreach (var search in s_searches)
        {
            var parameters = search.Split('&').Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..])).ToList();
            if (!SearchQuery.Parse("Observation", parameters, strict: true).Try(out var query, out var failure))
            {
                throw new InvalidOperationException($"{search}: {failure.Issues[0].Code}");
            }

            var found = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cost = PerCall(facts.Count, i => found += SearchMatcher.Matches(query, facts[i]) ? 1 : 0);
            Console.WriteLine($"  {search}: {cost:n0} ns a candidate, {found / (double)(Rounds * 2) / facts.Count:p1} match, {(GC.GetAllocatedBytesForCurrentThread() - before) / (facts.Count * Rounds * 2):n0} B allocated");
        }

        foreach (var (name, request) in AccessRequests.All())
        {
            var view = AccessPolicy.View(request);
            var resource = request.Resource!.Value;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var (decide, allocated) = (PerCall(1_000, _ => AccessPolicy.Decide(request)), (GC.GetAllocatedBytesForCurrentThread() - before) / (1_000 * Rounds * 2));
            Console.WriteLine(
                $"  {name}: {decide:n0} ns a decision ({AccessPolicy.Decide(request).Rule}), {allocated:n0} B; a view {PerCall(1_000, _ => AccessPolicy.View(request)):n0} ns, then {PerCall(1_000, _ => view.Of(resource)):n0} ns a resource; in words {PerCall(10, _ => AccessExplainer.Explain(request)):n0} ns");
        }

        Console.WriteLine($"  a consent read from JSON: {PerCall(100, _ => ConsentReader.Read(AccessRequests.Consent, AccessRequests.Resolve)):n0} ns");
        Console.WriteLine($"  the first decision of a process: {AccessRequests.ColdMicroseconds:n0} us");
        return 0;
    }

    /// <summary>Nanoseconds of one call, after as many that do not count.</summary>
    private static double PerCall(int count, Action<int> act)
    {
        var start = 0L;
        for (var round = -Rounds; round < Rounds; round++)
        {
            if (round == 0)
            {
                start = Stopwatch.GetTimestamp();
            }

            for (var i = 0; i < count; i++)
            {
                act(i);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)Rounds * count);
    }

    private static List<byte[]> Facts()
    {
        var corpus = RecordStoreCorpus.OfOnePatient(new PatientGenerator(3), 0, 20);
        return
        [
            .. corpus.Asks.SelectMany(a => a.Entries.Where(e => e.Type == "Observation")
                .Select(e => SearchFacts.Extract(e.Resource!, e.Id, 1, a.Time, "hospital-ankara", e.CompartmentName, a.References))
                .Select(f => Opener.Split(Opener.Encode(f, []), out _).ToArray())),
        ];
    }
}
