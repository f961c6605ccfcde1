namespace EHealthHub.Fhir.Search;

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

    /// <summary>Several values that must meet in one repetition. Only in queries: facts hold the components' values, under <c>code$1</c>, <c>code$2</c> ….</summary>
    Composite = 8,
}

/// <summary>One extracted value. Which members are used depends on <see cref="Kind"/>.</summary>
/// <param name="Parameter">Code of the search parameter, for example <c>code</c>; <c>code:text</c>, <c>subject:identifier</c>, <c>identifier:of-type</c> for what belongs to it; <c>code$1</c> for the first component of a composite parameter.</param>
/// <param name="Kind">How it is compared.</param>
/// <param name="System">Token and quantity: system URI, null where there is none. Reference: target type, null where it cannot be told. Else null.</param>
/// <param name="Text">Token: code. String: the exact text, at most 512 UTF-16 units. Quantity: unit code. Reference: target id (<c>1</c>, and <c>1/_history/3</c> beside it for a versioned one), or absolute URL. Uri: the URI.</param>
/// <param name="From">Date: first microsecond, <see cref="long.MinValue"/> for an open beginning. Else 0.</param>
/// <param name="To">Date: last microsecond, <see cref="long.MaxValue"/> for an open end. Else 0.</param>
/// <param name="Number">Number and quantity: the decimal as written; of a Range its low end, <see cref="decimal.MinValue"/> where open.</param>
/// <param name="NumberTo">A Range's high end, <see cref="decimal.MaxValue"/> where open; null where there is no range. <c>near</c>: <paramref name="Number"/> is the latitude, this the longitude.</param>
public sealed record FactValue(
    string Parameter, FactKind Kind, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null, decimal? NumberTo = null);
