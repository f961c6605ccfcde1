using System.Text.Json;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>Writes a <see cref="Failure"/> as an R4 <c>OperationOutcome</c>.</summary>
public static class OperationOutcomeWriter
{
    /// <summary>UTF-8 JSON of the outcome. <paramref name="language"/> is <c>tr</c> or <c>en</c>.</summary>
    public static byte[] Write(Failure failure, string language = "en") => throw new NotSupportedException("under construction");
}
