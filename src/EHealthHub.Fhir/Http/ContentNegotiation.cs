using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Http;

/// <summary>Content types and encodings (R4, 3.1.0.1.9 to .11). <c>_format</c> beats Accept, and says nothing about the request's body. Pure, and bounded in what it reads.</summary>
public static class ContentNegotiation
{
    private const int HeaderMax = 4_096;
    private const int RangesMax = 32;
    private const string Version = "4.0";

    private static readonly (string Type, string Subtype, WireFormat Format)[] Known =
    [
        ("application", "fhir+json", WireFormat.Json), ("application", "fhir+xml", WireFormat.Xml),
        ("application", "json", WireFormat.Json), ("text", "json", WireFormat.Json), ("application", "json+fhir", WireFormat.Json),
        ("application", "xml", WireFormat.Xml), ("text", "xml", WireFormat.Xml), ("application", "xml+fhir", WireFormat.Xml),
    ];

    /// <summary>
    /// The form of the answer. Without <c>_format</c> and Accept it is JSON. Of several with the same quality the first named wins. A generic type (<c>application/json</c>, <c>text/xml</c>) is answered in kind, as R4 asks. 406 when nothing of what is acceptable is served,
    /// also for another <c>fhirVersion</c> than 4.0; 400 for a header that is too long.
    /// </summary>
    public static Result<ResponseFormat> Response(string? format, string? accept) => format is null ? Accepted(accept) : Format(format);

    /// <summary>
    /// The form of the answer to a read of a Binary (R4, 2.11 Binary): its own content unless FHIR's JSON or XML is asked for by its own name. <paramref name="contentType"/> is Binary.contentType.
    /// </summary>
    public static Result<ResponseFormat> Binary(string? format, string? accept, string contentType)
    {
        if (format is not null)
        {
            return Format(format);
        }

        var raw = new ResponseFormat(WireFormat.Raw, contentType);
        if (string.IsNullOrWhiteSpace(accept))
        {
            return raw;
        }

        if (!TryRanges(accept, out var ranges))
        {
            return TooLong("Accept");
        }

        // FHIR's own types mean the wrapper; everything else means the content.
        var wrapper = ranges.Where(r => IsFhir(r) && HasVersion(r)).MaxBy(r => r.Quality);
        var content = MediaType.TryParse(contentType, out var media) ? Best(ranges, media.Type, media.Subtype) : ranges.Where(r => r.Precision == 0).MaxBy(r => r.Quality);
        return wrapper is { Quality: > 0 } && wrapper.Quality >= (content?.Quality ?? 0) ? Answer(wrapper)
            : content is { Quality: > 0 } ? raw
            : NotAcceptable("Accept");
    }

    /// <summary>The kind of the body. 415 for another encoding than UTF-8, another fhirVersion, or a type that is not served; what is no FHIR type is <see cref="BodyKind.Raw"/> where <paramref name="rawAllowed"/> (a Binary).</summary>
    public static Result<RequestFormat> Request(string? contentType, bool rawAllowed = false)
    {
        if (contentType is null || contentType.Length > HeaderMax || !MediaType.TryParse(contentType, out var media) || media.Precision < 2)
        {
            return NotSupported("The Content-Type is missing or not understood.");
        }

        BodyKind? kind = media.Name switch
        {
            "application/json-patch+json" => BodyKind.JsonPatch,
            "application/xml-patch+xml" => BodyKind.XmlPatch,
            "application/x-www-form-urlencoded" => BodyKind.Form,
            _ when rawAllowed && !IsFhir(media) => BodyKind.Raw,
            _ => Find(media.Type, media.Subtype) switch { WireFormat.Json => BodyKind.Json, WireFormat.Xml => BodyKind.Xml, _ => null },
        };
        return kind is not { } known ? NotSupported($"The Content-Type '{Shown(media.Name)}' is not served.")
            : known == BodyKind.Raw ? new RequestFormat(known, contentType.Trim())
            : media.Charset is { } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? NotSupported("The body must be in UTF-8.")
            : !HasVersion(media) ? NotSupported("The hub speaks FHIR 4.0.")
            : new RequestFormat(known, media.Name);
    }

