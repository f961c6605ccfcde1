using System.Buffers;

namespace EHealthHub.Fhir.Writing;

/// <summary>JSON for people (<c>_pretty</c>): the same bytes, with lines and indents between them.</summary>
public static class JsonPretty
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}[],:\""u8);

    /// <summary>Writes <paramref name="minified"/>, which is well-formed JSON without whitespace between its tokens, with two spaces for each level. Every value keeps its bytes.</summary>
    public static void Write(ReadOnlySpan<byte> minified, IBufferWriter<byte> output)
    {
        var level = 0;
        for (var at = 0; at < minified.Length;)
        {
            var next = minified[at..].IndexOfAny(Structure);
            next = next < 0 ? minified.Length : at + next;
            output.Write(minified[at..next]);
            if (next == minified.Length)
            {
                return;
            }

            at = next + 1;
            switch (minified[next])
            {
                case (byte)'"':
                    at = AfterString(minified, at);
                    output.Write(minified[next..at]);
                    break;
                case (byte)':':
                    output.Write(": "u8);
                    break;
                case (byte)',':
                    output.Write(","u8);
                    Line(output, level);
                    break;
                case (byte)'{' or (byte)'[' when at < minified.Length && minified[at] is (byte)'}' or (byte)']':
                    output.Write(minified.Slice(next, 2));
                    at++;
                    break;
                case (byte)'{' or (byte)'[':
                    output.Write(minified.Slice(next, 1));
                    Line(output, ++level);
                    break;
                default:
                    Line(output, --level);
                    output.Write(minified.Slice(next, 1));
                    break;
            }
        }
    }

    /// <summary>The place after the quote that ends a string whose text begins at <paramref name="at"/>.</summary>
    internal static int AfterString(ReadOnlySpan<byte> json, int at)
    {
        while (true)
        {
            at += json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (json[at] == (byte)'"')
            {
                return at + 1;
            }

            at += 2;
        }
    }

    private static void Line(IBufferWriter<byte> output, int level)
    {
        var span = output.GetSpan(1 + (level * 2))[..(1 + (level * 2))];
        span.Fill((byte)' ');
        span[0] = (byte)'\n';
        output.Advance(span.Length);
    }
}
