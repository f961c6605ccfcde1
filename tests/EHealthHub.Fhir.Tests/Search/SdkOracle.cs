using System.Globalization;
using System.Text.Json;
using EHealthHub.Fhir.Search;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>What the SDK's FHIRPath engine selects for each search parameter, turned into comparable text by code that shares nothing with the hub's.</summary>
internal static class SdkOracle
{
    private static readonly FhirJsonDeserializer Deserializer = FhirJsonDeserializer.OSTRICH;

    private static readonly Dictionary<string, SearchParamDefinition[]> Definitions =
        ModelInfo.SearchParameters.Where(p => p.Resource is not null).GroupBy(p => p.Resource!).ToDictionary(g => g.Key, g => g.ToArray());

    internal static Resource Parse(JsonElement json) => Deserializer.DeserializeResource(json.GetRawText());

    /// <summary>Lines of <c>parameter kind value</c>.</summary>
    internal static SortedSet<string> Expect(Resource resource)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var context = new FhirEvaluationContext { ElementResolver = reference => Target(resource, reference)?.ToPocoNode(ModelInfo.ModelInspector, null!)! };
        foreach (var definition in Definitions.GetValueOrDefault(resource.TypeName, []))
        {
            if (definition.Type is SearchParamType.Composite or SearchParamType.Special || definition.Code is "_text")
            {
                continue;
            }

            foreach (var value in resource.Select(definition.Expression!, context))
            {
                Lines(lines, definition.Code!, definition.Type, resource, value!);
            }
        }

        foreach (var (code, type, expression) in Common)
        {
            foreach (var value in resource.Select(expression, context))
            {
                Lines(lines, code, type, resource, value!);
            }
        }

