using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Reports;

/// <summary>An entry of kind Heads, and the file that holds what it states.</summary>
/// <param name="Index">Index of the entry.</param>
/// <param name="Leaf">The entry, sealed.</param>
/// <param name="Stated">What it states.</param>
/// <param name="File">The file.</param>
internal sealed record StatedHeads(long Index, byte[] Leaf, HeadsRoot Stated, HeadsFile File);

/// <summary>Finds heads in the files of a log that this or another process writes. What it opens stays open until the collector takes it.</summary>
internal sealed class HeadsReader(string logFolder, LogReader log, IEntryKey key)
{
    private readonly FolderReader _folder = new(logFolder);
    private readonly byte[] _prefix = LeafLayout.AssociatedPrefix(log.Origin);

    /// <summary>The newest heads whose entry the checkpoint covers; null when there are none.</summary>
    public StatedHeads? Newest(CancellationToken cancellationToken)
    {
        var end = log.CheckpointSize;
        foreach (var file in Files())
        {
            // The same heads are stated again while nothing changes: the last entry counts.
            StatedHeads? newest = null;
            foreach (var (index, leaf) in log.Leaves(file.Header.Size, end))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (LeafLayout.TryRead(leaf.Span, out var layout) && layout.Count == 0 && EntryEnvelope.OpenAccount(key, _prefix, leaf.Span)?.Heads is { } stated
                    && stated.Root.Span.SequenceEqual(file.Header.Root))
                {
                    newest = new StatedHeads(index, leaf.ToArray(), stated, file);
                }
            }

            if (newest is not null)
            {
                return newest;
            }

            end = Math.Min(end, file.Header.Size);
        }

        return null;
    }

    /// <summary>The heads as of the end of a log that has ended; null when the file is not there.</summary>
    public HeadsFile? AtEnd(LogEnd end)
    {
        foreach (var file in Files())
        {
            if (file.Header.Root.AsSpan().SequenceEqual(end.HeadsRoot.Span) && file.Header.Count == end.Patients)
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>A patient's head with everything that is durable: from the newest file, and from the entries behind what it covers.</summary>
    public Head? Find(BlindName name, CancellationToken cancellationToken)
    {
        // One that has just been written may cover more than this reader has taken notice of.
        var file = Files().First(newest => newest.Header.Size <= log.Size);
        var head = file.Find(name);
        var opened = ParallelSelect.Run(log.Leaves(file.Header.Size, log.Size), Open, cancellationToken);
        foreach (var (index, places) in opened)
        {
            foreach (var place in places)
            {
                if (place.Name == name)
                {
                    head = new Head(place.Sequence, index);
                }
            }
        }

        return head;
    }

    private (long Index, ImmutableArray<PatientPlace> Places) Open((long Index, ReadOnlyMemory<byte> Leaf) leaf) =>
        EntryEnvelope.TryPlaces(key, _prefix, leaf.Leaf.Span, out var places, out _) ? (leaf.Index, places) : throw new InvalidDataException($"{log.Origin}: entry {leaf.Index} cannot be opened.");

    /// <summary>The heads files, newest first, and behind them the heads of an empty log. One that the writer has deleted meanwhile is left out.</summary>
    private IEnumerable<HeadsFile> Files()
    {
        var names = _folder.List(LogFolder.Heads);
        for (var i = names.Count - 1; i >= 0; i--)
        {
            if (HeadsHeader.SizeOf(names[i]) is { } size && _folder.OpenSource($"{LogFolder.Heads}/{names[i]}") is { } source)
            {
                yield return HeadsFile.Open(source, log.Origin) is { } file && file.Header.Size == size ? file
                    : throw new InvalidDataException($"{log.Origin}: {LogFolder.Heads}/{names[i]} is damaged.");
            }
        }

        yield return HeadsFile.Empty;
    }
}
