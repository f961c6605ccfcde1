namespace EHealthHub.Records.Store;

/// <summary>
/// What a condition was decided on: the counters of the compartments that were looked into, the bearers of the national tokens that were asked for, or the head of the whole store. A commit that carries it holds only while all of that
/// still stands, so that nobody writes on a condition that another writer has changed meanwhile. Opaque outside this room.
/// </summary>
public sealed class DecidedOn
{
    /// <summary>Compartments by handle, with the counter of each; -1 for one that did not exist.</summary>
    internal IReadOnlyList<(UInt128 Handle, long Counter)> Compartments { get; init; } = [];

    /// <summary>National tokens with their bearers, in order, at most as many as were asked for.</summary>
    internal IReadOnlyList<(UInt128 Token, (long Key, int Slot)[] Places, int CountMax)> Tokens { get; init; } = [];

    /// <summary>Slots, with the version that was their newest.</summary>
    internal IReadOnlyList<(long Key, int Slot, int Version)> Heads { get; init; } = [];

    /// <summary>The store's last commit, where nothing less tells that nothing changed; -1 where it does not matter.</summary>
    internal long Sequence { get; init; } = -1;

    internal void AddTo(AskHash hash)
    {
        hash.Add(Sequence);
        hash.Add(Compartments.Count);
        foreach (var (handle, counter) in Compartments)
        {
            hash.Add((long)(ulong)(handle >> 64));
            hash.Add((long)(ulong)handle);
            hash.Add(counter);
        }

        hash.Add(Heads.Count);
        foreach (var (key, slot, version) in Heads)
        {
            hash.Add(key);
            hash.Add(slot);
            hash.Add(version);
        }

        hash.Add(Tokens.Count);
        foreach (var (token, places, countMax) in Tokens)
        {
            hash.Add((long)(ulong)(token >> 64));
            hash.Add((long)(ulong)token);
            hash.Add(countMax);
            hash.Add(places.Length);
            foreach (var (key, slot) in places)
            {
                hash.Add(key);
                hash.Add(slot);
            }
        }
    }
}
