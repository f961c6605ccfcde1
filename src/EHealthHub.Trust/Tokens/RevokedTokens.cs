using System.Collections.Frozen;
using System.Text;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// Which tokens and grants were taken back (RFC 7009), asked on every request and so a set in memory. What is taken back here holds at once; what another gateway took back, after the next <see cref="Refresh"/>, which the host calls every second.
/// </summary>
public sealed class RevokedTokens
{
    private readonly IRevokedTokens _shared;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private readonly Dictionary<Hash256, DateTimeOffset> _until = [];
    private FrozenSet<Hash256> _revoked = FrozenSet<Hash256>.Empty;
    private long _mark;

    /// <summary>Reads what was taken back so far.</summary>
    public RevokedTokens(IRevokedTokens shared, TimeProvider time)
    {
        _shared = shared;
        _time = time;
        Refresh();
    }

    /// <summary>Takes up what other gateways added, and drops what is over.</summary>
    public void Refresh()
    {
        lock (_turn)
        {
            var added = _shared.Since(ref _mark);
            foreach (var (id, until) in added)
            {
                _until[Hash256.Read(id)] = until;
            }

            var now = _time.GetUtcNow();
            var over = _until.Where(e => e.Value <= now).Select(e => e.Key).ToList();
            over.ForEach(id => _until.Remove(id));
            if (added.Count + over.Count > 0)
            {
                _revoked = _until.Keys.ToFrozenSet();
            }
        }
    }

    /// <summary>Takes a token or a grant back until a time by which all that bears its id is over anyway; false when it could not be written down.</summary>
    public bool TryRevoke(string id, DateTimeOffset until)
    {
        var key = KeyOf(id);
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        key.Write(bytes);
        if (!_shared.TryAdd(bytes, until))
        {
            return false;
        }

        lock (_turn)
        {
            _until[key] = until;
            _revoked = _until.Keys.ToFrozenSet();
        }

        return true;
    }

    /// <summary>True for what was taken back.</summary>
    public bool Contains(string id) => Contains(KeyOf(id));

    internal bool Contains(Hash256 key) => _revoked.Count > 0 && _revoked.Contains(key);

    internal static Hash256 KeyOf(string id) => Hash256.Of(Encoding.UTF8.GetBytes(id));
}
