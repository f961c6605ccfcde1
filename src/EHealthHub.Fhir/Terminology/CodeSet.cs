using System.Collections.Frozen;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Terminology;

/// <summary>Codes with their systems, for a search by <c>:in</c>, <c>:not-in</c>, <c>:above</c> or <c>:below</c> (R4 3.1.1.4.10).</summary>
/// <param name="Codes">At most <see cref="TerminologyLimits.SearchCodesMax"/>.</param>
public sealed record CodeSet(FrozenSet<(string System, string Code)> Codes)
{
    /// <summary>The codes of a value set: for <c>:in</c> and <c>:not-in</c>. 404 where it is not held, 422 where it has too many codes or cannot be worked out.</summary>
    public static Result<CodeSet> Of(TerminologyCatalog catalog, string valueSet) =>
        catalog.ValueSet(valueSet) is not { } held ? Failure.Of(404, "not-found", "value-set-unknown", $"The value set {valueSet} is not held.")
        : new ValueSetReader(catalog).Expand(held).Try(out var codes, out var failure) ? Bounded(catalog, codes.Select(c => (c.System, c.Code)))
        : failure;

    /// <summary>A code and all above it, of which it is a kind: for <c>:above</c>.</summary>
    public static Result<CodeSet> Above(TerminologyCatalog catalog, string system, string code) => Around(catalog, system, code, c => c.SelfAndAncestors());

    /// <summary>A code and all below it, which are kinds of it: for <c>:below</c>.</summary>
    public static Result<CodeSet> Below(TerminologyCatalog catalog, string system, string code) => Around(catalog, system, code, c => c.SelfAndDescendants());

    private static Result<CodeSet> Around(TerminologyCatalog catalog, string system, string code, Func<Concept, IEnumerable<Concept>> walk) =>
        catalog.CodeSystem(system) is not { } held ? Failure.Of(404, "not-found", "code-system-unknown", $"The code system {system} is not held.")
        : !held.IsSubsuming ? Failure.Of(422, "not-supported", "hierarchy-other", $"The hierarchy of {system} is not one of kinds ({held.Meaning}).")
        : held.Find(code) is not { } concept ? Failure.Of(404, "not-found", "code-unknown", $"The code is not in {system}.")
        : Bounded(catalog, walk(concept).Select(c => (system, c.Code)));

    private static Result<CodeSet> Bounded(TerminologyCatalog catalog, IEnumerable<(string, string)> codes)
    {
        var taken = codes.Take(catalog.Limits.SearchCodesMax + 1).ToFrozenSet();
        return taken.Count <= catalog.Limits.SearchCodesMax ? new CodeSet(taken)
            : Failure.Of(422, "too-costly", "expansion-too-large", $"A search takes at most {catalog.Limits.SearchCodesMax} codes of a set.");
    }
}
