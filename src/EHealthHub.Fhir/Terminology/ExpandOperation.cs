using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Terminology;

/// <summary>ValueSet/$expand (R4 4.9.18.1): the codes of a value set, filtered by text and cut into pages.</summary>
internal static class ExpandOperation
{
    private const int FilterLengthMax = 256;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Result<byte[]> Run(TerminologyCatalog catalog, OperationInput input, DateTimeOffset now)
    {
        if (input.Refuse("url", "valueSet", "valueSetVersion", "filter", "#offset", "#count", "?includeDesignations", "designation", "?includeDefinition", "?activeOnly", "?excludeNested", "?excludeNotForUI", "?excludePostCoordinated", "displayLanguage", "exclude-system", "system-version", "check-system-version", "force-system-version") is { } refused)
        {
            return refused;
        }

        if (!Find(catalog, input).Try(out var set, out var failure))
        {
            return failure;
        }

        var reader = new ValueSetReader(catalog, SystemVersions.Of(input));
        if (!reader.Expand(set).Try(out var codes, out failure))
        {
            return failure with { Status = failure.Issues[0].Type == "not-found" ? 404 : failure.Status };
        }

        var wanted = Filtered(codes, input).ToList();
        var offset = input.Number("offset") ?? 0;
        var count = input.Number("count") ?? catalog.Limits.PageMax;
        if (wanted.Count - offset > catalog.Limits.PageMax && count > catalog.Limits.PageMax)
        {
            count = catalog.Limits.PageMax;
        }

        return input.Text("count") is null && offset == 0 && wanted.Count > catalog.Limits.PageMax
            ? Failure.Of(422, "too-costly", "expansion-too-large", $"The expansion has {wanted.Count} codes; ask for pages of at most {catalog.Limits.PageMax} by count and offset, or for fewer by filter.")
            : Write(set, wanted, offset, count, input, now, reader.IsUnclosed);
    }

    /// <summary>The value set that the call names or brings along.</summary>
    public static Result<HeldValueSet> Find(TerminologyCatalog catalog, OperationInput input)
    {
        if (input.Object("valueSet") is { ValueKind: JsonValueKind.Object } given)
        {
            return HeldValueSet.Read(given, catalog.Limits);
        }

        if (input.Text("url") is not { } url)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs a value set: url or valueSet.");
        }

        var canonical = input.Text("valueSetVersion") is { } version ? url + "|" + version : url;
        if (catalog.ValueSet(canonical) is { } held)
        {
            return held;
        }

