using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What definitions may rest on while they are compiled: R4's own types, the other definitions held, and the terminology.</summary>
internal sealed class ProfileSource(IReadOnlyDictionary<string, JsonElement> definitions, TerminologyCatalog terminology)
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";
    private const string CoreValueSets = "http://hl7.org/fhir/ValueSet/";
    private readonly Dictionary<string, bool> _decides = new(StringComparer.Ordinal);

    /// <summary>True for the canonical of one of R4's own types.</summary>
    public static bool IsCoreUrl(string url) => url.StartsWith(Core, StringComparison.Ordinal) && CoreType(url[Core.Length..].Split('|')[0]);

    /// <summary>True for the canonical of one of R4's own types, with its name.</summary>
    public bool IsCore(string url, out string type)
    {
        type = IsCoreUrl(url) && !definitions.ContainsKey(url) ? url[Core.Length..] : "";
        return type.Length > 0;
    }

    public bool IsHeld(string url) => definitions.ContainsKey(url);

    public JsonElement? Definition(string url) => definitions.TryGetValue(url, out var found) ? found : null;

    /// <summary>The R4 type of a canonical; null where it is not held.</summary>
    public string? TypeOf(string url) => IsCore(url, out var type) ? type : definitions.TryGetValue(url, out var found) ? found.Text("type"u8) : null;

    /// <summary>True when the hub holds what decides every code of the value set.</summary>
    public bool Decides(string canonical) => _decides.TryGetValue(canonical, out var known) ? known : _decides[canonical] = terminology.Decides(canonical);

    /// <summary>True for a binding that R4 itself has and that is checked without a profile; in a snapshot, which repeats R4's bindings, for all of R4's value sets.</summary>
    public bool IsNative(string url, ProfileNode node, bool isSnapshot) =>
        node.Rules.Any(r => r.CodesUrl == url) || (isSnapshot && url.StartsWith(CoreValueSets, StringComparison.Ordinal));

    private static bool CoreType(string name) =>
        name is "Resource" or "DomainResource" or "Element" or "BackboneElement" || ResourceTypes.IsKnown(name)
        || (name.Length > 0 && (PrimitiveKinds.Of(name) is { } kind && (kind != PrimitiveKind.None || SchemaCatalog.IsDataType(name))));
}
