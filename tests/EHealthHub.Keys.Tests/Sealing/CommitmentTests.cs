using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

/// <summary>
/// AES-GCM alone does not commit to its key: who chooses two keys can make one ciphertext that opens under both (partitioning oracles, a log entry with two meanings). This makes one, shows that GCM takes it, and that the sealer does not.
/// </summary>
public class CommitmentTests
{
    [Fact]
    public void A_ciphertext_made_to_open_under_two_keys_opens_under_one_at_most()
    {
        using var first = DataKey.Create(1);
        using var second = DataKey.Create(1);
        var salt = RandomNumberGenerator.GetBytes(32);
        byte[] header = [1, 1, 0, 0, 0, 1, 0];
        byte[] authenticated = [0, 0, 0, 7, .. header, 0, 0, 0, 0];
        var derivedFirst = Derive(first, salt);
        var derivedSecond = Derive(second, salt);

        var ciphertext = RandomNumberGenerator.GetBytes(64);
        var tag = Collide(derivedFirst, derivedSecond, authenticated, ciphertext);

        Assert.NotNull(PlainGcm(derivedFirst, authenticated, ciphertext, tag));
        Assert.NotNull(PlainGcm(derivedSecond, authenticated, ciphertext, tag));
        byte[] forFirst = [.. header, .. salt, .. derivedFirst.AsSpan(44), .. ciphertext, .. tag];
        byte[] forSecond = [.. header, .. salt, .. derivedSecond.AsSpan(44), .. ciphertext, .. tag];
        Assert.NotNull(SealerTests.Open(first, forFirst, []));
        Assert.Null(SealerTests.Open(second, forFirst, []));
        Assert.Null(SealerTests.Open(first, forSecond, []));
        Assert.NotNull(SealerTests.Open(second, forSecond, []));
    }

    /// <summary>Chooses the last ciphertext block so that both keys give the same tag: GHASH is linear in it.</summary>
    private static byte[] Collide(byte[] first, byte[] second, byte[] authenticated, byte[] ciphertext)
    {
        var last = ciphertext.AsSpan(ciphertext.Length - 16);
        last.Clear();
        var (h1, h2) = (HashKey(first), HashKey(second));
        var (t1, t2) = (Ghash(h1, authenticated, ciphertext) ^ Mask(first), Ghash(h2, authenticated, ciphertext) ^ Mask(second));
        var factor = Multiply(h1, h1) ^ Multiply(h2, h2);
        var block = Multiply(t1 ^ t2, Inverse(factor));
        BinaryPrimitives.WriteUInt128BigEndian(last, block);
        var tag = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(tag, Ghash(h1, authenticated, ciphertext) ^ Mask(first));
        return tag;
    }

    private static byte[] Derive(DataKey key, byte[] salt) => SP800108HmacCounterKdf.DeriveBytes(key.Bytes.ToArray(), HashAlgorithmName.SHA256, "EHealthHub sealing"u8.ToArray(), (byte[])[1, 1, .. salt], 76);

    private static byte[]? PlainGcm(byte[] derived, byte[] authenticated, byte[] ciphertext, byte[] tag)
    {
        using var gcm = new AesGcm(derived.AsSpan(0, 32), 16);
        var plaintext = new byte[ciphertext.Length];
        gcm.Decrypt(derived.AsSpan(32, 12), ciphertext, tag, plaintext, authenticated);
        return plaintext;
    }

    private static UInt128 HashKey(byte[] derived) => Encrypt(derived, new byte[16]);

    private static UInt128 Mask(byte[] derived) => Encrypt(derived, [.. derived.AsSpan(32, 12), 0, 0, 0, 1]);

    private static UInt128 Encrypt(byte[] derived, byte[] block)
    {
        using var aes = Aes.Create();
        aes.SetKey(derived.AsSpan(0, 32));
        return BinaryPrimitives.ReadUInt128BigEndian(aes.EncryptEcb(block, PaddingMode.None));
    }

    private static UInt128 Ghash(UInt128 h, byte[] authenticated, byte[] ciphertext)
    {
        var y = UInt128.Zero;
        foreach (var part in new[] { authenticated, ciphertext })
        {
            for (var at = 0; at < part.Length; at += 16)
            {
                var block = new byte[16];
                part.AsSpan(at, Math.Min(16, part.Length - at)).CopyTo(block);
                y = Multiply(y ^ BinaryPrimitives.ReadUInt128BigEndian(block), h);
            }
        }

        return Multiply(y ^ new UInt128((ulong)authenticated.Length * 8, (ulong)ciphertext.Length * 8), h);
    }

    private static UInt128 Multiply(UInt128 x, UInt128 y)
    {
        var z = UInt128.Zero;
        for (var bit = 127; bit >= 0; bit--)
        {
            if (((x >> bit) & 1) != 0)
            {
                z ^= y;
            }

            y = (y & 1) != 0 ? (y >> 1) ^ new UInt128(0xE100000000000000, 0) : y >> 1;
        }

        return z;
    }

    private static UInt128 Inverse(UInt128 x)
    {
        // x^(2^128 - 2)
        var result = UInt128.One << 127;
        for (var i = 0; i < 127; i++)
        {
            x = Multiply(x, x);
            result = Multiply(result, x);
        }

        return result;
    }
}
