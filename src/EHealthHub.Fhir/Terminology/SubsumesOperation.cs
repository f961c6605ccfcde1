using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>CodeSystem/$subsumes (R4 4.8.20.2): whether one code is a kind of the other.</summary>
internal static class SubsumesOperation
{
    public static Result<byte[]> Run(TerminologyCatalog catalog, OperationInput input)
    {
        if (input.Refuse("codeA", "codeB", "system", "version", "codingA", "codingB", "codeSystem") is { } refused)
        {
            return refused;
        }

        var (a, b) = (input.Object("codingA"), input.Object("codingB"));
        var (codeA, codeB) = (input.Text("codeA") ?? a.Text("code"u8), input.Text("codeB") ?? b.Text("code"u8));
        if (codeA is null || codeB is null)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs two codes.");
        }

        var url = input.Text("system") ?? a.Text("system"u8) ?? b.Text("system"u8);
        if ((a.Text("system"u8) ?? url) != url || (b.Text("system"u8) ?? url) != url)
        {
            return Failure.Of(400, "invalid", "parameter-invalid", "Both codes are of one system.");
        }

        if (!LookupOperation.System(catalog, input, url, input.Text("version")).Try(out var system, out var failure))
        {
            return failure;
        }

        if (system.Find(codeA) is not { } first || system.Find(codeB) is not { } second)
        {
            return Failure.Of(404, "not-found", "code-unknown", $"A code is not in {system.Url}.");
        }

        if (!system.IsSubsuming)
        {
            return Failure.Of(422, "not-supported", "hierarchy-other", $"The hierarchy of {system.Url} is not one of kinds ({system.Meaning}).");
        }

        var outcome = first == second ? "equivalent"
            : second.SelfAndAncestors().Contains(first) ? "subsumes"
            : first.SelfAndAncestors().Contains(second) ? "subsumed-by"
            : "not-subsumed";
        using var answer = new ParametersWriter();
        answer.Text("outcome", "valueCode", outcome);
        return answer.ToBytes();
    }
}
