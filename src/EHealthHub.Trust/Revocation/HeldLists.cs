using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>The revocation lists in force, one for each authority. Reads take no lock; a list is never replaced by an older one.</summary>
internal sealed class HeldLists(int graceSeconds)
{
    private readonly Lock _replace = new();
    private volatile Dictionary<Hash256, RevocationList> _lists = [];

    internal RevocationList? Of(Hash256 issuer) => _lists.GetValueOrDefault(issuer);

    /// <summary>False for a list older than the one in force: it would un-revoke.</summary>
    internal bool TryPut(RevocationList list)
    {
        lock (_replace)
        {
            if (_lists.TryGetValue(list.Issuer, out var current) && list.IsOlderThan(current))
            {
                return false;
            }

            _lists = new Dictionary<Hash256, RevocationList>(_lists) { [list.Issuer] = list };
            return true;
        }
    }

    /// <summary>Drops the lists of authorities that are not followed any more.</summary>
    internal void Keep(IReadOnlySet<Hash256> issuers)
    {
        lock (_replace)
        {
            _lists = _lists.Where(l => issuers.Contains(l.Key)).ToDictionary();
        }
    }

    internal DateTimeOffset GoodUntil(RevocationList list) => list.NextUpdate.AddSeconds(graceSeconds);

    /// <summary>Revoked by the list in force; None when a list that still counts does not name it; unknown otherwise. A certificate once on a list stays revoked when the list grows stale.</summary>
    internal TrustReason Check(in CertificateId id, long now) =>
        !_lists.TryGetValue(id.Issuer, out var list) ? TrustReason.RevocationUnknown
        : list.Contains(id.Serial) ? TrustReason.Revoked
        : now < GoodUntil(list).UtcTicks ? TrustReason.None
        : TrustReason.RevocationUnknown;

    internal RevocationStanding? Standing(Hash256 issuer) =>
        _lists.TryGetValue(issuer, out var list) ? new RevocationStanding(RevocationKind.List, list.ThisUpdate, GoodUntil(list)) : null;

    internal bool VouchFor(Hash256 issuer, X509Certificate2 certificate, long now) =>
        SerialNumber.TryRead(certificate.SerialNumberBytes.Span, out var serial) && Check(new CertificateId(issuer, serial), now) == TrustReason.None;
}
