using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Load;

/// <summary>A timed phase that can be chosen with <c>--phases</c>.</summary>
/// <param name="Name">As on the command line and in the table.</param>
/// <param name="JsonName">As in <c>--json</c>.</param>
/// <param name="What">For people.</param>
/// <param name="Path">The next thing that a clinician asks; null for a phase that is no clinician's.</param>
internal sealed record LoadPhase(string Name, string JsonName, string What, Func<SeededSource, IReadOnlyList<SubmittedPatient>, string>? Path = null)
{
    private const string HeartRate = "http%3A%2F%2Floinc.org%7C8867-4";

    private static readonly Func<string, string>[] Searches =
    [
        patient => $"/fhir/Observation?patient={patient}&code={HeartRate}&_count=20",
        patient => $"/fhir/Observation?patient={patient}&category=laboratory&_count=20",
        patient => $"/fhir/Condition?patient={patient}&_count=20",
        patient => $"/fhir/MedicationRequest?patient={patient}&_count=20",
        patient => $"/fhir/Observation?patient={patient}&date=ge2020-01-01&_count=20",
    ];

    /// <summary>One resource by its id.</summary>
    public static readonly LoadPhase Read = new("read", "read", "one resource by id", (random, patients) => "/fhir/" + random.Pick(random.Pick(patients).Resources));

    /// <summary>A mixture of searches in one patient's record.</summary>
    public static readonly LoadPhase Search = new("search", "search", "five kinds of search in a patient's record, by turns", (random, patients) => random.Pick(Searches)(random.Pick(patients).Id));

    /// <summary>Transactions of fifty entries.</summary>
    public static readonly LoadPhase Transaction = new("transaction", "transaction", "a Bundle that creates 50 Observations of a patient; the hospital's, the others are a clinician's");

    /// <summary>No phase of the hub: the second limit.</summary>
    public static readonly LoadPhase Durable = new("durable", "durable_kestrel", "the second limit: bare Kestrel as for read, with one fsync before each answer, shared by those who wait");

    /// <summary>In the order in which they are run: what writes comes last.</summary>
    public static readonly IReadOnlyList<LoadPhase> All =
    [
        Read,
        Durable,
        new("vread", "vread", "one version of a resource", (random, patients) => "/fhir/" + random.Pick(random.Pick(patients).Resources) + "/_history/1"),
        Search,
        new("search-code", "search_code", "Observations of a patient by code", (random, patients) => Searches[0](random.Pick(patients).Id)),
        new("search-date", "search_date", "Observations of a patient by date", (random, patients) => Searches[4](random.Pick(patients).Id)),
        new("include", "include", "MedicationRequests of a patient with their encounters and requesters", (random, patients) =>
            $"/fhir/MedicationRequest?patient={random.Pick(patients).Id}&_include=MedicationRequest:encounter&_include=MedicationRequest:requester&_count=20"),
        new("everything", "everything", "the first page of Patient/$everything", (random, patients) => $"/fhir/Patient/{random.Pick(patients).Id}/$everything"),
        Transaction,
    ];

    /// <summary>What is run when nothing is said: the phases of the contract.</summary>
    public const string Usual = "read,search";

    /// <summary>All of them.</summary>
    public const string Every = "all";

    /// <summary>The phases of a list of names, in the order in which they are run; null with a sentence when a name is unknown.</summary>
    public static IReadOnlyList<LoadPhase>? Parse(string names, out string fault)
    {
        var asked = names.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var unknown = asked.FirstOrDefault(n => n != Every && All.All(p => p.Name != n));
        fault = unknown is null ? "" : $"--phases does not know '{unknown}'; it knows {string.Join(", ", All.Select(p => p.Name))} and {Every}.";
        return unknown is not null ? null : asked.Contains(Every) ? All : [.. All.Where(p => asked.Contains(p.Name))];
    }
}
