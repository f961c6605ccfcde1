using EHealthHub.Fhir.Search.Packing;
using EHealthHub.Fhir.Search.Units;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>
/// A number, and with it a quantity (R4 3.1.1.4.6 and 3.1.1.4.11). <c>eq</c>, <c>ne</c> compare with the range that the digits of the query leave open, its upper end exclusive; other prefixes take the number as exact, <c>ap</c> one tenth of it around it.
/// The stored number is exact as written. A unit of UCUM is converted: what was asked is turned into the unit that a candidate was written in, once for each such unit. Any other unit is compared as written.
/// </summary>
internal sealed class NumberTest : ValueTest
{
    // Facts of one search hold few different units; what comes after is converted each time.
    private const int ConversionsMax = 32;

    private static readonly PackedKey UcumSystem = new(Ucum.System);

    private readonly Comparison _comparison;
    private readonly Bounds _bounds;
    private readonly PackedKey? _system;
    private readonly PackedKey? _unit;
    private readonly UcumUnit? _ucum;

    // Appended by copying: two threads may lose one of their entries, never a part of one.
    private (PackedKey Unit, Bounds? Bounds)[] _conversions = [];

    private NumberTest(SearchValue value)
    {
        Kind = value.Kind;
        _comparison = Comparisons.Parse(value.Prefix);
        var number = value.Number ?? 0;
        _bounds = new Bounds(number, value.Low ?? number, value.High ?? number, Math.Abs(number) / 10);
        _system = value.System is null ? null : new PackedKey(value.System);
        _unit = value.Text is null ? null : new PackedKey(value.Text);
        _ucum = Kind == FactKind.Quantity && value.Text is not null && value.System is null or Ucum.System ? Ucum.Find(value.Text!) : null;
    }

    internal override FactKind Kind { get; }

    internal static NumberTest Of(SearchValue value) => new(value);

    internal override bool Accepts(ref FactsReader value)
    {
        var from = value.Number(out var numberTo);
        var to = numberTo ?? from;
        if (Kind == FactKind.Number)
        {
            return Accepts(_bounds, from, to);
        }

        var system = value.String();
        var unit = value.String();
        if ((_system is null || _system.Is(system)) && (_unit is null || _unit.Is(unit)))
        {
            return Accepts(_bounds, from, to);
        }

        return _ucum is not null && UcumSystem.Is(system) && Converted(unit) is { } bounds && Accepts(bounds, from, to);
    }

    private bool Accepts(in Bounds asked, decimal from, decimal to) => _comparison switch
    {
        Comparison.Eq => from >= asked.Low && to < asked.High,
        Comparison.Ne => from < asked.Low || to >= asked.High,
        Comparison.Gt => to > asked.Number,
        Comparison.Lt => from < asked.Number,
        Comparison.Ge => to >= asked.Number,
        Comparison.Le => from <= asked.Number,
        Comparison.Sa => from > asked.Number,
        Comparison.Eb => to < asked.Number,
        _ => from <= asked.Number + asked.Margin && to >= asked.Number - asked.Margin,
    };

    private Bounds? Converted(in PackedString unit)
    {
        foreach (var (known, bounds) in _conversions)
        {
            if (known.Is(unit))
            {
                return bounds;
            }
        }

        var text = unit.Make();
        var converted = text is null ? null : Convert(text);
        if (_conversions.Length < ConversionsMax)
        {
            _conversions = [.. _conversions, (new PackedKey(text), converted)];
        }

        return converted;
    }

    private Bounds? Convert(string unit)
    {
        if (Ucum.Find(unit) is not { } other || other.Dimension != _ucum!.Dimension)
        {
            return null;
        }

        return new Bounds(_ucum.To(other, _bounds.Number), _ucum.To(other, _bounds.Low), _ucum.To(other, _bounds.High), Math.Min(_ucum.DifferenceTo(other, _bounds.Margin), MarginMax));
    }

    // So that neither end of an approximate range leaves what a decimal holds.
    private const decimal MarginMax = 1e27m;

    private readonly record struct Bounds(decimal Number, decimal Low, decimal High, decimal Margin);
}
