using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>Turns one element into values (R4 3.1.1.4.5 to 3.1.1.4.13). An element that is not what its type promises gives no value: judging it is the validator's work.</summary>
internal static class ValueReader
{
    internal static void Read(FactSink sink, in Emitter emitter, JsonElement element)
    {
        switch (emitter.Shape)
        {
            case ValueShape.Presence:
                if (element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                {
                    sink.Token(emitter.Uses, null, element.ValueKind == JsonValueKind.False ? "false" : "true");
                }

                break;
            case ValueShape.Text:
                ReadText(sink, emitter, element);
                break;
            case ValueShape.Boolean:
                if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
                {
                    sink.Token(emitter.Uses, null, element.ValueKind == JsonValueKind.True ? "true" : "false");
                }

                break;
            case ValueShape.Number:
                if (element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number))
                {
                    sink.Number(emitter.Uses, FactKind.Number, number, null, null, null);
                }

                break;
            case ValueShape.DateTime:
                if (Date(sink, element, out var from, out var to))
                {
                    sink.Date(emitter.Uses, from, to);
                }

                break;
            default:
                if (element.ValueKind == JsonValueKind.Object)
                {
                    ReadComplex(sink, emitter, element);
                }

                break;
        }
    }

    private static void ReadComplex(FactSink sink, in Emitter emitter, JsonElement element)
    {
        switch (emitter.Shape)
        {
            case ValueShape.Period:
                ReadPeriod(sink, emitter.Uses, element);
                break;
            case ValueShape.Timing:
                ReadTiming(sink, emitter.Uses, element);
                break;
            case ValueShape.Coding:
                ReadCoding(sink, emitter.Uses, element);
                break;
            case ValueShape.CodeableConcept:
                foreach (var coding in Items(element, "coding"u8))
                {
                    ReadCoding(sink, emitter.Uses, coding);
                }

                sink.TokenText(emitter.Uses, JsonText.Of(element, "text"u8));
                break;
            case ValueShape.Identifier:
                ReadIdentifier(sink, emitter.Uses, element);
                break;
            case ValueShape.ContactPoint:
                sink.Token(emitter.Uses, null, JsonText.Of(element, "value"u8));
                break;
            case ValueShape.HumanName:
                ReadParts(sink, emitter.Uses, element, HumanNameParts);
                break;
            case ValueShape.Address:
                ReadParts(sink, emitter.Uses, element, AddressParts);
                break;
            case ValueShape.Quantity:
                ReadQuantity(sink, emitter.Uses, element);
                break;
            case ValueShape.Money:
                if (Number(element, out var amount))
                {
                    var currency = JsonText.Of(element, "currency"u8);
                    sink.Number(emitter.Uses, FactKind.Quantity, amount, null, currency is null ? null : "urn:iso:std:iso:4217", currency);
                }

                break;
            case ValueShape.Range:
                ReadRange(sink, emitter, element);
                break;
            case ValueShape.Position:
                if (Number(element, "latitude"u8, out var latitude) && Number(element, "longitude"u8, out var longitude))
                {
                    sink.Number(emitter.Uses, FactKind.Number, latitude, longitude, null, null);
                }

                break;
            case ValueShape.Reference:
                ReferenceReader.Read(sink, emitter.Uses, element);
                break;
            case ValueShape.Resource:
                if (JsonText.Of(element, "resourceType"u8) is { } resourceType && JsonText.Of(element, "id"u8) is { } id)
                {
                    sink.Reference(emitter.Uses, resourceType, id);
                }

                break;
            default:
                throw new InvalidOperationException($"The shape {emitter.Shape} is read elsewhere.");
        }
    }

    private static readonly byte[][] HumanNameParts = ["family"u8.ToArray(), "given"u8.ToArray(), "text"u8.ToArray(), "prefix"u8.ToArray(), "suffix"u8.ToArray()];

    private static readonly byte[][] AddressParts =
    [
        "city"u8.ToArray(), "line"u8.ToArray(), "state"u8.ToArray(), "district"u8.ToArray(), "postalCode"u8.ToArray(), "country"u8.ToArray(), "text"u8.ToArray(),
    ];

    private static void ReadText(FactSink sink, in Emitter emitter, JsonElement element)
    {
        if (JsonText.Of(element) is not { } text)
        {
            return;
        }

        switch (emitter.Kind)
        {
            case FactKind.Token:
                sink.Token(emitter.Uses, null, text);
                break;
            case FactKind.String:
                sink.String(emitter.Uses, text);
                break;
            case FactKind.Uri:
                sink.Uri(emitter.Uses, text);
                break;
            default:
                sink.Reference(emitter.Uses, null, text);
                break;
        }
    }

    private static void ReadIdentifier(FactSink sink, EmitterUse[] uses, JsonElement identifier)
    {
        var value = JsonText.Of(identifier, "value"u8);
        sink.Token(uses, JsonText.Of(identifier, "system"u8), value);
        if (!identifier.TryGetProperty("type"u8, out var type))
        {
            return;
        }

        sink.TokenText(uses, JsonText.Of(type, "text"u8));
        foreach (var coding in Items(type, "coding"u8))
        {
            sink.TypedIdentifier(uses, JsonText.Of(coding, "system"u8), JsonText.Of(coding, "code"u8), value);
        }
    }

