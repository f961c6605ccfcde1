using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

public class AttachedSealerTests
{
    private static readonly byte[] Anchor = SHA256.HashData("envelope"u8);
    private static readonly byte[] Associated = [1, 2, 3];
    private static readonly byte[] Plaintext = "facts of a record"u8.ToArray();

    [Fact]
    public void The_vector_of_the_format_is_sealed_again_byte_for_byte_and_opens()
    {
        var block = File.ReadAllText(Vector.FormatFile).Split("```attached\n")[1].Split("```")[0];
        var fields = block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(p => p[0].Trim(), p => p[1].Trim());
        byte[] Hex(string name) => Convert.FromHexString(fields[name]);
        using var key = new DataKey(Hex("key"), 1);
        var message = AttachedSealer.SealWithNonce(key, Hex("anchor"), Hex("plaintext"), Hex("associated"), 1, Hex("nonce"));
        Assert.Equal(fields["message"], Convert.ToHexStringLower(message));
        Assert.Equal(1, AttachedSealer.DictionaryOf(message));
        Assert.Equal(Hex("plaintext"), Open(key, Hex("anchor"), message, Hex("associated")));
    }

    [Fact]
    public void It_opens_with_its_key_anchor_and_associated_data_alone()
    {
        using var key = DataKey.Create(1);
        using var other = DataKey.Create(1);
        var message = AttachedSealer.Seal(key, Anchor, Plaintext, Associated, 7);
        Assert.Equal(Plaintext, Open(key, Anchor, message, Associated));
        Assert.Null(Open(other, Anchor, message, Associated));
        Assert.Null(Open(key, SHA256.HashData("another"u8), message, Associated));
        Assert.Null(Open(key, Anchor, message, [1, 2, 4]));
        Assert.Null(Open(key, Anchor, message, []));
        Assert.NotEqual(Convert.ToHexString(message), Convert.ToHexString(AttachedSealer.Seal(key, Anchor, Plaintext, Associated, 7)));
    }

    [Fact]
    public void No_bit_can_be_changed_nothing_cut_and_nothing_added()
    {
        using var key = DataKey.Create(1);
        var message = AttachedSealer.Seal(key, Anchor, Plaintext, Associated);
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Open(key, Anchor, message, Associated));
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < message.Length; length++)
        {
            Assert.Null(Open(key, Anchor, message[..length], Associated));
        }

        Assert.Null(Open(key, Anchor, [.. message, 0], Associated));
    }

    [Fact]
    public void An_envelope_is_no_attached_message_and_the_reverse()
    {
        using var key = DataKey.Create(1);
        var envelope = Sealer.Seal(key, Plaintext, Associated);
        Assert.Null(Open(key, SHA256.HashData(envelope), envelope, Associated));
        var message = AttachedSealer.Seal(key, Anchor, new byte[200], Associated, 1);
        Assert.False(Sealer.TryOpen(key, message, Associated, new byte[message.Length]));
    }

    private static byte[]? Open(DataKey key, byte[] anchor, byte[] message, byte[] associated)
    {
        var plaintext = new byte[Math.Max(0, message.Length - AttachedSealer.Overhead)];
        return AttachedSealer.TryOpen(key, anchor, message, associated, plaintext) ? plaintext : null;
    }
}