        return lines;
    }

    internal static SortedSet<string> Actual(SearchFacts facts) =>
        new(facts.Values.Where(v => v.Parameter != "near" && !v.Parameter.EndsWith(":of-type", StringComparison.Ordinal) && !v.Parameter.Contains('$', StringComparison.Ordinal)).Select(Line), StringComparer.Ordinal);

    /// <summary>Every repetition of every composite parameter that is stored, as one line: the lines of its components' values.</summary>
    internal static SortedSet<string> ExpectRepetitions(Resource resource, Func<string, bool> isStored)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var context = new FhirEvaluationContext { ElementResolver = reference => Target(resource, reference)?.ToPocoNode(ModelInfo.ModelInspector, null!)! };
        foreach (var definition in Definitions.GetValueOrDefault(resource.TypeName, []).Where(d => d.Type == SearchParamType.Composite && isStored(d.Code!)))
        {
            var implied = definition.Code!.StartsWith("combo-", StringComparison.Ordinal);
            foreach (var repetition in resource.Select(definition.Expression!, context).Where(r => !implied || r is not Hl7.Fhir.Model.Resource))
            {
                // R4 gives the two components of one parameter crosswise.
                var components = definition.Code == "relationship"
                    ? definition.Component!.Zip(definition.Component!.Reverse(), (one, other) => new SearchParamComponent(other.Definition!, one.Expression!))
                    : definition.Component!;
                var parts = components.Select((component, i) => Part(definition.Code!, i, component, resource, repetition!)).ToList();
                if (parts.TrueForAll(p => p.Count > 0))
                {
                    lines.Add(string.Join("; ", parts.SelectMany(p => p)));
                }
            }
        }

        return lines;
    }

    /// <summary>The same from facts.</summary>
    internal static SortedSet<string> ActualRepetitions(SearchFacts facts)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var composite in facts.Values.Where(v => v.Parameter.Contains('$', StringComparison.Ordinal)).GroupBy(v => v.Parameter.Split('$')[0]))
        {
            var repetition = new List<FactValue>();
            foreach (var value in composite)
            {
                if (repetition.Count > 0 && string.CompareOrdinal(value.Parameter, repetition[^1].Parameter) < 0)
                {
                    lines.Add(Repetition(repetition));
                    repetition.Clear();
                }

                repetition.Add(value);
            }

            lines.Add(Repetition(repetition));
        }

        return lines;
    }

    private static string Repetition(List<FactValue> values) => string.Join("; ", values.GroupBy(v => v.Parameter).SelectMany(g => g.Select(Line).Distinct().Order(StringComparer.Ordinal)));

    private static SortedSet<string> Part(string code, int index, SearchParamComponent component, Resource resource, Base repetition)
    {
        var type = ModelInfo.SearchParameters.First(p => p.Url == component.Definition).Type;
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var expression = component.Expression!.Replace("as(DateTime)", "as(dateTime)", StringComparison.Ordinal);
        var values = expression.StartsWith("%resource.", StringComparison.Ordinal) ? resource.Select(expression["%resource.".Length..]) : repetition.Select(expression);
        foreach (var value in values)
        {
            Lines(lines, $"{code}${index + 1}", type, resource, value!);
        }

        lines.RemoveWhere(l => l.Contains(":text ", StringComparison.Ordinal));
        return lines;
    }

    private static readonly (string, SearchParamType, string)[] Common =
    [
        ("_profile", SearchParamType.Uri, "Resource.meta.profile"),
        ("_tag", SearchParamType.Token, "Resource.meta.tag"),
        ("_security", SearchParamType.Token, "Resource.meta.security"),
        ("_source", SearchParamType.Uri, "Resource.meta.source"),
    ];

    private static string Line(FactValue v) => v.Kind switch
    {
        FactKind.Token => $"{v.Parameter} token {v.System}|{v.Text}",
        FactKind.String => $"{v.Parameter} string {v.Text}",
        FactKind.Date => $"{v.Parameter} date {v.From}..{v.To}",
        FactKind.Number => $"{v.Parameter} number {Digits(v.Number!.Value)}..{Digits(v.NumberTo ?? v.Number.Value)}",
        FactKind.Quantity => $"{v.Parameter} quantity {Digits(v.Number!.Value)}..{Digits(v.NumberTo ?? v.Number.Value)} {v.System}|{v.Text}",
        FactKind.Reference => $"{v.Parameter} reference {v.System} {v.Text}",
        _ => $"{v.Parameter} uri {v.Text}",
    };

    private static string Digits(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Lines(SortedSet<string> lines, string code, SearchParamType type, Resource root, Base value)
    {
        switch (type)
        {
            case SearchParamType.Token:
                Token(lines, code, value);
                break;
            case SearchParamType.String:
                foreach (var text in Strings(value).Where(s => !string.IsNullOrEmpty(s)))
                {
                    lines.Add($"{code} string {(text!.Length > 512 ? text[..512] : text)}");
                }

                break;
            case SearchParamType.Date:
                if (Dates(value) is { } range)
                {
                    lines.Add($"{code} date {range.From}..{range.To}");
                }

                break;
            case SearchParamType.Number:
                Number(lines, code, value);
                break;
            case SearchParamType.Quantity:
                Quantities(lines, code, value);
                break;
            case SearchParamType.Reference:
                Reference(lines, code, root, value);
                break;
            default:
                lines.Add($"{code} uri {((PrimitiveType)value).JsonValue}");
                break;
        }
    }

    private static void Token(SortedSet<string> lines, string code, Base value)
    {
        switch (value)
        {
            case CodeableConcept concept:
                concept.Coding.ForEach(c => Token(lines, code, c));
                Text(lines, code, concept.Text);
                break;
            case Coding coding:
                if (coding.System is not null || coding.Code is not null)
                {
                    lines.Add($"{code} token {coding.System}|{coding.Code}");
                }

                Text(lines, code, coding.Display);
                break;
            case Identifier identifier:
                if (identifier.System is not null || identifier.Value is not null)
                {
                    lines.Add($"{code} token {identifier.System}|{identifier.Value}");
                }

                Text(lines, code, identifier.Type?.Text);
                break;
            case ContactPoint { Value: not null } contact:
                lines.Add($"{code} token |{contact.Value}");
                break;
            case FhirBoolean boolean:
                lines.Add($"{code} token |{(boolean.Value == true ? "true" : "false")}");
                break;
            case PrimitiveType { JsonValue: not null } primitive:
                lines.Add($"{code} token |{(primitive.JsonValue is bool flag ? (flag ? "true" : "false") : primitive.JsonValue)}");
                break;
        }
    }

    private static void Text(SortedSet<string> lines, string code, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            lines.Add($"{code}:text string {(text.Length > 512 ? text[..512] : text)}");
        }
    }

    private static IEnumerable<string?> Strings(Base value) => value switch
    {
        HumanName name => [name.Text, name.Family, .. name.Given, .. name.Prefix, .. name.Suffix],
        Address address => [address.Text, address.City, address.State, address.District, address.Country, address.PostalCode, .. address.Line],
        PrimitiveType primitive => [primitive.JsonValue?.ToString()],
        _ => [],
    };

    private static (long From, long To)? Dates(Base? value)
    {
        switch (value)
        {
            case Period period:
                var (start, end) = (Dates(period.StartElement), Dates(period.EndElement));
                return start is null && end is null ? null : (start?.From ?? long.MinValue, end?.To ?? long.MaxValue);
            case Timing timing:
                var limits = timing.EventElement.Select(e => Dates(e)!.Value).ToList();
                if (timing.Repeat?.Bounds is Period bounds && Dates(bounds) is { } bound)
                {
                    limits.Add(bound);
                }

                return limits.Count == 0 ? null : (limits.Min(l => l.From), limits.Max(l => l.To));
            // An extension may stand where the date would be.
            case PrimitiveType { JsonValue: null }:
                return null;
            case FhirDateTime or Date or Instant:
                return Instants(((PrimitiveType)value).JsonValue!.ToString()!);
            default:
                return null;
        }
    }

    private static (long From, long To) Instants(string text)
    {
        var (start, end) = text.Length switch
        {
            4 => (Local(text + "-01-01"), Local(text + "-01-01").AddYears(1)),
            7 => (Local(text + "-01"), Local(text + "-01").AddMonths(1)),
            10 => (Local(text), Local(text).AddDays(1)),
            _ => Moment(text),
        };
        return (Micros(start), Micros(end) - 1);
    }

    private static (DateTimeOffset, DateTimeOffset) Moment(string text)
    {
        var start = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var digits = dot < 0 ? 0 : text.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9');
        return (start, start.AddTicks((long)(10_000_000 / Math.Pow(10, Math.Min(digits, 6)))));
    }

    private static DateTimeOffset Local(string day) => DateTimeOffset.ParseExact(day + " +03:00", "yyyy-MM-dd zzz", CultureInfo.InvariantCulture);

    private static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10;

    private static void Number(SortedSet<string> lines, string code, Base value)
    {
        if (value is Hl7.Fhir.Model.Range range)
        {
            lines.Add($"{code} number {Digits(range.Low?.Value ?? decimal.MinValue)}..{Digits(range.High?.Value ?? decimal.MaxValue)}");
        }
        else if (value is Integer or FhirDecimal)
        {
            var number = Convert.ToDecimal(((PrimitiveType)value).JsonValue, CultureInfo.InvariantCulture);
            lines.Add($"{code} number {Digits(number)}..{Digits(number)}");
        }
    }

    private static void Quantities(SortedSet<string> lines, string code, Base value)
    {
        switch (value)
        {
            case Quantity { Value: not null } quantity:
                var number = Digits(quantity.Value.Value);
                lines.Add($"{code} quantity {number}..{number} {quantity.System}|{quantity.Code ?? (quantity.System is null ? quantity.Unit : null)}");
                if (quantity.Unit is not null && quantity.Unit != quantity.Code)
                {
                    lines.Add($"{code} quantity {number}..{number} |{quantity.Unit}");
                }

                break;
            case Money { Value: not null } money:
                lines.Add($"{code} quantity {Digits(money.Value.Value)}..{Digits(money.Value.Value)} {(money.Currency is null ? null : "urn:iso:std:iso:4217")}|{money.CurrencyElement?.JsonValue}");
                break;
            case Hl7.Fhir.Model.Range range:
                var unit = range.Low ?? range.High;
                lines.Add($"{code} quantity {Digits(range.Low?.Value ?? decimal.MinValue)}..{Digits(range.High?.Value ?? decimal.MaxValue)} {unit?.System}|{unit?.Code ?? unit?.Unit}");
                break;
        }
    }

    private static void Reference(SortedSet<string> lines, string code, Resource root, Base value)
    {
        switch (value)
        {
            case ResourceReference reference:
                var type = reference.Type;
                if (reference.Reference is { } text)
                {
                    type = Target(root, text)?.TypeName ?? type;
                    var parts = text.Contains('?', StringComparison.Ordinal) ? [] : text.Split('/');
                    lines.Add($"{code} reference {type} {(parts.Length == 2 || parts is [_, _, "_history", _] ? parts[1] : text)}");
                    if (parts is [_, var versioned, "_history", var version])
                    {
                        lines.Add($"{code} reference {type} {versioned}/_history/{version}");
                    }
                }

                if (reference.Identifier is { } identifier)
                {
                    lines.Add($"{code}:identifier token {identifier.System}|{identifier.Value}");
                }

                break;
            case Resource { Id: not null } resource:
                lines.Add($"{code} reference {resource.TypeName} {resource.Id}");
                break;
            case PrimitiveType primitive:
                lines.Add($"{code} reference  {primitive.JsonValue}");
                break;
        }
    }

    // An empty resource of the type that the reference tells: all that `resolve() is X` asks.
    private static Resource? Target(Resource root, string reference)
    {
        if (reference.StartsWith('#') && root is DomainResource domain)
        {
            return domain.Contained.FirstOrDefault(c => "#" + c.Id == reference);
        }

        var name = reference.Split('/', '?')[0];
        if (reference.StartsWith("http", StringComparison.Ordinal))
        {
            name = reference.Split("/_history/")[0].Split('/') is [_, _, _, .., var last, _] ? last : "";
        }

        return ModelInfo.SupportedResources.Contains(name) ? (Resource)Activator.CreateInstance(ModelInfo.GetTypeForFhirType(name)!)! : null;
    }
}
