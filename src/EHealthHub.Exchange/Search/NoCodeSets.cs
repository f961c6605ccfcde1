using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Search;

/// <summary>A hub that holds no terminology: every value set is unknown. The acts refuse what would need one before they ask.</summary>
internal sealed class NoCodeSets : ICodeSets
{
    public Result<LookupAnswer> InValueSet(string valueSet, string parameter) => Unknown(parameter);

    public Result<LookupAnswer> InHierarchy(string? system, string code, bool above, string parameter) => Unknown(parameter);

    private static Failure Unknown(string parameter) => Failure.Of(400, "not-found", "value-set-unknown", "The hub holds no such value set or code system.", parameter);
}
