using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Validation;

/// <summary>What is wrong with a primitive value.</summary>
internal enum PrimitiveFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Not the JSON type that the FHIR type is written in.</summary>
    JsonType,

    /// <summary>An empty string.</summary>
    Empty,

    /// <summary>Not the form of the type.</summary>
    Format,

    /// <summary>A number or a length outside what is allowed.</summary>
    Range,

    /// <summary>Not among the codes of a required binding.</summary>
    Code,
}

/// <summary>Checks one primitive JSON value against its type and its required binding. Allocates only for a long string with escapes, from the pool.</summary>
internal static class PrimitiveCheck
{
    private const int OnStack = 256;

    public static PrimitiveFault Check(JsonElement value, ElementRule rule)
    {
        switch (rule.Primitive)
        {
            case PrimitiveKind.Boolean:
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? PrimitiveFault.None : PrimitiveFault.JsonType;
            case PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt or PrimitiveKind.Decimal:
                return value.ValueKind == JsonValueKind.Number ? Number(rule.Primitive, JsonMarshal.GetRawUtf8Value(value)) : PrimitiveFault.JsonType;
            default:
                return value.ValueKind == JsonValueKind.String ? Text(rule, JsonMarshal.GetRawUtf8Value(value)[1..^1]) : PrimitiveFault.JsonType;
        }
    }

    private static PrimitiveFault Number(PrimitiveKind kind, ReadOnlySpan<byte> number)
    {
        if (kind == PrimitiveKind.Decimal)
        {
            return PrimitiveFormats.IsDecimal(number) ? PrimitiveFault.None : PrimitiveFault.Range;
        }

        if (!PrimitiveFormats.TryInteger(number, out var integer))
        {
            return PrimitiveFault.Format;
        }

        var least = kind switch { PrimitiveKind.UnsignedInt => 0, PrimitiveKind.PositiveInt => 1, _ => int.MinValue };
        return integer >= least ? PrimitiveFault.None : PrimitiveFault.Range;
    }

    private static PrimitiveFault Text(ElementRule rule, ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return PrimitiveFault.Empty;
        }

        if (raw.Contains((byte)'\\'))
        {
            return Escaped(rule, raw);
        }

        if (raw.Length > PrimitiveFormats.StringMax && IsBounded(rule))
        {
            return PrimitiveFault.Range;
        }

        return !PrimitiveFormats.IsText(rule.Primitive, raw) ? PrimitiveFault.Format
            : !IsAmong(rule, raw) ? PrimitiveFault.Code
            : PrimitiveFault.None;
    }

    private static PrimitiveFault Escaped(ElementRule rule, ReadOnlySpan<byte> raw)
    {
        var buffer = raw.Length > OnStack ? ArrayPool<byte>.Shared.Rent(raw.Length) : null;
        var text = JsonUnescape.Into(raw, buffer ?? stackalloc byte[OnStack]);
        var fault = HasControl(text) ? PrimitiveFault.Format
            : text.Length > PrimitiveFormats.StringMax && IsBounded(rule) ? PrimitiveFault.Range
            : !PrimitiveFormats.IsText(rule.Primitive, text) ? PrimitiveFault.Format
            : !IsAmong(rule, text) ? PrimitiveFault.Code
            : PrimitiveFault.None;
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return fault;
    }

    private static bool IsAmong(ElementRule rule, ReadOnlySpan<byte> text) => rule.Codes is { } codes ? codes.TryGet(text, out _) : !rule.IsMime || PrimitiveFormats.IsMime(text);

    /// <summary>R4 bounds strings, and leaves binary content and narratives to the size of the message.</summary>
    private static bool IsBounded(ElementRule rule) => rule.Primitive is not (PrimitiveKind.Base64Binary or PrimitiveKind.Xhtml);

    /// <summary>Control characters other than tab, line feed and carriage return; JSON lets them in only as escapes.</summary>
    private static bool HasControl(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return true;
            }
        }

        return false;
    }
}
