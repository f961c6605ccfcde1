using System.Collections.Immutable;

namespace EHealthHub.Access.Payment;

/// <summary>A contract of insurance, from a Coverage that is active.</summary>
/// <param name="CoverageId">Logical id.</param>
/// <param name="Insurer">Registered id of the insurer (<c>payor</c>).</param>
/// <param name="From">Begin, inclusive; null covers nothing.</param>
/// <param name="Until">End, exclusive; null while it runs.</param>
public sealed record CoverageFacts(string CoverageId, string Insurer, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>What was billed to whom, from a Claim that is active: with it goes what it rests on.</summary>
/// <param name="ClaimId">Logical id.</param>
/// <param name="Insurer">Registered id of the insurer (<c>Claim.insurer</c>).</param>
/// <param name="References">Literal references to the resources that it needs, as <c>Type/id</c>: supporting information, diagnoses, procedures, encounters, prescriptions.</param>
public sealed record ClaimFacts(string ClaimId, string Insurer, ImmutableArray<string> References);
