using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Compares two resources in JSON: members in any order, numbers by their digits, strings by their characters, narratives by their elements and text.</summary>
internal static class SameJson
{
    /// <summary>Null when they are the same, else where they differ. The SDK drops spaces around strings; <paramref name="trimmed"/> looks past that.</summary>
    public static string? Difference(JsonElement left, JsonElement right, string path = "", bool trimmed = false)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return $"{path}: {left.ValueKind} / {right.ValueKind}";
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Object:
                var names = left.EnumerateObject().Select(m => m.Name).Union(right.EnumerateObject().Select(m => m.Name));
                return names.Select(n => left.TryGetProperty(n, out var a) && right.TryGetProperty(n, out var b) ? Difference(a, b, path + "." + n, trimmed) : $"{path}.{n}: there only once").FirstOrDefault(d => d is not null);
            case JsonValueKind.Array:
                return left.GetArrayLength() != right.GetArrayLength()
                    ? path + ": lengths"
                    : left.EnumerateArray().Zip(right.EnumerateArray()).Select((p, i) => Difference(p.First, p.Second, $"{path}[{i}]", trimmed)).FirstOrDefault(d => d is not null);
            case JsonValueKind.Number:
                return JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right)) ? null : $"{path}: {left} / {right}";
            case JsonValueKind.String:
                return left.GetString() == right.GetString() || (trimmed && left.GetString()!.Trim() == right.GetString()!.Trim()) || (path.EndsWith(".div", StringComparison.Ordinal) && SameXhtml(left.GetString()!, right.GetString()!)) ? null : $"{path}: {left} / {right}";
            default:
                return null;
        }
    }

    public static string? Difference(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        using var a = JsonDocument.Parse(left, new JsonDocumentOptions { MaxDepth = 256 });
        using var b = JsonDocument.Parse(right, new JsonDocumentOptions { MaxDepth = 256 });
        return Difference(a.RootElement, b.RootElement);
    }

    private static bool SameXhtml(string left, string right) => XNode.DeepEquals(Xhtml(left), Xhtml(right));

    private static XElement Xhtml(string text)
    {
        foreach (var entity in text.Split('&').Skip(1).Select(p => "&" + p[..(p.IndexOf(';', StringComparison.Ordinal) + 1)]).Where(e => e is not ("&amp;" or "&lt;" or "&gt;" or "&quot;" or "&apos;") && !e.StartsWith("&#", StringComparison.Ordinal)).Distinct())
        {
            text = text.Replace(entity, WebUtility.HtmlDecode(entity), StringComparison.Ordinal);
        }

        var element = XElement.Parse(text, LoadOptions.PreserveWhitespace);
        element.DescendantNodes().OfType<XComment>().Remove();
        return XElement.Parse(element.ToString(SaveOptions.DisableFormatting), LoadOptions.PreserveWhitespace);
    }
}
