namespace EHealthHub.Operator.Synthetic;

/// <summary>A made-up patient.</summary>
/// <param name="Index">Which one of its seed, from 0.</param>
/// <param name="NationalId">Valid by its checksum, different for every index of a seed.</param>
/// <param name="Name">Given and family name.</param>
/// <param name="Resources">Number of resources in the Bundle.</param>
/// <param name="Bundle">A FHIR R4 transaction Bundle in UTF-8 JSON.</param>
public sealed record SyntheticPatient(int Index, string NationalId, string Name, int Resources, ReadOnlyMemory<byte> Bundle);

/// <summary>
/// Makes realistic Turkish patients: the same bytes for the same seed and index, on every machine. The patients refer to hospitals and practitioners by conditional references, so the <see cref="Directory"/> is loaded first. Thread-safe.
/// </summary>
public sealed class PatientGenerator(ulong seed)
{
    /// <summary>The day on which all histories end: a fixed one, or two runs would differ.</summary>
    public static readonly DateOnly AsOf = new(2026, 11, 1);

    /// <summary>Transaction Bundles with the hospitals and practitioners of the whole country; conditional creates, so loading them twice changes nothing.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Directory() => HealthDirectory.Bundles();

    /// <summary>The patient with an index, without making those before.</summary>
    public SyntheticPatient Patient(int index)
    {
        var source = new SeededSource(seed, (ulong)index);
        var person = SyntheticPerson.Create(source, NationalId.Of(seed, index), AsOf);
        using var history = new PatientHistory(source, person, AsOf);
        var bundle = history.Write(out var resources);
        return new SyntheticPatient(index, person.NationalId, person.Given + " " + person.Family, resources, bundle);
    }
}
