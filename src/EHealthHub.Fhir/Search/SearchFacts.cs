using System.Buffers;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Packing;

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

    /// <summary>
    /// The values, sorted by parameter (ordinally); at most 1,000. Beside <c>code</c> there may be <c>code:text</c> (strings that belong to the token, for the modifier <c>:text</c>) and <c>subject:identifier</c>
    /// (tokens of identifiers inside references), <c>identifier:of-type</c>, and <c>component-code-value-quantity$1</c> with <c>$2</c> (components of a composite parameter; values of one repetition stand together). <c>_id</c> and <c>_lastUpdated</c> are not among them: they are <see cref="Id"/> and <see cref="LastUpdated"/>.
    /// </summary>
    public required IReadOnlyList<FactValue> Values { get; init; }

    /// <summary>True when the resource had more than 1,000 values and the rest was left out: a search by one of those does not find it.</summary>
    public bool Truncated { get; init; }

    /// <summary>Writes the compact form.</summary>
    /// <exception cref="ArgumentException">A value holds what its kind does not allow.</exception>
    public void Encode(IBufferWriter<byte> output) => output.Write(FactsWriter.Write(this));

    /// <summary>Reads the compact form; throws <see cref="InvalidDataException"/> for anything that <see cref="Encode"/> would not write.</summary>
    public static SearchFacts Decode(ReadOnlySpan<byte> facts) => FactsDecoder.Decode(facts);

    /// <summary>The values of one parameter, for example <c>status</c>.</summary>
    public IEnumerable<FactValue> Of(string parameter) => Values.Where(v => v.Parameter == parameter);

    /// <summary>
    /// Extracts the values of all search parameters that the hub serves for the type. <paramref name="references"/> as for ResourceWriter.Stamp. <paramref name="lastUpdated"/> is cut to whole microseconds.
    /// <paramref name="settings"/>: zone and base URL, <see cref="SearchSettings.Default"/> where null.
    /// </summary>
    /// <exception cref="ArgumentException">The resource's type is none of R4's.</exception>
    public static SearchFacts Extract(
        FhirResource resource,
        string id,
        int version,
        DateTimeOffset lastUpdated,
        string submitter,
        string? patientId,
        IReadOnlyDictionary<string, string>? references,
        SearchSettings? settings = null)
    {
        settings ??= SearchSettings.Default;
        var plan = settings.Tables.Of(resource.Type)?.Plan ?? throw new ArgumentException($"{resource.Type} is no resource type of R4.", nameof(resource));
        var sink = FactSink.Rent(resource.Root, references, settings);
        try
        {
            ResourceWalker.Walk(plan.Root, resource.Root, sink);
            var values = sink.Take(plan);
            return new SearchFacts
            {
                Type = resource.Type,
                Id = id,
                Version = version,
                LastUpdated = new DateTimeOffset(lastUpdated.UtcTicks - (lastUpdated.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
                Submitter = submitter,
                PatientId = patientId,
                Values = values,
                Truncated = sink.Truncated,
            };
        }
        finally
        {
            sink.Return();
        }
    }
}
