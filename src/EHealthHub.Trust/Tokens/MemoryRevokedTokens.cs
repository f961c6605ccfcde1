using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>Tokens taken back, for one process: tests and tools. A hub keeps them where all gateways look.</summary>
public sealed class MemoryRevokedTokens : IRevokedTokens
{
    private const int EntriesMax = 100_000;

    private readonly Lock _turn = new();
    private readonly List<(byte[] Id, DateTimeOffset Until)> _added = [];

    /// <inheritdoc/>
    public bool TryAdd(ReadOnlySpan<byte> id, DateTimeOffset until)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(id.Length, Hash256.Size);
        lock (_turn)
        {
            if (_added.Count >= EntriesMax)
            {
                return false;
            }

            _added.Add((id.ToArray(), until));
            return true;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(byte[] Id, DateTimeOffset Until)> Since(ref long mark)
    {
        lock (_turn)
        {
            var added = _added.Skip((int)mark).ToList();
            mark = _added.Count;
            return added;
        }
    }
}
