using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Fhir.Search;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Benchmarks;

/// <summary>How long does a search in a patient's record of 1,000 resources take, with its page of twenty opened: alone, for one that looks at every Observation, and sixteen at a time for one driven by code? Run: <c>compartment</c>.</summary>
internal static class CompartmentRun
{
    private const int Resources = 1_000;
    private const int Clients = 16;

    public static int Execute()
    {
        using var store = new BenchStore();
        var generator = new PatientGenerator(3);
        var patients = 1;
        while (RecordStoreCorpus.OfOnePatient(generator, 0, patients).Resources.Count < Resources)
        {
            patients++;
        }

        var corpus = RecordStoreCorpus.OfOnePatient(generator, 0, patients);
        store.Add(corpus);
        var patient = corpus.Resources[0].Patient;
        Console.WriteLine($"a record of {store.Resources.Count:n0} resources, {store.Resources.Count(r => r.Type == "Observation"):n0} of them Observations");
        var scan = Query(patient, new SearchCriterion("status", null, [new SearchValue(FactKind.Token, "eq", null, "final")]));
        var coded = Query(patient, new SearchCriterion("code", null, [new SearchValue(FactKind.Token, "eq", "http://loinc.org", "8867-4")]));
        Console.WriteLine($"  scan, one client: {Measure(store, scan, 1_000, RecordView.Everything)}");
        Console.WriteLine($"  scan, each resource decided for a clinician: {Measure(store, scan, 1_000, Decided(patient))}");
        Console.WriteLine($"  by code, one client: {Measure(store, coded, 4_000, RecordView.Everything)}");
        var many = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Factory.StartNew(() => Measure(store, coded, 2_000, RecordView.Everything), TaskCreationOptions.LongRunning))).GetAwaiter().GetResult();
        var all = many.SelectMany(t => t.Sorted).Order().ToArray();
        Console.WriteLine($"  by code, {Clients} clients on {Environment.ProcessorCount} cores: p50 {all[all.Length / 2] / 1_000:n2} ms, p99 {all[(int)(all.Length * 0.99)] / 1_000:n2} ms");
        return 0;
    }

    /// <summary>A clinician under an open encounter; decided by type, id, submitter and labels, as a search decides.</summary>
    private static RecordView Decided(string patient)
    {
        var view = AccessPolicy.View(new AccessRequest
        {
            Caller = new Caller { Institution = "hospital-ankara", InstitutionKind = InstitutionKind.Provider, PersonKind = PersonKind.Clinician, Person = "dr-ayse", Scopes = ["user/*.rs"], Purpose = "TREAT", Certificate = "" },
            Interaction = Interaction.Search,
            ResourceType = "Observation",
            Compartment = CompartmentKind.Patient,
            PatientId = patient,
            Now = TimeProvider.System.GetUtcNow(),
            Known = new PatientKnowledge { PatientId = patient, Encounters = [new CareEncounter("hospital-ankara", "e", CareSetting.Visit, IsOpen: true)] },
        });
        return new RecordView((in version) =>
        {
            var facts = new FactsWalk(version.Facts);
            var labels = default(ResourceLabels);
            while (facts.Next() && string.CompareOrdinal(facts.Parameter, "_security") <= 0)
            {
                labels = facts is { Kind: FactKind.Token, Parameter: "_security" } ? labels.With(facts.Pair().System, facts.Pair().Text) : labels;
            }

            return view.Of(new ResourceTraits { Type = facts.Type, Id = facts.Id, Submitter = version.Submitter, Labels = labels }).Visibility == Visibility.See ? Sight.See : Sight.Hide;
        });
    }

    private static SearchQuery Query(string patient, SearchCriterion criterion) => new() { Type = "Observation", PatientId = patient, Count = 20, Criteria = [criterion], Used = [] };

    private static Timing Measure(BenchStore store, SearchQuery query, int rounds, RecordView view)
    {
        using var reader = store.Reader();
        Timing.Of(rounds / 4, Act);
        return Timing.Of(rounds, Act);

        void Act(int round)
        {
            reader.BeginSnapshot();
            var page = store.Parts.SearchRun(reader, new SearchBudget(), view).Execute(new SearchAsk(query, CompartmentKind.Patient, query.PatientId, 0, false), default);
            foreach (var match in page.Matches)
            {
                _ = store.Parts.Open(match.With(reader.Version(match.CompartmentKey, match.Slot, match.Version)!));
            }

            reader.EndSnapshot();
        }
    }
}
