namespace EHealthHub.Fhir.Terminology;

/// <summary>A security label: a coding of <c>meta.security</c> (R4 6.1.2).</summary>
/// <param name="System">Its code system.</param>
/// <param name="Code">Its code.</param>
public readonly record struct SecurityLabel(string System, string Code);