    private static void ReadCoding(FactSink sink, EmitterUse[] uses, JsonElement coding)
    {
        sink.Token(uses, JsonText.Of(coding, "system"u8), JsonText.Of(coding, "code"u8));
        sink.TokenText(uses, JsonText.Of(coding, "display"u8));
    }

    private static void ReadParts(FactSink sink, EmitterUse[] uses, JsonElement element, byte[][] parts)
    {
        foreach (var part in parts)
        {
            foreach (var item in Items(element, part))
            {
                sink.String(uses, JsonText.Of(item));
            }
        }
    }

    private static void ReadPeriod(FactSink sink, EmitterUse[] uses, JsonElement period)
    {
        if (Bounds(sink, period, out var from, out var to))
        {
            sink.Date(uses, from, to);
        }
    }

    // Only the outer limits of a Timing matter (R4 3.1.1.4.7).
    private static void ReadTiming(FactSink sink, EmitterUse[] uses, JsonElement timing)
    {
        var (first, last, found) = (long.MaxValue, long.MinValue, false);
        foreach (var occurrence in Items(timing, "event"u8))
        {
            if (Date(sink, occurrence, out var from, out var to))
            {
                (first, last, found) = (Math.Min(first, from), Math.Max(last, to), true);
            }
        }

        if (timing.TryGetProperty("repeat"u8, out var repeat) && repeat.ValueKind == JsonValueKind.Object
            && repeat.TryGetProperty("boundsPeriod"u8, out var bounds) && Bounds(sink, bounds, out var start, out var end))
        {
            (first, last, found) = (Math.Min(first, start), Math.Max(last, end), true);
        }

        if (found)
        {
            sink.Date(uses, first, last);
        }
    }

    private static void ReadQuantity(FactSink sink, EmitterUse[] uses, JsonElement quantity)
    {
        if (!Number(quantity, out var number))
        {
            return;
        }

        var code = JsonText.Of(quantity, "code"u8);
        var unit = JsonText.Of(quantity, "unit"u8);
        var system = JsonText.Of(quantity, "system"u8);
        sink.Number(uses, FactKind.Quantity, number, null, system, code ?? (system is null ? unit : null));
        if (unit is not null && unit != code && (code ?? system) is not null)
        {
            // [number]||[unit] finds the human unit as well as the code (R4 3.1.1.4.11).
            sink.Number(uses, FactKind.Quantity, number, null, null, unit);
        }
    }

    private static void ReadRange(FactSink sink, in Emitter emitter, JsonElement range)
    {
        var hasLow = range.TryGetProperty("low"u8, out var low);
        var hasHigh = range.TryGetProperty("high"u8, out var high);
        hasLow = hasLow & Number(low, out var from);
        hasHigh = hasHigh & Number(high, out var to);
        if (!hasLow && !hasHigh)
        {
            return;
        }

        var measured = hasLow ? low : high;
        var isQuantity = emitter.Kind == FactKind.Quantity;
        sink.Number(
            emitter.Uses,
            emitter.Kind,
            hasLow ? from : decimal.MinValue,
            hasHigh ? to : decimal.MaxValue,
            isQuantity ? JsonText.Of(measured, "system"u8) : null,
            isQuantity ? JsonText.Of(measured, "code"u8) ?? JsonText.Of(measured, "unit"u8) : null);
    }

    private static bool Bounds(FactSink sink, JsonElement period, out long from, out long to)
    {
        (from, to) = (FhirDate.Open, FhirDate.OpenEnd);
        if (period.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var starts = period.TryGetProperty("start"u8, out var start) & Date(sink, start, out var first, out _);
        var ends = period.TryGetProperty("end"u8, out var end) & Date(sink, end, out _, out var last);
        from = starts ? first : FhirDate.Open;
        to = ends ? last : FhirDate.OpenEnd;
        return (starts || ends) && from <= to;
    }

    private static bool Date(FactSink sink, JsonElement element, out long from, out long to)
    {
        (from, to) = (0, 0);
        return element.ValueKind == JsonValueKind.String && FhirDate.TryParse(JsonMarshal.GetRawUtf8Value(element)[1..^1], sink.Settings.ZoneMinutes, out from, out to);
    }

    private static bool Number(JsonElement quantity, out decimal number) => Number(quantity, "value"u8, out number);

    private static bool Number(JsonElement quantity, ReadOnlySpan<byte> member, out decimal number)
    {
        number = 0;
        return quantity.ValueKind == JsonValueKind.Object && quantity.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out number);
    }

    /// <summary>The items of an array member, or the member itself where it is none.</summary>
    internal static ItemEnumerator Items(JsonElement parent, ReadOnlySpan<byte> member) =>
        new(parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var value) ? value : default);

    /// <summary>Enumerates without allocating.</summary>
    internal struct ItemEnumerator(JsonElement value)
    {
        private JsonElement.ArrayEnumerator _items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;
        private bool _single = value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Undefined);

        public JsonElement Current { get; private set; }

        public readonly ItemEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_single)
            {
                _single = false;
                Current = value;
                return true;
            }

            if (value.ValueKind != JsonValueKind.Array || !_items.MoveNext())
            {
                return false;
            }

            Current = _items.Current;
            return true;
        }
    }
}
