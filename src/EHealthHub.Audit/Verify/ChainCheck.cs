using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>Opens every entry of a log with its audit key, on all cores, and follows the chains of all patients.</summary>
internal static class ChainCheck
{
    public static void Run(string folder, IEntryKey key, ProblemList problems, CancellationToken cancellationToken)
    {
        LogReader reader;
        try
        {
            reader = LogReader.Open(folder);
        }
        catch (InvalidDataException)
        {
            // Found already, and said more exactly.
            return;
        }

        var (chains, prefix) = (new PatientChains(key), LeafLayout.AssociatedPrefix(reader.Origin));
        try
        {
            var opened = ParallelSelect.Run(
                reader.Leaves(0, reader.Size), leaf => (leaf.Index, IsOld: LeafLayout.IsOfEarlierBuild(leaf.Leaf.Span), Entry: EntryEnvelope.Open(key, prefix, leaf.Leaf.Span)), cancellationToken);
            foreach (var (index, isOld, entry) in opened)
            {
                var problem = entry is not null ? chains.Add(entry)
                    : isOld ? "The entry was written by an earlier build, whose entries had no parts (format 1)."
                    : "The entry cannot be opened with the log's audit key.";
                if (problem is not null)
                {
                    problems.Add(BundleOf(index), index, problem);
                }

                if (entry is null)
                {
                    // What follows cannot be told from here on.
                    return;
                }
            }
        }
        catch (InvalidDataException)
        {
            // Found already by those who look at the files.
            return;
        }

        if (chains.CheckLast() is { } last)
        {
            problems.Add(BundleOf(last.Index), last.Index, last.Problem);
        }
    }

    private static string BundleOf(long index) => new TilePath(TilePath.Entries, index / TilePath.Full, TilePath.Full).ToString();
}
