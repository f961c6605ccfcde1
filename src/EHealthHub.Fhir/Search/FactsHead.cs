using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search;

/// <summary>What names a version, at the beginning of its encoded facts: for a match whose values have been looked at in their encoded form and are not needed as objects.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version.</param>
/// <param name="PatientId">Logical id of the patient that the resource is about; null when it is about none.</param>
public readonly record struct FactsHead(string Type, string Id, int Version, string? PatientId)
{
    /// <summary>Reads the head of what <see cref="SearchFacts.Encode"/> wrote; the rest is not looked at.</summary>
    /// <exception cref="InvalidDataException">The bytes do not begin as facts do.</exception>
    public static FactsHead Read(ReadOnlySpan<byte> facts)
    {
        var reader = new FactsReader(facts);
        var flags = reader.Byte();
        var (type, id) = (Required(reader.String()), Required(reader.String()));
        var version = reader.Count(int.MaxValue);
        _ = reader.Signed(); // time
        _ = reader.String(); // submitter
        return new FactsHead(type, id, version, (flags & FactsFormat.FlagPatient) != 0 ? Required(reader.String()) : null);
    }

    private static string Required(PackedString text) => text.Make() ?? throw FactsReader.Broken("lacks what every version has");
}
