using System.Collections.Immutable;
using Hl7.FhirPath;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>A profile, extension or datatype profile that the hub holds, compiled. Immutable.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Version">Its version; null where it has none.</param>
/// <param name="Type">The R4 type that it narrows.</param>
/// <param name="Root">What it asks, with all that its bases ask.</param>
/// <param name="Contexts">Of an extension: where it may stand; empty for anywhere.</param>
internal sealed record Profile(string Url, string? Version, string Type, ProfileNode Root, ImmutableArray<ExtensionContext> Contexts)
{
    /// <summary>Of an extension: FHIRPath rules on the element that it stands on.</summary>
    public ImmutableArray<ProfileConstraint> ContextRules { get; init; } = [];
}

/// <summary>Where an extension may stand.</summary>
/// <param name="Type">element, extension or fhirpath.</param>
/// <param name="Expression">A type, a path below a type, the URL of an extension, or FHIRPath that selects the element from the resource.</param>
internal sealed record ExtensionContext(string Type, string Expression)
{
    private readonly Lazy<CompiledExpression> _compiled = new(() => RuleCompiler.Compile(Expression));

    /// <summary>Of fhirpath: the expression, compiled once.</summary>
    public CompiledExpression Compiled => _compiled.Value;
}
