using System.Text;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Reads one value by the type of its parameter (R4 3.1.1.4.5 to 3.1.1.4.13).</summary>
internal static class ValueParser
{
    private const string Equal = "eq";

    /// <summary>The value; null with what was expected instead.</summary>
    internal static SearchValue? Parse(
        SearchParameter parameter, FactKind kind, string? modifier, string text, TypeParameters type, SearchSettings settings, out string? expected)
    {
        expected = null;
        return modifier switch
        {
            Modifiers.Missing => text is "true" or "false" ? new SearchValue(FactKind.Token, Equal, null, text) : Refuse("true or false is expected", out expected),
            Modifiers.Text => String(text, false, out expected),
            Modifiers.Identifier => Token(text, out expected),
            Modifiers.OfType => TypedIdentifier(text, out expected),
            _ when parameter.IsNear => Near(text, out expected),
            _ => kind switch
            {
                FactKind.Composite => Composite(parameter, text, type, settings, out expected),
                FactKind.Token when parameter.Code == CommonParameters.Id => Id(text, out expected),
                FactKind.Token => Token(text, out expected) is { } token ? WithoutImplied(token, parameter, type) : null,
                FactKind.String => String(text, modifier == Modifiers.Exact, out expected),
                FactKind.Date => Date(text, settings, out expected),
                FactKind.Number => Number(text, out expected),
                FactKind.Quantity => Quantity(text, out expected),
                FactKind.Reference when modifier is Modifiers.Below or Modifiers.Above => new SearchValue(FactKind.Reference, Equal, null, Escapes.Remove(text)),
                FactKind.Reference => Reference(text, parameter, modifier, settings, out expected),
                _ => new SearchValue(FactKind.Uri, Equal, null, Escapes.Remove(text)),
            },
        };
    }

    private static SearchValue? Composite(SearchParameter parameter, string text, TypeParameters type, SearchSettings settings, out string? expected)
    {
        var parts = Escapes.Split(text, '$');
        if (parts.Count != parameter.Components.Length)
        {
            return Refuse($"{parameter.Components.Length} values with $ between them are expected", out expected);
        }

        var values = new List<SearchValue>(parts.Count);
        for (var i = 0; i < parts.Count; i++)
        {
            var component = parameter.Components[i].Parameter;
            if (parts[i].Length == 0)
            {
                return Refuse("a value for each component is expected", out expected);
            }

            if (Parse(component, component.Kind!.Value, null, parts[i], type, settings, out expected) is not { } value)
            {
                return null;
            }

            values.Add(value);
        }

        expected = null;
        return new SearchValue(FactKind.Composite, Equal, null, null) { Components = values };
    }

    private static SearchValue? TypedIdentifier(string text, out string? expected)
    {
        expected = null;
        return Escapes.Split(text, '|').ConvertAll(Escapes.Remove) is [var system, { Length: > 0 } code, { Length: > 0 } value]
            ? new SearchValue(FactKind.Token, Equal, system, FactNames.TypedValue(code, value))
            : Refuse("system|code|value is expected", out expected);
    }

    // [latitude]|[longitude]|[distance]|[units]; without a distance 50 km, without units km.
    private static SearchValue? Near(string text, out string? expected)
    {
        expected = null;
        var parts = text.Split('|');
        if (parts.Length is < 2 or > 4 || !Degrees(parts[0], 90, out var latitude) || !Degrees(parts[1], 180, out var longitude))
        {
            return Refuse("latitude|longitude|distance|units is expected, in degrees", out expected);
        }

        decimal distance = 50;
        if (parts.Length > 2 && parts[2].Length > 0 && (!NumberText.TryParse(parts[2], out distance, out _, out _) || distance < 0))
        {
            return Refuse("a distance from 0 is expected", out expected);
        }

        decimal? metres = (parts.Length < 4 ? "" : parts[3]) switch
        {
            "" or "km" => 1000,
            "m" => 1,
            "[mi_us]" or "[mi_i]" or "mi" => 1609.344m,
            "[ft_i]" or "ft" => 0.3048m,
            _ => null,
        };
        return metres is { } factor
            ? new SearchValue(FactKind.Number, Equal, null, null, 0, 0, latitude, longitude, distance * factor)
            : Refuse("a distance in km, m, [mi_us] or [ft_i] is expected", out expected);
    }

    private static bool Degrees(string text, int most, out decimal degrees) => NumberText.TryParse(text, out degrees, out _, out _) && Math.Abs(degrees) <= most;

