using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Search;

/// <summary>Sets of codes that a search compares with, from the terminology that the hub holds. A refusal names the parameter.</summary>
internal interface ICodeSets
{
    /// <summary>The codes of a value set, by canonical, URL, or <c>ValueSet/id</c>.</summary>
    Result<LookupAnswer> InValueSet(string valueSet, string parameter);

    /// <summary>The code and all that it subsumes; or all that subsume it. <paramref name="system"/> null for any.</summary>
    Result<LookupAnswer> InHierarchy(string? system, string code, bool above, string parameter);
}
