using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace EHealthHub.Fhir.Terminology;

/// <summary>The definitions of the folder fhir-profiles, which are built into the room: profiles, extensions, code systems, value sets and concept maps.</summary>
public static class HeldDefinitions
{
    private const string Prefix = "EHealthHub.Fhir.Profiles.";
    private static readonly Lazy<ImmutableArray<JsonElement>> Embedded = new(() => [.. Read()]);

    /// <summary>All of them, as they stand in the folder.</summary>
    public static ImmutableArray<JsonElement> All => Embedded.Value;

    private static IEnumerable<JsonElement> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var document = JsonDocument.Parse(stream);
            yield return document.RootElement.Clone();
        }
    }
}
