namespace EHealthHub.Fhir.Validation;

/// <summary>R4's primitive types (2.24.0.1), or none of them.</summary>
internal enum PrimitiveKind : byte
{
    /// <summary>A complex type or a resource.</summary>
    None,
    Boolean,
    Integer,
    UnsignedInt,
    PositiveInt,
    Decimal,
    String,
    Markdown,
    Code,
    Id,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Date,
    DateTime,
    Instant,
    Time,
    Base64Binary,
    Xhtml,
}

/// <summary>Facts about primitive types.</summary>
internal static class PrimitiveKinds
{
    /// <summary>The kind of a FHIR type name; <see cref="PrimitiveKind.None"/> for a complex type; null for a primitive that R4 does not have.</summary>
    public static PrimitiveKind? Of(string fhirType) => fhirType switch
    {
        "boolean" => PrimitiveKind.Boolean,
        "integer" => PrimitiveKind.Integer,
        "unsignedInt" => PrimitiveKind.UnsignedInt,
        "positiveInt" => PrimitiveKind.PositiveInt,
        "decimal" => PrimitiveKind.Decimal,
        "string" => PrimitiveKind.String,
        "markdown" => PrimitiveKind.Markdown,
        "code" => PrimitiveKind.Code,
        "id" => PrimitiveKind.Id,
        "uri" => PrimitiveKind.Uri,
        "url" => PrimitiveKind.Url,
        "canonical" => PrimitiveKind.Canonical,
        "oid" => PrimitiveKind.Oid,
        "uuid" => PrimitiveKind.Uuid,
        "date" => PrimitiveKind.Date,
        "dateTime" => PrimitiveKind.DateTime,
        "instant" => PrimitiveKind.Instant,
        "time" => PrimitiveKind.Time,
        "base64Binary" => PrimitiveKind.Base64Binary,
        "xhtml" => PrimitiveKind.Xhtml,
        _ when char.IsAsciiLetterLower(fhirType[0]) => null,
        _ => PrimitiveKind.None,
    };

    /// <summary>The name that R4 gives to the type.</summary>
    public static string Name(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.None => "object",
        PrimitiveKind.UnsignedInt => "unsignedInt",
        PrimitiveKind.PositiveInt => "positiveInt",
        PrimitiveKind.DateTime => "dateTime",
        PrimitiveKind.Base64Binary => "base64Binary",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
