using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Terminology;

/// <summary>
/// R4's terminology operations (4.7) over one catalogue: each takes what the call gave and answers with the UTF-8 JSON of a Parameters or ValueSet resource, or a failure: 400 for a call that is not understood, 404 for what is not held,
/// 422 for what would be too costly or cannot be decided. Pure and bounded by <see cref="TerminologyLimits"/>. A call on an instance is the same call with the resource as a parameter: <c>valueSet</c>, <c>codeSystem</c> or <c>conceptMap</c>.
/// </summary>
public static class TerminologyOperations
{
    /// <summary>ValueSet/$expand. <paramref name="now"/> is the timestamp of the expansion.</summary>
    public static Result<byte[]> Expand(TerminologyCatalog catalog, OperationInput input, DateTimeOffset now) => ExpandOperation.Run(catalog, input, now);

    /// <summary>CodeSystem/$lookup.</summary>
    public static Result<byte[]> Lookup(TerminologyCatalog catalog, OperationInput input) => LookupOperation.Run(catalog, input);

    /// <summary>CodeSystem/$validate-code. Messages are in <paramref name="language"/>, <c>tr</c> or <c>en</c>.</summary>
    public static Result<byte[]> ValidateCodeSystemCode(TerminologyCatalog catalog, OperationInput input, string language = "en") => ValidateCodeOperation.OfCodeSystem(catalog, input, language);

    /// <summary>ValueSet/$validate-code.</summary>
    public static Result<byte[]> ValidateValueSetCode(TerminologyCatalog catalog, OperationInput input, string language = "en") => ValidateCodeOperation.OfValueSet(catalog, input, language);

    /// <summary>ConceptMap/$translate.</summary>
    public static Result<byte[]> Translate(TerminologyCatalog catalog, OperationInput input, string language = "en") => TranslateOperation.Run(catalog, input, language);

    /// <summary>CodeSystem/$subsumes.</summary>
    public static Result<byte[]> Subsumes(TerminologyCatalog catalog, OperationInput input) => SubsumesOperation.Run(catalog, input);
}
