using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EHealthHub.Fhir.Writing;

/// <summary>The rewritings of one resource: where a posted reference stands, and what stands there in the stored form.</summary>
internal static class LinkMap
{
    /// <summary>One change: <paramref name="Length"/> bytes from <paramref name="Start"/> become <paramref name="Text"/>.</summary>
    public readonly record struct Edit(int Start, int Length, byte[] Text);

    /// <summary>The changes in the order of the text; offsets count from the resource's first byte.</summary>
    public static List<Edit> Edits(ReadOnlySpan<byte> json, IReadOnlyDictionary<string, string> references)
    {
        var edits = new List<Edit>();
        var scanner = new ReferenceScanner(json);
        try
        {
            while (scanner.Next())
            {
                if (scanner.Kind == LinkKind.Narrative)
                {
                    Narrative(edits, references, scanner.Start, scanner.Text);
                }
                else if (references.TryGetValue(scanner.Value, out var target))
                {
                    edits.Add(new Edit(scanner.Start, scanner.Text.Length, Escape(target)));
                }
            }
        }
        finally
        {
            scanner.Dispose();
        }

        return edits;
    }

    private static void Narrative(List<Edit> edits, IReadOnlyDictionary<string, string> references, int start, ReadOnlySpan<byte> xhtml)
    {
        if (HasOtherEscapes(xhtml))
        {
            WithoutEscapes(edits, references, start, xhtml);
            return;
        }

        var links = new NarrativeLinks(xhtml, "\\\""u8);
        while (links.Next())
        {
            if (references.TryGetValue(Encoding.UTF8.GetString(xhtml.Slice(links.Start, links.Length)), out var target))
            {
                edits.Add(new Edit(start + links.Start, links.Length, Escape(target)));
            }
        }
    }

    /// <summary>Some writers escape more than they must: slashes, or every character that means something in HTML.</summary>
    private static bool HasOtherEscapes(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'\\'); at >= 0; at = text.IndexOf((byte)'\\'))
        {
            if (text[at + 1] is (byte)'/' or (byte)'u')
            {
                return true;
            }

            text = text[(at + 2)..];
        }

        return false;
    }

    /// <summary>The whole narrative is written anew where a link in it changes.</summary>
    private static void WithoutEscapes(List<Edit> edits, IReadOnlyDictionary<string, string> references, int start, ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader([(byte)'"', .. text, (byte)'"']);
        reader.Read();
        var xhtml = Encoding.UTF8.GetBytes(reader.GetString()!);
        var rewritten = new ArrayBufferWriter<byte>(xhtml.Length + 64);
        var from = 0;
        var links = new NarrativeLinks(xhtml, "\""u8);
        while (links.Next())
        {
            if (references.TryGetValue(Encoding.UTF8.GetString(xhtml, links.Start, links.Length), out var target))
            {
                rewritten.Write(xhtml.AsSpan(from, links.Start - from));
                rewritten.Write(Encoding.UTF8.GetBytes(target));
                from = links.Start + links.Length;
            }
        }

        if (from > 0)
        {
            rewritten.Write(xhtml.AsSpan(from));
            edits.Add(new Edit(start, text.Length, JsonEncodedText.Encode(rewritten.WrittenSpan, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray()));
        }
    }

    private static byte[] Escape(string target) => JsonEncodedText.Encode(target).EncodedUtf8Bytes.ToArray();
}