        // R4 4.8.9: the value set that a code system names is that of all its codes, held as a resource or not.
        var system = catalog.CodeSystems.Select(s => catalog.CodeSystem(s)!).FirstOrDefault(s => s.ValueSet == canonical);
        return system is not null ? new HeldValueSet(url, system.Version, system.Name, [ValueSetPart.Of(system.Url, [])], [], true)
            : Failure.Of(404, "not-found", "value-set-unknown", $"The value set {canonical} is not held.");
    }

    private static IEnumerable<ExpandedCode> Filtered(IEnumerable<ExpandedCode> codes, OperationInput input)
    {
        var excluded = input.Texts("exclude-system").Select(s => TerminologyCatalog.Split(s, out _)).ToHashSet(StringComparer.Ordinal);
        codes = excluded.Count > 0 ? codes.Where(c => !excluded.Contains(c.System)) : codes;
        codes = input.Flag("activeOnly") ? codes.Where(c => !c.IsInactive) : codes;
        codes = input.Flag("excludeNotForUI") ? codes.Where(c => c.Concept is not { IsAbstract: true }) : codes;
        if (input.Text("filter") is not { } filter)
        {
            return codes;
        }

        var words = SearchText.Fold(filter[..Math.Min(filter.Length, FilterLengthMax)]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return codes.Where(c => Matches(c, words));
    }

    /// <summary>Every word stands in the code or in one of its names, case and marks aside.</summary>
    private static bool Matches(ExpandedCode code, string[] words)
    {
        var text = SearchText.Fold(string.Join(' ', code.Designations.Select(d => d.Value).Append(code.Display ?? "").Append(code.Code)));
        return Array.TrueForAll(words, w => text.Contains(w, StringComparison.Ordinal));
    }

    private static byte[] Write(HeldValueSet set, List<ExpandedCode> codes, int offset, int count, OperationInput input, DateTimeOffset now, bool isUnclosed)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "ValueSet"u8);
        ParametersWriter.Optional(json, "url"u8, set.Url);
        ParametersWriter.Optional(json, "version"u8, set.Version);
        ParametersWriter.Optional(json, "name"u8, set.Name);
        json.WriteString("status"u8, "active"u8);
        if (input.Flag("includeDefinition"))
        {
            ComposeWriter.Write(json, set);
        }

        json.WriteStartObject("expansion"u8);
        if (isUnclosed)
        {
            // R4's own extension: more codes belong to it than the hub holds.
            json.WriteStartArray("extension"u8);
            json.WriteStartObject();
            json.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"u8);
            json.WriteBoolean("valueBoolean"u8, true);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("timestamp"u8, now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        json.WriteNumber("total"u8, codes.Count);
        json.WriteNumber("offset"u8, offset);
        Parameters(json, codes, offset, count, input);
        if (count > 0 && offset < codes.Count)
        {
            json.WriteStartArray("contains"u8);
            foreach (var code in codes.Skip(offset).Take(count))
            {
                Code(json, code, input);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void Parameters(Utf8JsonWriter json, List<ExpandedCode> codes, int offset, int count, OperationInput input)
    {
        json.WriteStartArray("parameter"u8);
        json.WriteStartObject();
        json.WriteString("name"u8, "count"u8);
        json.WriteNumber("valueInteger"u8, Math.Max(0, Math.Min(count, codes.Count - offset)));
        json.WriteEndObject();
        foreach (var name in (string[])["filter", "displayLanguage"])
        {
            if (input.Text(name) is { } text)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteString(name == "filter" ? "valueString"u8 : "valueCode"u8, text);
                json.WriteEndObject();
            }
        }

        foreach (var version in codes.Where(c => c.Version is not null).Select(c => c.System + "|" + c.Version).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, "version"u8);
            json.WriteString("valueUri"u8, version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Code(Utf8JsonWriter json, ExpandedCode code, OperationInput input)
    {
        var language = input.Text("displayLanguage");
        json.WriteStartObject();
        json.WriteString("system"u8, code.System);
        if (code.Concept is { IsAbstract: true })
        {
            json.WriteBoolean("abstract"u8, true);
        }

        if (code.IsInactive)
        {
            json.WriteBoolean("inactive"u8, true);
        }

        json.WriteString("code"u8, code.Code);
        ParametersWriter.Optional(json, "display"u8, language is null ? code.Display : code.Designations.FirstOrDefault(d => d.Speaks(language))?.Value ?? code.Display);
        if (input.Flag("includeDesignations") && Wanted(code, [.. input.Texts("designation")]) is { Count: > 0 } designations)
        {
            Designations(json, designations);
        }

        json.WriteEndObject();
    }

    /// <summary>Those asked for: by a language, as a token of one (<c>urn:ietf:bcp:47|tr</c>), or as a token of their use (<c>system|code</c>); all where none is.</summary>
    private static List<Designation> Wanted(ExpandedCode code, string[] asked) => [.. code.Designations.Where(d => asked.Length == 0 || Array.Exists(asked, a => Is(d, a)))];

    private static bool Is(Designation designation, string asked)
    {
        var bar = asked.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? designation.Speaks(asked) || designation.UseCode == asked
            : asked.AsSpan(0, bar).SequenceEqual("urn:ietf:bcp:47") ? designation.Speaks(asked[(bar + 1)..])
            : asked.AsSpan(0, bar).SequenceEqual(designation.UseSystem) && asked.AsSpan(bar + 1).SequenceEqual(designation.UseCode);
    }

    private static void Designations(Utf8JsonWriter json, List<Designation> designations)
    {
        json.WriteStartArray("designation"u8);
        foreach (var designation in designations)
        {
            json.WriteStartObject();
            ParametersWriter.Optional(json, "language"u8, designation.Language);
            if (designation.UseCode is { } use)
            {
                json.WriteStartObject("use"u8);
                ParametersWriter.WriteCoding(json, designation.UseSystem, null, use, null);
                json.WriteEndObject();
            }

            json.WriteString("value"u8, designation.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
