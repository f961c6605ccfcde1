using System.Collections.Immutable;

namespace EHealthHub.Access.Consent;

/// <summary>One active Consent, as rules: its root provision and the exceptions to it, flattened. A provision holds what its parents say wherever it says nothing itself.</summary>
/// <param name="ConsentId">Logical id.</param>
/// <param name="Rules">The root first, then every nested provision. Empty for a consent that rules on nothing here (a security setting, say).</param>
public sealed record ConsentDirective(string ConsentId, ImmutableArray<ConsentRule> Rules);
