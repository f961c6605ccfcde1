using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tests.Log;

namespace EHealthHub.Audit.Tests.Journal;

public class SegmentReaderTests
{
    private const string Origin = "a/b";

    /// <summary>A segment of three groups, the second and third of 700 bytes and more; and where each ends.</summary>
    private static readonly (byte[] Bytes, int[] Ends) s_segment = Segment();

    [Fact]
    public void A_segment_cut_at_any_byte_yields_the_groups_before_the_cut_and_a_torn_tail()
    {
        var (bytes, ends) = s_segment;
        for (var length = SegmentHeader.Size; length <= bytes.Length; length++)
        {
            var (groups, step, _) = Read(bytes[..length]);
            Assert.Equal(ends.Count(end => end <= length), groups);
            Assert.Equal(length == SegmentHeader.Size || ends.Contains(length) ? SegmentStep.End : SegmentStep.Torn, step);
        }
    }

    [Fact]
    public void A_byte_that_changed_in_a_whole_segment_is_damage_and_never_a_torn_tail()
    {
        var (bytes, _) = s_segment;
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = (byte[])bytes.Clone();
                changed[at] ^= (byte)(1 << bit);
                if (at < SegmentHeader.Size)
                {
                    Assert.Null(SegmentHeader.Read(changed, Origin));
                }
                else
                {
                    Assert.Equal(SegmentStep.Damaged, Read(changed).Step);
                }
            }
        }
    }

    [Fact]
    public void A_sector_that_was_never_written_makes_the_last_group_torn_and_an_earlier_one_damaged()
    {
        var (bytes, ends) = s_segment;
        for (var sector = 0; sector < bytes.Length; sector += 512)
        {
            // What shares the sector and was durable before is not lost.
            foreach (var (start, end, last) in new[] { (SegmentHeader.Size, ends[0], false), (ends[0], ends[1], false), (ends[1], ends[2], true) })
            {
                var (from, to) = (Math.Max(sector, start), Math.Min(sector + 512, end));
                if (to - from < 8)
                {
                    continue;
                }

                var changed = (byte[])bytes.Clone();
                changed.AsSpan(from, to - from).Clear();
                Assert.Equal(last ? SegmentStep.Torn : SegmentStep.Damaged, Read(changed).Step);
            }
        }
    }

    [Fact]
    public void Groups_that_change_places_or_come_from_another_history_are_damage()
    {
        var (bytes, ends) = s_segment;
        Assert.Equal(SegmentStep.Damaged, Read([.. bytes[..SegmentHeader.Size], .. bytes[ends[0]..ends[1]], .. bytes[SegmentHeader.Size..ends[0]], .. bytes[ends[1]..]]).Step);
        Assert.Equal(SegmentStep.Damaged, Read([.. bytes[..ends[0]], .. bytes[ends[1]..]]).Step);
        var other = Segment().Bytes;
        Assert.Equal(SegmentStep.Damaged, Read([.. bytes[..ends[1]], .. other[ends[1]..]]).Step);
    }

    [Fact]
    public void A_header_of_another_log_is_refused_and_the_checksum_is_crc_32c()
    {
        Assert.NotNull(SegmentHeader.Read(s_segment.Bytes, Origin));
        Assert.Null(SegmentHeader.Read(s_segment.Bytes, "a/c"));
        Assert.Null(SegmentHeader.Read(s_segment.Bytes.AsSpan(0, SegmentHeader.Size - 1), Origin));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
    }

    private static (int Groups, SegmentStep Step, string Problem) Read(byte[] segment)
    {
        var reader = new SegmentReader(segment, SegmentHeader.Read(segment, Origin)!);
        var groups = 0;
        SegmentStep step;
        while ((step = reader.Next()) == SegmentStep.Group)
        {
            groups++;
        }

        return (groups, step, reader.Problem);
    }

    private static (byte[] Bytes, int[] Ends) Segment()
    {
        var files = new FaultyFiles();
        using var journal = new JournalWriter(files, Origin, [], 0, new byte[32], 1_000_000);
        journal.Start();
        var path = $"journal/{SegmentHeader.NameOf(0)}";
        var ends = new List<int>();
        foreach (var lengths in new int[][] { [5, 40], [700], [3, 1_500, 20] })
        {
            journal.Append([.. lengths.Select(Entry)]);
            ends.Add(files.Read(path, int.MaxValue)!.Length);
        }

        return (files.Read(path, int.MaxValue)!, [.. ends]);
    }

    private static WaitingRecord Entry(int length)
    {
        var leaf = System.Security.Cryptography.RandomNumberGenerator.GetBytes(length);
        return new WaitingRecord(leaf, Proofs.NaiveTree.LeafHash(leaf));
    }
}
