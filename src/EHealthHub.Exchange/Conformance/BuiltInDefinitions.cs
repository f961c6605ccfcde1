using EHealthHub.Fhir.Capability;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Conformance;

/// <summary>The definitions that the CapabilityStatement names, as resources: R4's search parameters from the tables that parse, and the operations from the table that routes. Read and searched like stored ones, and written by nobody.</summary>
public static class BuiltInDefinitions
{
    /// <summary>Of what is served; made when the first is asked for.</summary>
    public static FixedResources Of(ServedApi served) => new(["SearchParameter", "OperationDefinition"], DefinitionMeta.LastUpdated, () => Make(served));

    private static IEnumerable<FixedResource> Make(ServedApi served)
    {
        foreach (var id in SearchParameterWriter.Ids)
        {
            yield return new FixedResource("SearchParameter", id, SearchParameterWriter.WriteById(id)!);
        }

        foreach (var rows in served.Operations.GroupBy(o => o.Definition, StringComparer.Ordinal))
        {
            yield return new FixedResource("OperationDefinition", OperationDefinitionWriter.IdOf(rows.Key), OperationDefinitionWriter.Write([.. rows]));
        }
    }
}
