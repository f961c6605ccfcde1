using System.Text;
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
        var links = new NarrativeLinks(xhtml);
        while (links.Next())
        {
            var link = xhtml.Slice(links.Start, links.Length);
            if (!link.Contains((byte)'\\') && references.TryGetValue(Encoding.UTF8.GetString(link), out var target))
            {
                edits.Add(new Edit(start + links.Start, links.Length, Escape(target)));
            }
        }
    }

    private static byte[] Escape(string target) => JsonEncodedText.Encode(target).EncodedUtf8Bytes.ToArray();
}
