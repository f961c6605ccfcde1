using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

public sealed class AskHashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(200_000)]
    public void An_ask_is_the_hash_of_its_fields_each_after_its_length(int size)
    {
        var body = RandomNumberGenerator.GetBytes(size);
        byte[] expected = SHA256.HashData([.. Number(4), .. "x/1\u0001"u8, .. Number(size), .. body, .. Number(-1), .. Number(2), .. "ö"u8, .. Number(7), .. Number(size), .. body]);
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(expected, Fill(AskHash.Start("x/1\u0001"), body));
            Assert.Equal(expected, Fill(AskHash.StartLong("x/1\u0001"), body));
        }
    }

    [Fact]
    public void Two_asks_at_the_same_time_do_not_mix()
    {
        var first = AskHash.Start("a");
        var second = AskHash.Start("b");
        first.Add("1");
        second.Add("2");
        var (a, b) = (first.Finish(), second.Finish());
        Assert.Equal(SHA256.HashData([.. Number(1), .. "a"u8, .. Number(1), .. "1"u8]), a);
        Assert.Equal(SHA256.HashData([.. Number(1), .. "b"u8, .. Number(1), .. "2"u8]), b);
    }

    private static byte[] Fill(AskHash hash, byte[] body)
    {
        hash.Add(body);
        hash.Add((string?)null);
        hash.Add("ö");
        hash.Add(7);
        hash.Add(body);
        return hash.Finish();
    }

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }
}
