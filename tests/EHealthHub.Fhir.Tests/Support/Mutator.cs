using System.Text;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Seeded damage to bytes: flips, cuts, doublings, and pieces that parsers trip over. The same seed gives the same damage everywhere.</summary>
internal sealed class Mutator(ulong seed, byte[][]? pieces = null)
{
    private static readonly byte[][] JsonPieces =
    [
        .. new[]
        {
            "null", "[]", "{}", "\"\"", "[[[[", "}}}}", "\\u0000", "\\uD800", "\\", "\"", ",", ":", "1e999", "-", "0.0000000000000000000000000000000000001", "99999999999999999999", "true",
            "\"resourceType\":\"Bundle\"", "\"_id\":{}", "\"id\":\"../../x\"", "urn:uuid:", "urn:oid:", "#", "?identifier=", "|", "%", "%zz", "Patient/", "/", " ", "\uFEFF", "\u2028",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0x00], [0xED, 0xA0, 0x80],
    ];

    /// <summary>Pieces for XML.</summary>
    public static readonly byte[][] XmlPieces =
    [
        .. new[]
        {
            "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?x ?>", "<!DOCTYPE x>", "&amp;", "&#0;", "&#x10FFFF;", "&#65;", "&x;", "&", "\"", "'", "=", " ", "\n", "<extension url=\"u\">", "</extension>", "<id value=\"1\"/>", "<given value=\"x\"/>", "<given id=\"x\"/>",
            " id=\"i\"", " value=\"1.10\"", " xmlns=\"urn:x\"", " xmlns:f=\"http://hl7.org/fhir\"", "f:", "xml:lang=\"tr\"", "<div xmlns=\"http://www.w3.org/1999/xhtml\">", "</div>", "<contained>", "</contained>", "<Patient/>", "<Patient xmlns=\"http://hl7.org/fhir\">", "</Patient>", "\uFEFF", "\uFFFE", "text",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0x00], [0xED, 0xA0, 0x80],
    ];

    private readonly byte[][] _pieces = pieces ?? JsonPieces;
    private ulong _state = seed;

    public byte[] Mutate(byte[] body)
    {
        var result = body.ToList();
        for (var rounds = Next(4) + 1; rounds > 0 && result.Count > 0; rounds--)
        {
            var at = Next(result.Count);
            switch (Next(6))
            {
                case 0:
                    result[at] ^= (byte)(1 << Next(8));
                    break;
                case 1:
                    result.RemoveRange(at, Math.Min(Next(20) + 1, result.Count - at));
                    break;
                case 2:
                    result.InsertRange(at, result.GetRange(at, Math.Min(Next(40) + 1, result.Count - at)));
                    break;
                case 3:
                    result.RemoveRange(at, result.Count - at);
                    break;
                default:
                    result.InsertRange(at, _pieces[Next(_pieces.Length)]);
                    break;
            }
        }

        return [.. result];
    }

    /// <summary>0 to <paramref name="below"/> - 1 (SplitMix64).</summary>
    public int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)below);
    }
}
