using System.Collections.Immutable;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>A profile, extension or datatype profile that the hub holds, compiled. Immutable.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Version">Its version; null where it has none.</param>
/// <param name="Type">The R4 type that it narrows.</param>
/// <param name="Root">What it asks, with all that its bases ask.</param>
/// <param name="Contexts">Of an extension: where it may stand; empty for anywhere.</param>
internal sealed record Profile(string Url, string? Version, string Type, ProfileNode Root, ImmutableArray<ExtensionContext> Contexts);

/// <summary>Where an extension may stand.</summary>
/// <param name="Type">element or extension.</param>
/// <param name="Expression">A type, a path below a type, or the URL of an extension.</param>
internal sealed record ExtensionContext(string Type, string Expression);
