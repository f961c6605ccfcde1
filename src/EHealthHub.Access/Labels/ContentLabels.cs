using System.Buffers;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Access.Labels;

/// <summary>
/// The labels that a resource's own content brings with it: one pass over its JSON, in which every coding, wherever it stands (in extensions, in contained resources, in parts of parts), is asked of the rules. Text that nobody coded
/// says nothing here. Pure.
/// </summary>
public static class ContentLabels
{
    private const int FramesAtFirst = 32;
    private const int TextMax = 256;

    /// <summary>The bits of all labels; <paramref name="json"/> is an object that the reader accepted.</summary>
    public static ulong Of(LabelRules rules, ReadOnlySpan<byte> json)
    {
        var frames = ArrayPool<Frame>.Shared.Rent(FramesAtFirst);
        try
        {
            return Walk(rules, json, ref frames);
        }
        finally
        {
            ArrayPool<Frame>.Shared.Return(frames, clearArray: true);
        }
    }

    private static ulong Walk(LabelRules rules, ReadOnlySpan<byte> json, ref Frame[] frames)
    {
        Span<char> text = stackalloc char[TextMax];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var (labels, depth) = (0UL, -1);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    if (++depth == frames.Length)
                    {
                        Grow(ref frames);
                    }

                    frames[depth] = default;
                    break;
                case JsonTokenType.EndObject:
                    if (frames[depth] is { System: { } system, CodeLength: > 0 } frame)
                    {
                        labels |= rules.Of(system, Text(json.Slice(frame.CodeStart, frame.CodeLength), text));
                    }

                    depth--;
                    break;
                case JsonTokenType.PropertyName when reader.ValueTextEquals("system"u8):
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= TextMax)
                    {
                        frames[depth].System = rules.System(text[..reader.CopyString(text)]);
                    }
                    else
                    {
                        Step(ref reader, ref frames, ref depth);
                    }

                    break;
                case JsonTokenType.PropertyName when reader.ValueTextEquals("code"u8):
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= TextMax)
                    {
                        // With its quotes, so that its escapes can be read later: the system may come after it.
                        (frames[depth].CodeStart, frames[depth].CodeLength) = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
                    }
                    else
                    {
                        Step(ref reader, ref frames, ref depth);
                    }

                    break;
                default:
                    break;
            }
        }

        return labels;
    }

    /// <summary>An object that stands where a coding has a string: it is entered like any other.</summary>
    private static void Step(ref Utf8JsonReader reader, ref Frame[] frames, ref int depth)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        if (++depth == frames.Length)
        {
            Grow(ref frames);
        }

        frames[depth] = default;
    }

    private static ReadOnlySpan<char> Text(ReadOnlySpan<byte> quoted, Span<char> text)
    {
        var inner = quoted[1..^1];
        if (!inner.Contains((byte)'\\'))
        {
            return text[..Encoding.UTF8.GetChars(inner, text)];
        }

        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return text[..reader.CopyString(text)];
    }

    private static void Grow(ref Frame[] frames)
    {
        var more = ArrayPool<Frame>.Shared.Rent(frames.Length * 2);
        frames.CopyTo(more, 0);
        ArrayPool<Frame>.Shared.Return(frames, clearArray: true);
        frames = more;
    }

    private struct Frame
    {
        public LabelledSystem? System;
        public int CodeStart;
        public int CodeLength;
    }
}
