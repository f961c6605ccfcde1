using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

public class CounterKdfTests
{
    [Fact]
    public void Derivation_equals_the_frameworks_for_every_length()
    {
        using var key = DataKey.Create(1);
        var context = RandomNumberGenerator.GetBytes(34);
        for (var length = 1; length <= 200; length++)
        {
            var ours = new byte[length];
            CounterKdf.Derive(key, "label"u8, context, ours);
            Assert.Equal(SP800108HmacCounterKdf.DeriveBytes(key.Bytes.ToArray(), HashAlgorithmName.SHA256, "label"u8.ToArray(), context, length), ours);
        }
    }

    [Fact]
    public void Threads_that_share_a_key_derive_right()
    {
        using var key = DataKey.Create(1);
        var expected = new byte[76];
        CounterKdf.Derive(key, "label"u8, "context"u8, expected);
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var ours = new byte[76];
            CounterKdf.Derive(key, "label"u8, "context"u8, ours);
            Assert.Equal(expected, ours);
        });
    }

    [Fact]
    public void A_disposed_key_derives_nothing()
    {
        var key = DataKey.Create(1);
        CounterKdf.Derive(key, "label"u8, [], new byte[32]);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => CounterKdf.Derive(key, "label"u8, [], new byte[32]));
    }
}
