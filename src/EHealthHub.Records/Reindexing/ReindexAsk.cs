using System.Security.Cryptography;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Reindexing;

/// <summary>Versions whose facts are to be extracted again, found without opening anything but names of compartments.</summary>
public sealed class ReindexAsk
{
    internal ReindexAsk(SearchGeneration generation, ReindexPosition next, bool isLast, IReadOnlyList<(CompartmentInfo Compartment, VersionRow Row)> places)
    {
        (Generation, Next, IsLast, Places) = (generation, next, isLast, places);
    }

    /// <summary>How many versions.</summary>
    public int Count => Places.Count;

    internal SearchGeneration Generation { get; }

    /// <summary>Where the next step begins.</summary>
    internal ReindexPosition Next { get; }

    /// <summary>True when there is nothing behind these.</summary>
    internal bool IsLast { get; }

    internal IReadOnlyList<(CompartmentInfo Compartment, VersionRow Row)> Places { get; }

    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("reindex/1");
        hash.Add(Generation.Number);
        hash.Add(Places.Count);
        foreach (var (_, row) in Places)
        {
            hash.Add(row.Key);
            hash.Add(row.Slot);
            hash.Add(row.Version);
            hash.Add(row.Hash);
        }

        return hash.Finish();
    }
}

/// <summary>Facts that were extracted again and sealed, not written yet.</summary>
public sealed class ReindexBatch
{
    internal ReindexBatch(SearchGeneration generation, ReindexPosition next, bool isLast, IReadOnlyList<ReindexedVersion> versions)
    {
        (Generation, Next, IsLast, Versions) = (generation, next, isLast, versions);
        var hashes = new byte[versions.Count * 2 * SHA256.HashSizeInBytes];
        for (var i = 0; i < versions.Count; i++)
        {
            versions[i].OldHash.CopyTo(hashes, i * 2 * SHA256.HashSizeInBytes);
            versions[i].NewHash.CopyTo(hashes, ((i * 2) + 1) * SHA256.HashSizeInBytes);
        }

        Hashes = hashes;
    }

    /// <summary>How many versions.</summary>
    public int Count => Versions.Count;

    /// <summary>SHA-256 of the sealed facts before and after, version by version: for the log.</summary>
    public ReadOnlyMemory<byte> Hashes { get; }

    internal SearchGeneration Generation { get; }

    internal ReindexPosition Next { get; }

    internal bool IsLast { get; }

    internal IReadOnlyList<ReindexedVersion> Versions { get; }

    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.StartLong("reindexed/1");
        hash.Add(Generation.Number);
        hash.Add(Hashes.Span);
        return hash.Finish();
    }
}

/// <summary>One version with its new facts and what changes in the index; holds only while the version is current and its facts are those that it was made from.</summary>
internal sealed record ReindexedVersion(long Key, int Slot, int Version, byte[] Hash, int FlagsBefore, int Flags, byte[] Facts, byte[] OldHash, byte[] NewHash)
{
    public IReadOnlyList<int> TokensAdded { get; init; } = [];

    public IReadOnlyList<int> TokensRemoved { get; init; } = [];

    public IReadOnlyList<UInt128> NationalAdded { get; init; } = [];

    public IReadOnlyList<UInt128> NationalRemoved { get; init; } = [];

    public IReadOnlyList<(long Patient, int Token)> LinksAdded { get; init; } = [];

    public IReadOnlyList<(long Patient, int Token)> LinksRemoved { get; init; } = [];
}
