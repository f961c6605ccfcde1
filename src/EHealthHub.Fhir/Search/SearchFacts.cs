using System.Buffers;
using System.Text.Json;
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
    /// <summary>Most contained resources whose facts are kept.</summary>
    public const int ContainedMax = 100;

    /// <summary>Most security labels of one resource.</summary>
    public const int LabelsMax = 64;

    private const string LabelParameter = "_security";

    /// <summary>The security labels (<c>meta.security</c>): system and code of each.</summary>
    public IEnumerable<(string? System, string? Code)> Labels => Of(LabelParameter).Where(v => v.Kind == FactKind.Token).Select(v => (v.System, v.Text));

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

    /// <summary>
    /// The facts of the resources that it contains, at most <see cref="ContainedMax"/>, each with its local id and the version and time of the whole; nothing is contained in them. Their values count among the thousand.
    /// </summary>
    public IReadOnlyList<SearchFacts> Contained { get; init; } = [];

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
        var time = new DateTimeOffset(lastUpdated.UtcTicks - (lastUpdated.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        var values = Read(plan, resource.Root, resource.Root, references, settings, out var truncated);
        var contained = resource.Root.TryGetProperty("contained"u8, out _)
            ? Contents(resource.Root, version, time, references, settings, FactSink.ValuesMax - values.Length, ref truncated)
            : [];
        return new SearchFacts
        {
            Type = resource.Type,
            Id = id,
            Version = version,
            LastUpdated = time,
            Submitter = submitter,
            PatientId = patientId,
            Values = values,
            Contained = contained,
            Truncated = truncated,
        };
    }

    /// <summary>The facts of what is contained, as long as there is room for values.</summary>
    private static List<SearchFacts> Contents(
        JsonElement root, int version, DateTimeOffset time, IReadOnlyDictionary<string, string>? references, SearchSettings settings, int room, ref bool truncated)
    {
        var found = new List<SearchFacts>();
        foreach (var item in ValueReader.Items(root, "contained"u8))
        {
            if (item.ValueKind != JsonValueKind.Object || JsonText.Of(item, "resourceType"u8) is not { } type || JsonText.Of(item, "id"u8) is not { } id || !ReferenceText.IsId(id) || settings.Tables.Of(type)?.Plan is not { } plan)
            {
                continue;
            }

            var values = Read(plan, item, root, references, settings, out var cut);
            truncated |= cut;
            if (values.Length > room || found.Count == ContainedMax)
            {
                truncated = true;
                break;
            }

            room -= values.Length;
            found.Add(new SearchFacts { Type = type, Id = id, Version = version, LastUpdated = time, Submitter = "", Values = values });
        }

        return found;
    }

    private static FactValue[] Read(ExtractionPlan plan, JsonElement resource, JsonElement container, IReadOnlyDictionary<string, string>? references, SearchSettings settings, out bool truncated)
    {
        var sink = FactSink.Rent(resource, container, references, settings);
        try
        {
            ResourceWalker.Walk(plan.Root, resource, sink);
            var values = sink.Take(plan);
            truncated = sink.Truncated;
            return truncated ? WithLabels(values, resource) : values;
        }
        finally
        {
            sink.Return();
        }
    }

    /// <summary>Security labels are decided by, so that of a resource with too many values they are never what is left out: the last parameters make room for them.</summary>
    private static FactValue[] WithLabels(FactValue[] values, JsonElement resource)
    {
        if (!resource.TryGetProperty("meta"u8, out var meta))
        {
            return values;
        }

        var labels = new List<FactValue>();
        foreach (var label in ValueReader.Items(meta, "security"u8))
        {
            if (labels.Count < LabelsMax && JsonText.Of(label, "code"u8) is { } code)
            {
                labels.Add(new FactValue(LabelParameter, FactKind.Token, JsonText.Of(label, "system"u8), code));
            }
        }

        var kept = values.Where(v => v.Parameter != LabelParameter).ToList();
        while (kept.Count + labels.Count > FactSink.ValuesMax)
        {
            // All of a parameter with its components, so that no repetition is kept by half.
            var last = BaseOf(kept[^1].Parameter);
            kept.RemoveAll(v => BaseOf(v.Parameter) == last);
        }

        return [.. kept.Concat(labels).OrderBy(v => v.Parameter, StringComparer.Ordinal)];
    }

    private static string BaseOf(string parameter) => parameter.IndexOfAny(['$', ':']) is > 0 and var end ? parameter[..end] : parameter;
}