    private static SearchValue? Id(string text, out string? expected)
    {
        expected = null;
        return ReferenceText.IsId(text) ? new SearchValue(FactKind.Token, Equal, null, text) : Refuse("a logical id is expected", out expected);
    }

    private static SearchValue? Token(string text, out string? expected)
    {
        expected = null;
        var parts = Escapes.Split(text, '|').ConvertAll(Escapes.Remove);
        return parts switch
        {
            [var code] => new SearchValue(FactKind.Token, Equal, null, code),
            [var system, var code] when system.Length + code.Length > 0 => new SearchValue(FactKind.Token, Equal, system, code.Length == 0 ? null : code),
            _ => Refuse("code, system|code, |code or system| is expected", out expected),
        };
    }

    // gender=http://hl7.org/fhir/administrative-gender|male: the element says no system, but its value set implies this one.
    private static SearchValue WithoutImplied(SearchValue value, SearchParameter parameter, TypeParameters type) =>
        value.System is { Length: > 0 } system && value.Text is not null && type.Plan.Traits.TryGetValue(parameter.Code, out var traits) && traits.ImplicitSystems.Contains(system)
            ? value with { System = null }
            : value;

    private static SearchValue? String(string text, bool exact, out string? expected)
    {
        expected = null;
        var plain = Escapes.Remove(text);
        return exact || SearchText.Fold(FactSink.Cut(plain)).Length > 0
            ? new SearchValue(FactKind.String, Equal, null, plain)
            : Refuse("a letter or a digit at least is expected", out expected);
    }

    private static SearchValue? Date(string text, SearchSettings settings, out string? expected)
    {
        expected = null;
        var (prefix, rest) = Prefix(text);
        Span<byte> utf8 = stackalloc byte[FhirDate.LengthMax];
        return Ascii.FromUtf16(rest, utf8, out var length) == System.Buffers.OperationStatus.Done && FhirDate.TryParse(utf8[..length], settings.ZoneMinutes, out var from, out var to)
            ? new SearchValue(FactKind.Date, prefix, null, null, from, to)
            : Refuse("a prefix and a date, or a date and time with minutes, are expected", out expected);
    }

    private static SearchValue? Number(string text, out string? expected)
    {
        expected = null;
        var (prefix, rest) = Prefix(text);
        return NumberText.TryParse(rest, out var number, out var low, out var high)
            ? new SearchValue(FactKind.Number, prefix, null, null, 0, 0, number, low, high)
            : Refuse("a prefix and a number of at most 18 digits are expected", out expected);
    }

    private static SearchValue? Quantity(string text, out string? expected)
    {
        expected = null;
        var parts = Escapes.Split(text, '|').ConvertAll(Escapes.Remove);
        var (prefix, rest) = Prefix(parts[0]);
        return parts.Count is 1 or 3 && NumberText.TryParse(rest, out var number, out var low, out var high)
            ? new SearchValue(FactKind.Quantity, prefix, parts.Count == 3 ? NullIfEmpty(parts[1]) : null, parts.Count == 3 ? NullIfEmpty(parts[2]) : null, 0, 0, number, low, high)
            : Refuse("number or number|system|code is expected", out expected);
    }

    private static SearchValue? Reference(string text, SearchParameter parameter, string? target, SearchSettings settings, out string? expected)
    {
        expected = null;
        var reference = ReferenceText.Parse(Escapes.Remove(text), settings.BaseUrl);
        if (target is not null && (reference.IsRelative ? reference.Type != target : !ReferenceText.IsId(reference.Text)))
        {
            return Refuse("an id of the type that the modifier names is expected", out expected);
        }

        // An id alone: of the type that the parameter allows, if that is one; else of any.
        var only = parameter.Code == "patient" ? "Patient" : parameter.Targets is [var one] ? one : null;
        return reference switch
        {
            { IsRelative: true, Version: not null } => new SearchValue(FactKind.Reference, Equal, reference.Type, reference.VersionedText),
            { IsRelative: true } => new SearchValue(FactKind.Reference, Equal, reference.Type, reference.Text),
            _ when ReferenceText.IsId(reference.Text) => new SearchValue(FactKind.Reference, Equal, target ?? only, reference.Text),
            _ => new SearchValue(FactKind.Reference, Equal, null, reference.Text),
        };
    }

    private static (string Prefix, string Value) Prefix(string text) =>
        text.Length > 2 && text[..2] is "eq" or "ne" or "gt" or "lt" or "ge" or "le" or "sa" or "eb" or "ap" ? (text[..2], text[2..]) : (Equal, text);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static SearchValue? Refuse(string what, out string? expected)
    {
        expected = what;
        return null;
    }
}
