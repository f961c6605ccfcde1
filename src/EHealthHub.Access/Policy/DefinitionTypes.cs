using System.Collections.Frozen;

namespace EHealthHub.Access.Policy;

/// <summary>What says what the hub takes for valid, and what codes mean: one of these in the name of another would change the answers to everybody.</summary>
internal static class DefinitionTypes
{
    private static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.Ordinal,
        "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "GraphDefinition", "ImplementationGuide", "MessageDefinition", "NamingSystem", "OperationDefinition", "SearchParameter",
        "StructureDefinition", "StructureMap", "TerminologyCapabilities", "ValueSet");

    public static bool Has(string resourceType) => All.Contains(resourceType);
}
