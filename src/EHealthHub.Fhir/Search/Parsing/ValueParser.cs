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
            _ => kind switch
            {
                FactKind.Token when parameter.Code == CommonParameters.Id => Id(text, out expected),
                FactKind.Token => Token(text, out expected) is { } token ? WithoutImplied(token, parameter, type) : null,
                FactKind.String => String(text, modifier == Modifiers.Exact, out expected),
                FactKind.Date => Date(text, settings, out expected),
                FactKind.Number => Number(text, out expected),
                FactKind.Quantity => Quantity(text, out expected),
                FactKind.Reference => Reference(text, parameter, modifier, settings, out expected),
                _ => new SearchValue(FactKind.Uri, Equal, null, Escapes.Remove(text)),
            },
        };
    }

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
