using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// What every submission must satisfy: R4's structure, cardinality, types, primitive formats, choice types, required bindings and reference targets, the hub's rules for national ids, and the profiles named in <c>meta.profile</c>
/// that the hub holds. Tables are compiled once per type from the SDK's class metadata. Thread-safe.
/// </summary>
public sealed class Validator
{
    /// <summary>Issues of severity error make the submission 422; an empty list means valid. <paramref name="path"/> is the prefix of every expression, for example <c>Bundle.entry[3].resource</c>; null for the resource's own type.</summary>
    public ImmutableArray<Issue> Validate(FhirResource resource, FhirLimits limits, string? path = null) => throw new NotSupportedException("under construction");
}
