using System.Collections.Concurrent;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// What a search may know of a resource that is masked: its type, its id, and the patient in whose record it stands, whom the search has named already. Made of these alone, so that no criterion, order or include tells what is behind.
/// </summary>
public static class MaskedFacts
{
    private static readonly ConcurrentDictionary<string, string[]> ParametersOf = new(StringComparer.Ordinal);

    /// <summary>The facts. The patient stands under each parameter by which a type belongs to patients, whether it was written there or not.</summary>
    /// <param name="type">Resource type.</param>
    /// <param name="id">Logical id.</param>
    /// <param name="version">Version: no criterion asks for it.</param>
    /// <param name="patientId">Logical id of the patient whose compartment it is in; null elsewhere.</param>
    public static SearchFacts Of(string type, string id, int version, string? patientId) => new()
    {
        Type = type,
        Id = id,
        Version = version,
        LastUpdated = DateTimeOffset.UnixEpoch,
        Submitter = "",
        PatientId = patientId,
        Values = patientId is null ? [] : [.. ParametersOf.GetOrAdd(type, Naming).Select(p => new FactValue(p, FactKind.Reference, "Patient", patientId))],
    };

    private static string[] Naming(string type) =>
        [.. CompartmentTable.Parameters.GetValueOrDefault(type, []).Concat(["patient", "subject"]).Distinct().Where(p => SearchQuery.HasParameter(type, p, FactKind.Reference)).Order(StringComparer.Ordinal)];
}
