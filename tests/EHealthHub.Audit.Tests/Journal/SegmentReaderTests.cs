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
                if (to <= from)
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

    [Fact]
    public void Room_behind_the_last_group_is_a_torn_tail_and_hides_no_damage()
    {
        var (bytes, ends) = s_segment;
        byte[] roomy = [.. bytes, .. new byte[2_000]];
        Assert.Equal((3, SegmentStep.Torn, ""), Read(roomy));
        for (var at = SegmentHeader.Size; at < bytes.Length; at++)
        {
            var changed = (byte[])roomy.Clone();
            changed[at] ^= 0x10;
            Assert.Equal(SegmentStep.Damaged, Read(changed).Step);
        }

        for (var length = ends[1]; length < bytes.Length; length += 100)
        {
            // A write that was cut off at a sector, within the room.
            var torn = (byte[])roomy.Clone();
            torn.AsSpan(Math.Min(bytes.Length, Math.Max(ends[1], length / 512 * 512))).Clear();
            Assert.Equal((2, SegmentStep.Torn, ""), Read(torn));
        }
    }

    [Fact]
    public void A_group_whose_header_has_not_come_yet_is_torn_and_one_before_others_is_damaged()
    {
        var (bytes, ends) = s_segment;
        foreach (var (start, step) in new[] { (SegmentHeader.Size, SegmentStep.Damaged), (ends[0], SegmentStep.Damaged), (ends[1], SegmentStep.Torn) })
        {
            byte[] early = [.. bytes, .. new byte[100]];
            early.AsSpan(start, JournalGroup.HashAt).Clear();
            Assert.Equal(step, Read(early).Step);
        }
    }

    [Fact]
    public void Groups_in_room_do_not_lengthen_the_file_and_a_closed_segment_has_none()
    {
        var files = new FaultyFiles();
        var path = $"journal/{SegmentHeader.NameOf(0)}";
        int whole;
        using (var journal = new JournalWriter(files, Origin, [], 0, new byte[32], 1_000, 4_096))
        {
            journal.Start();
            journal.Append([Entry(300)]);
            var length = files.Read(path, int.MaxValue)!.Length;
            journal.Append([Entry(300)]);
            Assert.Equal(length, files.Read(path, int.MaxValue)!.Length);
            journal.Append([Entry(600)]);
            whole = Read(files.Read(path, int.MaxValue)!).Groups;
            journal.Append([Entry(5)]); // begins the next segment
            Assert.Equal((3, SegmentStep.End, ""), Read(files.Read(path, int.MaxValue)!));
        }

        Assert.Equal(3, whole);
        Assert.Equal((1, SegmentStep.End, ""), Read(files.Read($"journal/{SegmentHeader.NameOf(3)}", int.MaxValue)!));
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
        using var journal = new JournalWriter(files, Origin, [], 0, new byte[32], 1_000_000, 0);
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

    private static DraftLeaf Entry(int length)
    {
        var leaf = new DraftLeaf(System.Security.Cryptography.RandomNumberGenerator.GetBytes(length), [], [], isHeads: false);
        leaf.Finish();
        return leaf;
    }
}
