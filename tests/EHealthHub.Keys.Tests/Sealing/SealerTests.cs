using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

public class SealerTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("""{"resourceType":"Patient","id":"1"}""");
    private static readonly byte[] Place = [1, 2, 3, 4];

    [Fact]
    public void What_was_sealed_opens_again()
    {
        using var key = DataKey.Create(7);
        foreach (var length in new[] { 0, 1, 15, 16, 17, 4_096, 100_000 })
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            var envelope = Sealer.Seal(key, plaintext, Place, 3);
            Assert.Equal(length + Sealer.Overhead, envelope.Length);
            Assert.Equal(7, Sealer.EpochOf(envelope));
            Assert.Equal(3, Sealer.DictionaryOf(envelope));
            Assert.Equal(plaintext, Open(key, envelope, Place));
        }
    }

    [Fact]
    public void Associated_data_longer_than_the_stack_buffer_is_bound_too()
    {
        using var key = DataKey.Create(1);
        var place = RandomNumberGenerator.GetBytes(Sealer.AssociatedDataMax);
        var envelope = Sealer.Seal(key, Text, place);
        Assert.Equal(Text, Open(key, envelope, place));
        place[^1] ^= 1;
        Assert.Null(Open(key, envelope, place));
    }

    [Fact]
    public void Every_flipped_bit_is_refused_and_releases_nothing()
    {
        using var key = DataKey.Create(1);
        var envelope = Sealer.Seal(key, Text, Place);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
            var plaintext = new byte[Text.Length];
            Assert.False(Sealer.TryOpen(key, envelope, Place, plaintext));
            Assert.Equal(new byte[Text.Length], plaintext);
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(Text, Open(key, envelope, Place));
    }

    [Fact]
    public void Every_truncation_and_any_extension_is_refused()
    {
        using var key = DataKey.Create(1);
        var envelope = Sealer.Seal(key, Text, Place);
        var plaintext = new byte[Text.Length + 1];
        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.False(Sealer.TryOpen(key, envelope.AsSpan(0, length), Place, plaintext));
            Assert.False(Sealer.TryOpen(key, envelope.AsSpan(envelope.Length - length), Place, plaintext));
        }

        Assert.False(Sealer.TryOpen(key, [.. envelope, 0], Place, plaintext));
        Assert.False(Sealer.TryOpen(key, [0, .. envelope], Place, plaintext));
    }

    [Fact]
    public void Other_associated_data_is_refused()
    {
        using var key = DataKey.Create(1);
        var envelope = Sealer.Seal(key, Text, Place);
        foreach (var other in new byte[][] { [], [1, 2, 3], [1, 2, 3, 5], [1, 2, 3, 4, 0], [0, 1, 2, 3, 4] })
        {
            Assert.Null(Open(key, envelope, other));
        }
    }

    [Fact]
    public void Another_key_or_another_epoch_of_the_same_key_is_refused()
    {
        using var key = DataKey.Create(1);
        using var other = DataKey.Create(1);
        using var sameBytesNextEpoch = new DataKey(key.Bytes, 2);
        var envelope = Sealer.Seal(key, Text, Place);
        Assert.Null(Open(other, envelope, Place));
        Assert.Null(Open(sameBytesNextEpoch, envelope, Place));
    }

    [Fact]
    public void Unknown_formats_suites_and_epochs_have_no_epoch()
    {
        using var key = DataKey.Create(1);
        var envelope = Sealer.Seal(key, Text, Place);
        Assert.Equal(-1, Sealer.EpochOf([]));
        Assert.Equal(-1, Sealer.EpochOf(envelope.AsSpan(0, Sealer.Overhead - 1)));
        foreach (var (at, value) in new[] { (0, 0), (0, 2), (1, 0), (1, 2), (2, 0x80), (5, 0) })
        {
            var changed = envelope.ToArray();
            changed[at] = (byte)value;
            Assert.Equal(-1, Sealer.EpochOf(changed));
            Assert.Equal(0, Sealer.DictionaryOf(changed));
            Assert.Null(Open(key, changed, Place));
        }
    }

    [Fact]
    public void Salts_are_fresh_for_every_message()
    {
        using var key = DataKey.Create(1);
        var salts = new HashSet<string>();
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(salts.Add(Convert.ToHexString(Sealer.Seal(key, [], []).AsSpan(7, 32))));
        }
    }

    [Fact]
    public void Bounds_are_kept()
    {
        using var key = DataKey.Create(1);
        using var noEpoch = DataKey.Create(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sealer.Seal(key, [], new byte[Sealer.AssociatedDataMax + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sealer.Seal(key, new byte[Sealer.PlaintextMax + 1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sealer.Seal(noEpoch, [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sealer.TryOpen(key, Sealer.Seal(key, Text, []), [], new byte[Text.Length - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sealer.Seal(key, Text, [], 0, new byte[Text.Length]));
    }

    internal static byte[]? Open(DataKey key, byte[] envelope, byte[] associatedData)
    {
        var plaintext = new byte[Math.Max(0, envelope.Length - Sealer.Overhead)];
        return Sealer.TryOpen(key, envelope, associatedData, plaintext) ? plaintext : null;
    }
}
