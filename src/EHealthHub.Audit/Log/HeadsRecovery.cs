using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>What a start found of the heads.</summary>
/// <param name="Table">Heads file and what has changed since.</param>
/// <param name="Stated">What the last entry of kind Heads states; null without one at hand.</param>
/// <param name="OldestUncovered">When the oldest entry that the file does not cover was made; null when there is none.</param>
internal sealed record FoundHeads(HeadTable Table, HeadsRoot? Stated, DateTimeOffset? OldestUncovered);

/// <summary>
/// Finds the head of every patient again: from the newest heads file, and from the leaves behind what it covers. A heads file that is damaged, or that covers more than the log has, throws <see cref="InvalidDataException"/>. Without a
/// file all leaves are read.
/// </summary>
internal sealed class HeadsRecovery(ILogFiles files, string origin, LeafTail tail, IEntryKey key)
{
    private readonly byte[] _prefix = LeafLayout.AssociatedPrefix(origin);

    public FoundHeads Run()
    {
        var file = NewestFile();
        var changes = new Dictionary<BlindName, Head>();
        var headsIndex = file.Header.HeadsIndex;
        HeadsRoot? stated = null;
        DateTimeOffset? oldest = null;
        var index = file.Header.Size;
        foreach (var leaf in ParallelSelect.Run(Leaves(index), Open, CancellationToken.None))
        {
            if (leaf.Problem is { } problem)
            {
                throw new InvalidDataException($"{origin}: entry {index} {problem}");
            }

            oldest ??= EntryEnvelope.OpenAccount(key, _prefix, leaf.Bytes)?.Time;
            foreach (var place in leaf.Places)
            {
                changes[place.Name] = new Head(place.Sequence, index);
            }

            if (leaf.Heads is not null)
            {
                (headsIndex, stated) = (index, leaf.Heads);
            }

            index++;
        }

        return new FoundHeads(new HeadTable(file, changes, index, headsIndex), stated, oldest);
    }

    private HeadsFile NewestFile()
    {
        if (files.List(LogFolder.Heads) is not [.., var name])
        {
            return HeadsFile.Empty;
        }

        var path = $"{LogFolder.Heads}/{name}";
        var file = HeadsHeader.SizeOf(name) is { } size && files.OpenSource(path) is { } source && HeadsFile.Open(source, origin) is { } opened && opened.Header.Size == size
            ? opened
            : throw new InvalidDataException($"{origin}: {path} is not a heads file of this log. Once it is deleted, the heads are found again from the entries.");
        return file.Check() is { } problem ? throw new InvalidDataException($"{origin}: {path}: {problem} Once it is deleted, the heads are found again from the entries.")
            : file.Header.Size > tail.End ? throw new InvalidDataException($"{origin}: {path} covers {file.Header.Size} entries; the log has {tail.End}.")
            : file;
    }

    private IEnumerable<byte[]> Leaves(long from)
    {
        var (start, held) = tail.From(from);

        // What the tail does not hold is in full bundles.
        for (var index = from; index < start;)
        {
            var bundle = new TilePath(TilePath.Entries, index / TilePath.Full, TilePath.Full);
            var entries = TileReading.Entries(bundle, files.Read) ?? throw new InvalidDataException($"{origin}: {bundle} is missing or damaged.");
            for (var i = (int)(index % TilePath.Full); i < TilePath.Full; i++, index++)
            {
                yield return entries[i];
            }
        }

        foreach (var leaf in held)
        {
            yield return leaf.Bytes;
        }
    }

    private OpenedLeaf Open(byte[] leaf) =>
        EntryEnvelope.TryPlaces(key, _prefix, leaf, out var places, out var heads) ? new OpenedLeaf(leaf, places, heads, null)
        : new OpenedLeaf(leaf, [], null, LeafLayout.IsOfEarlierBuild(leaf) ? "was written by an earlier build, whose entries had no parts (format 1). This build begins a new log." : "cannot be opened.");

    private readonly record struct OpenedLeaf(byte[] Bytes, ImmutableArray<PatientPlace> Places, HeadsRoot? Heads, string? Problem);
}
