namespace EHealthHub.Fhir.Search;

/// <summary>One criterion: parameter, modifier and the OR-ed values.</summary>
/// <param name="Parameter">Code of the search parameter.</param>
/// <param name="Modifier">
/// R4 modifier without the colon (missing, not, text, exact, contains, identifier, of-type, below, above, or the type of a reference's target), or null; <c>_filter</c> for a comparison inside <c>_filter</c>, whose operator is the value's prefix.
/// </param>
/// <param name="Values">OR-ed values, unescaped; at least one. With <c>missing</c>: one token, <c>true</c> or <c>false</c>.</param>
public sealed record SearchCriterion(string Parameter, string? Modifier, IReadOnlyList<SearchValue> Values);

/// <summary>One value of a criterion, parsed by the parameter's type.</summary>
/// <param name="Kind">The type of the parameter; what the modifier makes of it where there is one (<c>text</c>: string, <c>identifier</c>: token).</param>
/// <param name="Prefix">eq, ne, gt, lt, ge, le, sa, eb or ap; eq where none is written. In <c>_filter</c> also co, sw, ew, po, re.</param>
/// <param name="System">Token: system; empty for <c>|code</c>; null for any system (also where the system named is the one that the parameter's codes imply). Quantity: system or null. Reference: target type or null.</param>
/// <param name="Text">Token: code, or null for <c>system|</c>; with <c>of-type</c> the type's code and the value. String, uri: the text. Quantity: unit or null. Reference: id, <c>id/_history/version</c>, or absolute URL.</param>
/// <param name="From">Date: first microsecond of the range that the value denotes.</param>
/// <param name="To">Date: last microsecond of the range.</param>
/// <param name="Number">Number and quantity. <c>near</c>: latitude in degrees.</param>
/// <param name="Low">Number and quantity: low end of the range that its digits leave open, inclusive; null for the number alone. <c>near</c>: longitude in degrees.</param>
/// <param name="High">Number and quantity: high end of that range, exclusive. <c>near</c>: distance in metres.</param>
public sealed record SearchValue(
    FactKind Kind, string Prefix, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null, decimal? Low = null, decimal? High = null)
{
    /// <summary>Composite: one value for each component, in their order. Empty for other kinds.</summary>
    public IReadOnlyList<SearchValue> Components { get; init; } = [];
}
