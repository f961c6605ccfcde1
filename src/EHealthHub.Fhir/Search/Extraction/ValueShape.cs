namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>What the JSON of an element looks like, as far as the reading of values differs.</summary>
internal enum ValueShape : byte
{
    /// <summary>A JSON string whose text is the value: code, id, string, markdown, uri, url, canonical, oid, uuid.</summary>
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A JSON number: integer, positiveInt, unsignedInt, decimal.</summary>
    Number,

    /// <summary>date, dateTime, instant.</summary>
    DateTime,

    Period,
    Timing,
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    HumanName,
    Address,

    /// <summary>Quantity and what is constrained from it: Age, Count, Distance, Duration.</summary>
    Quantity,

    Money,
    Range,

    /// <summary>Location.position: latitude and longitude.</summary>
    Position,
    Reference,

    /// <summary>A whole resource (Bundle.entry[0].resource).</summary>
    Resource,

    /// <summary>Anything, of which only matters whether it is there and is not false.</summary>
    Presence,
}
