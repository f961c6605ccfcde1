namespace EHealthHub.Fhir.Http;

/// <summary>The forms in which a resource travels.</summary>
public enum WireFormat
{
    /// <summary>FHIR JSON.</summary>
    Json,

    /// <summary>FHIR XML.</summary>
    Xml,

    /// <summary>The content of a Binary itself, not wrapped.</summary>
    Raw,
}

/// <summary>What a request's body is.</summary>
public enum BodyKind
{
    /// <summary>A resource in FHIR JSON.</summary>
    Json,

    /// <summary>A resource in FHIR XML.</summary>
    Xml,

    /// <summary>A JSON Patch (RFC 6902).</summary>
    JsonPatch,

    /// <summary>An XML Patch (RFC 5261).</summary>
    XmlPatch,

    /// <summary>Parameters of a search.</summary>
    Form,

    /// <summary>Anything else, which only a Binary can be.</summary>
    Raw,
}

/// <summary>How to answer.</summary>
/// <param name="Format">The form of the body.</param>
/// <param name="ContentType">Value for the Content-Type header.</param>
public sealed record ResponseFormat(WireFormat Format, string ContentType)
{
    /// <summary>FHIR JSON, the hub's own choice.</summary>
    public static ResponseFormat Json { get; } = new(WireFormat.Json, "application/fhir+json; charset=utf-8");

    /// <summary>FHIR XML.</summary>
    public static ResponseFormat Xml { get; } = new(WireFormat.Xml, "application/fhir+xml; charset=utf-8");
}

/// <summary>What came.</summary>
/// <param name="Kind">The kind of body.</param>
/// <param name="MediaType">Its media type as sent, without parameters that are not its own, in lower case.</param>
public sealed record RequestFormat(BodyKind Kind, string MediaType);
