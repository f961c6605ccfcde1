using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Exchange.Conformance;

/// <summary>Sets of codes for searches, from the terminology that is held.</summary>
internal sealed class HeldCodeSets(ConformanceHolder held) : ICodeSets
{
    public Result<LookupAnswer> InValueSet(string valueSet, string parameter) => Answer(CodeSet.Of(held.Terminology, valueSet), parameter);

    public Result<LookupAnswer> InHierarchy(string? system, string code, bool above, string parameter) => system is null
        ? Failure.Of(400, "not-supported", "parameter-invalid", "Name the code's system (system|code): a hierarchy is of one code system.", parameter)
        : Answer(above ? CodeSet.Above(held.Terminology, system, code) : CodeSet.Below(held.Terminology, system, code), parameter);

    /// <summary>What is not held is the asker's fault in a search, whose address is well known.</summary>
    private static Result<LookupAnswer> Answer(Result<CodeSet> set, string parameter) => set.Try(out var codes, out var failure)
        ? LookupAnswer.OfCodes([.. codes.Codes.Select(c => ((string?)c.System, c.Code))])
        : failure with { Status = failure.Status == 404 ? 400 : failure.Status, Issues = [failure.Issues[0] with { Expression = parameter }] };
}
