using System.Collections.Immutable;

namespace EHealthHub.Exchange.Operations;

/// <summary>On which types each operation is served: of the route table and of the entries of a Bundle.</summary>
public static class OperationTypes
{
    /// <summary>The types; empty for every type, null for an operation that is not served.</summary>
    public static ImmutableArray<string>? Of(string operation) => operation switch
    {
        "$everything" => ["Patient", "Encounter"],
        "$lastn" => ["Observation"],
        "$expand" => ["ValueSet"],
        "$validate-code" => ["ValueSet", "CodeSystem"],
        "$lookup" or "$subsumes" => ["CodeSystem"],
        "$translate" => ["ConceptMap"],
        "$validate" or "$meta" or "$meta-add" or "$meta-delete" => [],
        _ => null,
    };
}
