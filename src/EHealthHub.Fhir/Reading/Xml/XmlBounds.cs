using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>
/// A look over the tags before the XML reader spends memory on them: it reads all attributes of a tag before anybody can count them, and it would name a DOCTYPE only as malformed. Whether the XML is well-formed is left to that reader.
/// </summary>
internal static class XmlBounds
{
    /// <summary>Most attributes of one element. FHIR's have three beside their namespaces, XHTML's fewer than twenty.</summary>
    public const int AttributesMax = 48;

    /// <summary>Deepest nesting of a narrative.</summary>
    public const int NarrativeDepthMax = 100;

    /// <summary>Most bytes of one tag outside the values of its attributes.</summary>
    private const int TagNamesMax = 4_096;

    public static Failure? Check(ReadOnlySpan<byte> body, FhirLimits limits)
    {
        var depth = 0;
        var elements = 0;
        var rest = body;
        while (rest.IndexOf((byte)'<') is >= 0 and var at)
        {
            rest = rest[at..];
            if (rest.StartsWith("<!--"u8))
            {
                rest = After(rest[4..], "-->"u8);
            }
            else if (rest.StartsWith("<![CDATA["u8))
            {
                rest = After(rest, "]]>"u8);
            }
            else if (rest.StartsWith("<?"u8))
            {
                rest = After(rest, "?>"u8);
            }
            else if (rest.StartsWith("<!"u8))
            {
                return Failure.Of(400, "security", "xml-dtd", $"The XML has a document type or another declaration {Line(body, rest)}; none is accepted.");
            }
            else
            {
                var isEnd = rest.StartsWith("</"u8);
                if (!Tag(ref rest, out var isEmpty))
                {
                    return Failure.Of(400, "too-costly", "xml-too-many-attributes", $"A tag has more than {AttributesMax} attributes, or longer names than are accepted, {Line(body, rest)}.");
                }

                depth += isEnd ? -1 : isEmpty ? 0 : 1;
                elements += isEnd ? 0 : 1;
                if (depth > limits.DepthMax + NarrativeDepthMax || elements > limits.TokensMax)
                {
                    return TooMuch(depth, body, rest, limits);
                }
            }
        }

        return null;
    }

    private static Failure TooMuch(int depth, ReadOnlySpan<byte> body, ReadOnlySpan<byte> rest, FhirLimits limits) => depth > limits.DepthMax
        ? Failure.Of(400, "too-costly", "xml-too-deep", $"The XML is nested too deeply {Line(body, rest)}.")
        : Failure.Of(400, "too-costly", "xml-too-many-elements", $"The XML has more than {limits.TokensMax} elements.");

    /// <summary>Steps over one tag. False when it has too many attributes or too long names.</summary>
    private static bool Tag(ref ReadOnlySpan<byte> rest, out bool isEmpty)
    {
        var outside = 0;
        var attributes = 0;
        var at = 1;
        isEmpty = false;
        while (true)
        {
            var next = rest[at..].IndexOfAny("\"'<>"u8);
            outside += next < 0 ? rest.Length - at : next;
            if (outside > TagNamesMax)
            {
                return false;
            }

            at = next < 0 ? rest.Length : at + next;
            if (next < 0 || rest[at] == (byte)'<')
            {
                rest = rest[at..];
                return true;
            }

            if (rest[at] == (byte)'>')
            {
                isEmpty = rest[at - 1] == (byte)'/';
                rest = rest[(at + 1)..];
                return true;
            }

            if (++attributes > AttributesMax)
            {
                return false;
            }

            var end = rest[(at + 1)..].IndexOf(rest[at]);
            at = end < 0 ? rest.Length : at + end + 2;
        }
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> end) => rest.IndexOf(end) is >= 0 and var at ? rest[(at + end.Length)..] : default;

    private static string Line(ReadOnlySpan<byte> body, ReadOnlySpan<byte> rest) => $"on line {body[..(body.Length - rest.Length)].Count((byte)'\n') + 1}";
}
