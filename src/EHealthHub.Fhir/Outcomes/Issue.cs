namespace EHealthHub.Fhir.Outcomes;

/// <summary>One finding, as it becomes one <c>OperationOutcome.issue</c> (FHIR R4, 2.41 OperationOutcome).</summary>
/// <param name="Severity">fatal, error, warning or information.</param>
/// <param name="Type">A code of the IssueType value set, for example <c>structure</c> or <c>not-found</c>.</param>
/// <param name="Code">The hub's own stable code, lower case with hyphens; texts are looked up by it.</param>
/// <param name="Diagnostics">One sentence for a developer. Never clinical content, never a secret.</param>
/// <param name="Expression">FHIRPath of the element, for example <c>Bundle.entry[3].resource.birthDate</c>; null where no element is meant.</param>
public sealed record Issue(string Severity, string Type, string Code, string Diagnostics, string? Expression = null)
{
    /// <summary>An issue of severity error.</summary>
    public static Issue Error(string type, string code, string diagnostics, string? expression = null) =>
        new("error", type, code, diagnostics, expression);
}
