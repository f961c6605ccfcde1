using System.Buffers;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// The values of a version's search parameters, extracted once when it is written and sealed beside its body. A candidate of a search is decided from these alone.
/// The encoding is compact and versioned; it is described in Fhir/Search/FACTS.md.
/// </summary>
public sealed class SearchFacts
{
    /// <summary>Resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Logical id.</summary>
    public required string Id { get; init; }

    /// <summary>Version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Time of the version, UTC, whole microseconds.</summary>
    public required DateTimeOffset LastUpdated { get; init; }

    /// <summary>The registered institution that submitted this version: from the caller, never from the content.</summary>
    public required string Submitter { get; init; }

    /// <summary>Logical id of the patient whose compartment it is in; null elsewhere.</summary>
    public string? PatientId { get; init; }

    /// <summary>The values, sorted by parameter.</summary>
    public required IReadOnlyList<FactValue> Values { get; init; }

    /// <summary>Writes the compact form.</summary>
    public void Encode(IBufferWriter<byte> output) => throw new NotSupportedException("under construction");

    /// <summary>Reads the compact form; throws <see cref="InvalidDataException"/> for anything that <see cref="Encode"/> would not write.</summary>
    public static SearchFacts Decode(ReadOnlySpan<byte> facts) => throw new NotSupportedException("under construction");

    /// <summary>The values of one parameter, for example <c>status</c>.</summary>
    public IEnumerable<FactValue> Of(string parameter) => Values.Where(v => v.Parameter == parameter);

    /// <summary>Extracts the values of all search parameters that the hub serves for the type. <paramref name="references"/> as for ResourceWriter.Stamp.</summary>
    public static SearchFacts Extract(
        FhirResource resource, string id, int version, DateTimeOffset lastUpdated, string submitter, string? patientId, IReadOnlyDictionary<string, string>? references) =>
        throw new NotSupportedException("under construction");
}

/// <summary>How a value is compared (R4 3.1.1.4).</summary>
public enum FactKind : byte
{
    /// <summary>System and code.</summary>
    Token = 1,

    /// <summary>Folded and exact text.</summary>
    String = 2,

    /// <summary>A range of instants, in microseconds since 1970 UTC, both inclusive.</summary>
    Date = 3,

    /// <summary>A number with the range of its precision.</summary>
    Number = 4,

    /// <summary>Number, system and unit code.</summary>
    Quantity = 5,

    /// <summary>Type, id, and version or absolute URL.</summary>
    Reference = 6,

    /// <summary>A URI, case-sensitive.</summary>
    Uri = 7,
}

/// <summary>One extracted value. Which members are used depends on <see cref="Kind"/>.</summary>
/// <param name="Parameter">Code of the search parameter, for example <c>code</c>.</param>
/// <param name="Kind">How it is compared.</param>
/// <param name="System">Token and quantity: system URI. Reference: target type. Else null.</param>
/// <param name="Text">Token: code. String: the exact text. Quantity: unit code. Reference: target id or absolute URL. Uri: the URI.</param>
/// <param name="From">Date: first microsecond. Else 0.</param>
/// <param name="To">Date: last microsecond. Else 0.</param>
/// <param name="Number">Number and quantity: the decimal as written.</param>
public sealed record FactValue(string Parameter, FactKind Kind, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null);
