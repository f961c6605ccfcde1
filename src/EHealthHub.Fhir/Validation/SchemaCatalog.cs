using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Specification;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// The compiled tables of R4's types. Each is made once, when first asked for, from the SDK's class metadata. The inspector begins empty and imports single classes: importing all 710 took 0.4 s at start, one takes some 0.5 ms.
/// </summary>
internal static class SchemaCatalog
{
    private static readonly ModelInspector Inspector = new(FhirRelease.R4);
    private static readonly Lock Compiling = new();
    private static readonly ConcurrentDictionary<Type, TypeTable> Tables = new();
    private static readonly ConcurrentDictionary<string, TypeTable> Resources = new(StringComparer.Ordinal);

    /// <summary>The table of a resource type; <paramref name="type"/> is one of <see cref="ResourceTypes"/>.</summary>
    public static TypeTable Resource(string type) => Resources.GetOrAdd(type, static t => Of(Native(t)));

    /// <summary>The table of a resource by the bytes of its resourceType.</summary>
    public static bool TryResource(ReadOnlySpan<byte> type, [NotNullWhen(true)] out TypeTable? table)
    {
        table = ResourceTypes.TryGet(type, out var name) ? Resource(name) : null;
        return table is not null;
    }

    /// <summary>The table of the companion of a primitive: id and extension.</summary>
    public static TypeTable Companion { get; } = Of(typeof(Element));

    /// <summary>The SDK's class of a resource or complex data type by R4's name. Asking the SDK's ModelInfo instead would import all of its classes first.</summary>
    public static Type Native(string name)
    {
        var full = "Hl7.Fhir.Model." + (name == "Reference" ? nameof(ResourceReference) : name);
        return Find(full) ?? throw new InvalidOperationException($"{name} is no type of R4.");
    }

    /// <summary>True for the name of one of R4's complex data types.</summary>
    public static bool IsDataType(string name) =>
        name.Length > 0 && PrimitiveKinds.Of(name) == PrimitiveKind.None && name.All(char.IsAsciiLetterOrDigit)
        && Find("Hl7.Fhir.Model." + (name == "Reference" ? nameof(ResourceReference) : name)) is { IsAbstract: false } native && native.IsSubclassOf(typeof(DataType));

    /// <summary>The table of one of the SDK's classes.</summary>
    public static TypeTable Of(Type native)
    {
        if (Tables.TryGetValue(native, out var table))
        {
            return table;
        }

        lock (Compiling)
        {
            return Tables.GetOrAdd(native, static t => TypeCompiler.Compile(Inspector.FindOrImportClassMapping(t) ?? throw new InvalidOperationException($"{t} is no FHIR type.")));
        }
    }

    private static Type? Find(string full) => typeof(Patient).Assembly.GetType(full) ?? typeof(CapabilityStatement).Assembly.GetType(full) ?? typeof(Resource).Assembly.GetType(full);
}
