using System.Collections.Immutable;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>References of a transaction that get their meaning from the Bundle or the store (R4 3.1.0.11.2).</summary>
/// <param name="Conditional">Conditional references as written, with their meaning.</param>
/// <param name="Relative">Relative references as written that name an entry of the same Bundle (R4 2.36.4.1), with that entry's fullUrl.</param>
internal sealed record LinksToResolve(IReadOnlyDictionary<string, Condition> Conditional, IReadOnlyDictionary<string, string> Relative)
{
    /// <summary>For a resource that stands alone, and for the entries of a batch.</summary>
    public static LinksToResolve None { get; } = new(ImmutableDictionary<string, Condition>.Empty, ImmutableDictionary<string, string>.Empty);
}
