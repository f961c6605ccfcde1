using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Patching;

/// <summary>What all patches end with: refusals that name the operation, and the result as a resource again.</summary>
internal static class PatchOutcome
{
    /// <summary>400: the patch itself is not understood.</summary>
    public static Failure Malformed(string code, string diagnostics, string operation) => Failure.Of(400, "invalid", code, diagnostics, operation);

    /// <summary>422: the patch is understood and cannot be applied to this resource.</summary>
    public static Failure Refused(string code, string diagnostics, string operation) => Failure.Of(422, "processing", code, diagnostics, operation);

    public static Failure TooManyOperations(PatchLimits limits) =>
        Failure.Of(400, "too-costly", "patch-too-many-operations", $"The patch has more than {limits.OperationsMax} operations.");

    public static Failure TooLarge(FhirLimits limits, string operation) =>
        Failure.Of(413, "too-long", "body-too-large", $"With what the patch adds, the resource could have more than {limits.BytesMax} bytes.", operation);

    public static Failure TooDeep(FhirLimits limits, string operation) => Refused("json-too-deep", $"What the patch makes is nested deeper than {limits.DepthMax} levels.", operation);

    /// <summary>
    /// Reads the patched JSON as any other, so that every bound and rule of reading holds for it; 422 where it breaks one, and where the type or the id is no longer that of <paramref name="before"/>.
    /// </summary>
    public static Result<FhirResource> Read(PatchNode root, FhirResource before, FhirLimits limits)
    {
        using var json = new PooledBuffer(0);
        if (!root.TryWrite(json, limits.DepthMax))
        {
            return TooDeep(limits, before.Type);
        }

        if (!FhirReader.Read(json.WrittenMemory, limits).Try(out var after, out var failure))
        {
            return new Failure(failure.Status == 413 ? 413 : 422, [.. failure.Issues.Select(i => i with { Diagnostics = "After the patch: " + i.Diagnostics })]);
        }

        if (after.Type == before.Type && after.Id == before.Id)
        {
            return after;
        }

        var what = after.Type == before.Type ? "id" : "resourceType";
        after.Dispose();
        return Refused("patch-identity", $"A patch must not change the {what}.", $"{before.Type}.{what}");
    }
}
