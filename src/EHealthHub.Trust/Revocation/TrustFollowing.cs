using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Revocation;

/// <summary>
/// Keeps the revocation service on what the registry says: the sources of its trust list, and the certificates of its institutions, which are asked about ahead. A host calls <see cref="Step"/> every second; nearly always that is two
/// comparisons.
/// </summary>
public sealed class TrustFollowing(IRegistry registry, CertificateGate gate, RevocationService revocation, ImmutableArray<RevocationSource> otherwise, TimeProvider time)
{
    // An anchor may have come into force since, or a certificate's chain may stand again.
    private static readonly TimeSpan PrefetchAgain = TimeSpan.FromMinutes(1);

    private TrustList? _trust;
    private long _revision = -1;
    private DateTimeOffset _prefetched;

    /// <summary>The sources that hold under a registry: those of its trust list, or <paramref name="otherwise"/> where it has none.</summary>
    public static ImmutableArray<RevocationSource> SourcesOf(RegistrySnapshot registry, ImmutableArray<RevocationSource> otherwise) => registry.Trust?.Sources() ?? otherwise;

    /// <summary>Follows the registry in force now. Completes when certificates that are newly registered were asked about once.</summary>
    public Task Step()
    {
        var current = registry.Current;
        if (_revision < 0 || !ReferenceEquals(current.Trust, _trust))
        {
            revocation.Follow(SourcesOf(current, otherwise));
            _trust = current.Trust;
            _revision = -1;
        }

        var now = time.GetUtcNow();
        if (current.Revision == _revision && now - _prefetched < PrefetchAgain)
        {
            return Task.CompletedTask;
        }

        _revision = current.Revision;
        _prefetched = now;
        return revocation.Prefetch(PathsOf(current, now));
    }

    private List<CertificateId> PathsOf(RegistrySnapshot current, DateTimeOffset now)
    {
        var ids = new List<CertificateId>();
        foreach (var registered in current.Institutions.SelectMany(i => i.Certificates))
        {
            if (registered.IsCurrent(now) && registered.Load() is { } certificate)
            {
                using (certificate)
                {
                    ids.AddRange(gate.PathOf(certificate));
                }
            }
        }

        return ids;
    }
}
