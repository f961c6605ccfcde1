using System.Collections.Immutable;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>An expected refusal: the HTTP status and what to say. Never an exception.</summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Issues">At least one.</param>
public sealed record Failure(int Status, ImmutableArray<Issue> Issues)
{
    /// <summary>A failure with a single error.</summary>
    public static Failure Of(int status, string type, string code, string diagnostics, string? expression = null) =>
        new(status, [Issue.Error(type, code, diagnostics, expression)]);
}