    private static Result<ResponseFormat> Accepted(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return ResponseFormat.Json;
        }

        if (!TryRanges(accept, out var ranges))
        {
            return TooLong("Accept");
        }

        MediaType? best = null;
        foreach (var range in ranges)
        {
            // A range stands for what it covers, unless that is refused or rated by a closer one.
            var covered = Known.Where(k => range.Covers(k.Type, k.Subtype) && ReferenceEquals(Best(ranges, k.Type, k.Subtype), range)).Select(k => (k.Type, k.Subtype)).FirstOrDefault();
            if (covered.Type is not null && range.Quality > (best?.Quality ?? 0) && HasVersion(range))
            {
                best = range with { Type = covered.Type, Subtype = covered.Subtype };
            }
        }

        return best is null ? NotAcceptable("Accept") : Answer(best);
    }

    private static Result<ResponseFormat> Format(string format)
    {
        // A plus sign that was not escaped arrives as a space.
        var plain = format.Trim();
        return plain.Length > HeaderMax ? TooLong("_format")
            : plain.Equals("json", StringComparison.OrdinalIgnoreCase) ? ResponseFormat.Json
            : plain.Equals("xml", StringComparison.OrdinalIgnoreCase) ? ResponseFormat.Xml
            : MediaType.TryParse(plain.Replace("fhir ", "fhir+", StringComparison.OrdinalIgnoreCase), out var media) && Find(media.Type, media.Subtype) is not null && HasVersion(media) ? Answer(media)
            : NotAcceptable("_format");
    }

    /// <summary>The range that speaks for a type: the most precise one (RFC 9110, 12.5.1), of equals the first.</summary>
    private static MediaType? Best(List<MediaType> ranges, string type, string subtype) => ranges.Where(r => r.Covers(type, subtype)).MaxBy(r => r.Precision);

    private static ResponseFormat Answer(MediaType media)
    {
        var format = Find(media.Type, media.Subtype)!.Value;
        var name = media.Subtype is "json+fhir" or "xml+fhir" ? (format == WireFormat.Json ? "application/fhir+json" : "application/fhir+xml") : media.Name;
        return new ResponseFormat(format, media.FhirVersion is null ? name + "; charset=utf-8" : name + "; fhirVersion=4.0; charset=utf-8");
    }

    private static bool TryRanges(string accept, out List<MediaType> ranges)
    {
        ranges = [];
        if (accept.Length > HeaderMax)
        {
            return false;
        }

        foreach (var part in accept.AsSpan().Split(','))
        {
            if (ranges.Count == RangesMax)
            {
                return false;
            }

            // What is no media range matches nothing.
            if (MediaType.TryParse(accept.AsSpan(part), out var media))
            {
                ranges.Add(media);
            }
        }

        return true;
    }

    private static WireFormat? Find(string type, string subtype) => Known.Where(k => k.Type == type && k.Subtype == subtype).Select(k => (WireFormat?)k.Format).FirstOrDefault();

    private static bool IsFhir(MediaType media) => media.Type == "application" && media.Subtype is "fhir+json" or "fhir+xml" or "json+fhir" or "xml+fhir";

    private static bool HasVersion(MediaType media) => media.FhirVersion is null or Version or "4.0.1";

    private static string Shown(string name) => name.Length > 64 ? name[..64] : name;

    private static Failure TooLong(string where) => Failure.Of(400, "too-long", "http-invalid", $"{where} is longer than the hub reads: {HeaderMax} characters and {RangesMax} media ranges.", where);

    private static Failure NotSupported(string diagnostics) =>
        Failure.Of(415, "not-supported", "media-type-not-supported", diagnostics + " Send application/fhir+json or application/fhir+xml in UTF-8.", "Content-Type");

    private static Failure NotAcceptable(string where) =>
        Failure.Of(406, "not-supported", "media-type-not-acceptable", "The hub answers application/fhir+json and application/fhir+xml, FHIR 4.0.", where);
}
