using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Tests.Store;

namespace EHealthHub.Records.Tests.Sealing;

/// <summary>One chunk: it opens where it was sealed, as what it was sealed, and nowhere else.</summary>
public sealed class ContentSealTests : IDisposable
{
    private static readonly ContentPlace Place = new(StoreFixture.Hub.Id, 17, 18);
    private readonly DataKey _key = DataKey.Create(1);
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(ContentSeal.Padded(100));

    public void Dispose() => _key.Dispose();

    [Fact]
    public void No_bit_of_a_chunk_can_be_changed_nothing_cut_and_nothing_added()
    {
        var chunk = Seal(3, last: false);
        Assert.Equal(_content, Open(Place, 3, false, chunk));
        for (var bit = 0; bit < chunk.Length * 8; bit++)
        {
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Open(Place, 3, false, chunk));
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < chunk.Length; length++)
        {
            Assert.Null(Open(Place, 3, false, chunk[..length]));
        }

        Assert.Null(Open(Place, 3, false, [.. chunk, 0]));
    }

    [Fact]
    public void It_opens_neither_as_another_chunk_nor_as_the_last_one_nor_of_another_content_compartment_or_hub()
    {
        var chunk = Seal(3, last: false);
        Assert.Null(Open(Place, 2, false, chunk));
        Assert.Null(Open(Place, 4, false, chunk));
        Assert.Null(Open(Place, 3, true, chunk));
        Assert.Null(Open(Place with { Content = 19 }, 3, false, chunk));
        Assert.Null(Open(Place with { Compartment = 16 }, 3, false, chunk));
        Assert.Null(Open(Place with { Hub = Guid.Parse("00000000-0000-4000-8000-000000000001") }, 3, false, chunk));
        Assert.Null(Open(Place, 3, false, Seal(3, last: true)));
        using var other = DataKey.Create(1);
        Assert.False(ContentSeal.TryOpen(other, Place, 3, false, chunk, new byte[_content.Length]));
    }

    [Fact]
    public void A_refused_chunk_leaves_nothing_of_its_content_in_the_buffer()
    {
        var chunk = Seal(0, last: true);
        chunk[^20] ^= 1;
        var to = new byte[_content.Length];
        Assert.False(ContentSeal.TryOpen(_key, Place, 0, true, chunk, to));
        Assert.All(to, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_descriptor_is_read_as_it_was_written_and_nonsense_is_refused()
    {
        var written = new ContentDescriptor(99, 2, ContentSeal.ChunkBytes + 1L, RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var bytes = written.Write();
        var read = ContentDescriptor.Read(bytes)!;
        Assert.Equal((written.Id, written.Epoch, written.Length, 2, 1), (read.Id, read.Epoch, read.Length, read.Chunks, read.BytesIn(1)));
        Assert.Equal(bytes, read.Write());
        Assert.Null(ContentDescriptor.Read(bytes.AsSpan(1)));
        bytes[20] = 0x80;
        Assert.Null(ContentDescriptor.Read(bytes));
        Assert.Null(ContentDescriptor.Read(new byte[ContentDescriptor.Size]));
    }

    private byte[] Seal(int number, bool last)
    {
        var chunk = new byte[_content.Length + Sealer.Overhead];
        ContentSeal.Seal(_key, Place, number, last, _content, chunk);
        return chunk;
    }

    private byte[]? Open(ContentPlace place, int number, bool last, byte[] chunk)
    {
        var to = new byte[Math.Max(0, chunk.Length - Sealer.Overhead)];
        return ContentSeal.TryOpen(_key, place, number, last, chunk, to) ? to : null;
    }
}
