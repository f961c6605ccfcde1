using System.Collections.Concurrent;
using System.Globalization;

namespace EHealthHub.Fhir.Search.Units;

/// <summary>
/// Reads UCUM's case-sensitive unit expressions (<c>mg/dL</c>, <c>10*9/L</c>, <c>mL/min/{1.73_m2}</c>) into base units, with the units of <see cref="UcumTable"/>. Arbitrary units (<c>[iU]</c>) and units on a logarithmic scale
/// (<c>[pH]</c>) are dimensions of their own: they convert into their multiples alone. Bounded: longer expressions, deeper parentheses and higher powers than any real unit has are no units.
/// </summary>
internal sealed class Ucum
{
    /// <summary>The system that Quantity names.</summary>
    internal const string System = "http://unitsofmeasure.org";

    private const int LengthMax = 64;
    private const int DepthMax = 8;
    private const int PowerMax = 24;
    private const int KnownMax = 4_096;

    // Callers write units: what is remembered is bounded.
    private static readonly ConcurrentDictionary<string, UcumUnit?> Known = new(StringComparer.Ordinal);

    private readonly string _text;
    private readonly SortedDictionary<string, int> _powers = new(StringComparer.Ordinal);
    private Scaled _factor = Scaled.One;
    private decimal _offset;
    private int _at;
    private int _units;

    private Ucum(string text) => _text = text;

    /// <summary>The unit, or null for what is none.</summary>
    internal static UcumUnit? Find(string text)
    {
        if (text.Length is 0 or > LengthMax)
        {
            return null;
        }

        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }

        var unit = Read(text);
        if (Known.Count < KnownMax)
        {
            Known.TryAdd(text, unit);
        }

        return unit;
    }

    private static UcumUnit? Read(string text)
    {
        var ucum = new Ucum(text);
        if (!ucum.Term(1, 0) || ucum._at != text.Length)
        {
            return null;
        }

        // A scale with an offset stands alone: a degree per hour is a difference.
        var dimension = string.Concat(ucum._powers.Where(p => p.Value != 0).Select(p => p.Key + p.Value.ToString(CultureInfo.InvariantCulture)));
        return new UcumUnit(dimension, ucum._factor, ucum._units == 1 && dimension == "K1" ? ucum._offset : 0);
    }

    // [/] component { (. | /) component }
    private bool Term(int sign, int depth)
    {
        if (depth > DepthMax)
        {
            return false;
        }

        var power = Take('/') ? -sign : sign;
        while (true)
        {
            if (!Component(power, depth))
            {
                return false;
            }

            if (Take('.'))
            {
                power = sign;
            }
            else if (Take('/'))
            {
                power = -sign;
            }
            else
            {
                return true;
            }
        }
    }

    private bool Component(int sign, int depth)
    {
        if (Take('('))
        {
            return Term(sign, depth + 1) && Take(')') && Annotation();
        }

        if (_at < _text.Length && _text[_at] == '{')
        {
            return Annotation();
        }

        var symbol = Symbol();
        var digits = Exponent(symbol, out var exponent);
        var atom = symbol[..^digits];
        if (atom.Length == 0)
        {
            // A number alone is a factor.
            if (!decimal.TryParse(symbol, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                return false;
            }

            _factor *= Scaled.Of(number).Power(sign);
            return Annotation();
        }

        if (Math.Abs(exponent) > PowerMax || UcumTable.Find(atom) is not { } unit)
        {
            return false;
        }

        _units++;
        _factor *= unit.Factor.Power(sign * exponent);
        _offset = sign * exponent == 1 ? unit.Offset : 0;
        foreach (var (name, power) in unit.Powers)
        {
            _powers[name] = _powers.GetValueOrDefault(name) + (power * sign * exponent);
        }

        return Annotation();
    }

    // Up to the next operator; brackets belong to a symbol with what is in them.
    private string Symbol()
    {
        var start = _at;
        for (var inBrackets = false; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (!inBrackets && c is '.' or '/' or '(' or ')' or '{' or '}')
            {
                break;
            }

            inBrackets = c == '[' || (c != ']' && inBrackets);
        }

        return _text[start.._at];
    }

    // The number of characters at a symbol's end that are its exponent.
    private static int Exponent(string symbol, out int exponent)
    {
        exponent = 1;
        var start = symbol.Length;
        while (start > 0 && char.IsAsciiDigit(symbol[start - 1]))
        {
            start--;
        }

        if (start == symbol.Length)
        {
            return 0;
        }

        if (start > 0 && symbol[start - 1] is '+' or '-')
        {
            start--;
        }

        if (!int.TryParse(symbol.AsSpan(start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            exponent = int.MaxValue;
        }

        return symbol.Length - start;
    }

    private bool Annotation()
    {
        if (!Take('{'))
        {
            return true;
        }

        var end = _text.IndexOf('}', _at);
        _at = end < 0 ? _at : end + 1;
        return end >= 0;
    }

    private bool Take(char expected)
    {
        if (_at < _text.Length && _text[_at] == expected)
        {
            _at++;
            return true;
        }

        return false;
    }
}
