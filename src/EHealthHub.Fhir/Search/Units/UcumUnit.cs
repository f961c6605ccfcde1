namespace EHealthHub.Fhir.Search.Units;

/// <summary>A unit in terms of UCUM's base units.</summary>
/// <param name="Dimension">What is measured, in a form that is the same for all units that can be converted into each other: <c>g1m-3</c>; empty for plain numbers.</param>
/// <param name="Factor">How many base units one of it is.</param>
/// <param name="Offset">What is added to a number before it is multiplied: 273.15 for degrees Celsius; 0 for all units of a ratio scale.</param>
internal sealed record UcumUnit(string Dimension, Scaled Factor, decimal Offset)
{
    /// <summary>A number of this unit as one of another of the same dimension.</summary>
    private const decimal NumberMax = 7e28m;

    internal decimal To(UcumUnit other, decimal number) => decimal.Clamp((Scaled.Of(number + Offset) * Factor / other.Factor).ToDecimal(), -NumberMax, NumberMax) - other.Offset;

    /// <summary>A number of this unit in base units; at the ends of a decimal's range the end.</summary>
    internal decimal ToBase(decimal number) => (Scaled.Of(decimal.Clamp(number, -NumberMax, NumberMax) + Offset) * Factor).ToDecimal();

    /// <summary>A difference of this unit as one of another: without the offsets.</summary>
    internal decimal DifferenceTo(UcumUnit other, decimal number) => (Scaled.Of(number) * Factor / other.Factor).ToDecimal();
}
