using System.Globalization;

namespace EHealthHub.Fhir.Patching;

/// <summary>The parts of one operation of a FHIRPath Patch.</summary>
internal sealed class PatchOperation(PatchNode parts)
{
    /// <summary>add, insert, delete, replace or move, if it is well said.</summary>
    public string? Type => Text("type");

    /// <summary>The FHIRPath.</summary>
    public string? Path => Text("path");

    /// <summary>The element to add.</summary>
    public string? Name => Text("name");

    /// <summary>Where to insert.</summary>
    public int? Index => Number("index");

    /// <summary>From where to move.</summary>
    public int? Source => Number("source");

    /// <summary>To where to move.</summary>
    public int? Destination => Number("destination");

    /// <summary>The part that holds the value.</summary>
    public PatchNode? Value => Find("value");

    private string? Text(string name) => Content(name)?.Text();

    private int? Number(string name) => Content(name) is { IsObject: false, IsArray: false } value && int.TryParse(value.Scalar, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private PatchNode? Content(string name) =>
        Find(name) is { IsObject: true } part ? part.Members.Where(m => m.Key.StartsWith("value", StringComparison.Ordinal)).Select(m => m.Value).FirstOrDefault() : null;

    private PatchNode? Find(string name) => parts.Items.Find(p => p.Get("name")?.Text() == name);
}
