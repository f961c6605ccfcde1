using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Wrapping;

public class PrfTests
{
    private static readonly DataKey Root = new(SHA256.HashData("root"u8), 1);

    [Fact]
    public void A_tag_is_the_hmac_that_the_documentation_describes()
    {
        using var prf = new Prf(Root, "token", "ctx"u8);
        var key = SP800108HmacCounterKdf.DeriveBytes(Root.Bytes.ToArray(), HashAlgorithmName.SHA256, "EHealthHub prf token"u8.ToArray(), "ctx"u8.ToArray(), 32);
        var expected = HMACSHA256.HashData(key, new byte[] { 2, 0, 0, 0, 2, (byte)'a', (byte)'b', 0, 0, 0, 1, (byte)'c' });
        var full = new byte[32];
        var half = new byte[16];
        prf.Tag(full, "ab"u8, "c"u8);
        prf.Tag(half, "ab"u8, "c"u8);
        Assert.Equal(expected, full);
        Assert.Equal(expected[..16], half);
    }

    [Fact]
    public void Parts_cannot_be_shifted_into_one_another()
    {
        using var prf = new Prf(Root, "token");
        var tags = new HashSet<string>();
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "abc"u8))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "abc"u8, []))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, [], "abc"u8))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "ab"u8, "c"u8))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "a"u8, "bc"u8))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "a"u8, "b"u8, "c"u8))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "a"u8, "b"u8, "c"u8, []))));
        Assert.True(tags.Add(Tag(t => prf.Tag(t, "a"u8, "b"u8, [], "c"u8))));
    }

    [Fact]
    public void Another_label_context_or_root_is_another_function()
    {
        using var other = new DataKey(SHA256.HashData("other"u8), 1);
        using var plain = new Prf(Root, "token");
        using var label = new Prf(Root, "token2");
        using var context = new Prf(Root, "token", "2"u8);
        using var root = new Prf(other, "token");
        var tags = new[] { plain, label, context, root }.Select(p => Tag(t => p.Tag(t, "a"u8))).ToHashSet();
        Assert.Equal(4, tags.Count);
    }

    [Fact]
    public void Long_inputs_work_and_the_bound_is_kept()
    {
        using var prf = new Prf(Root, "token", pooledMax: 1);
        var tag = new byte[32];
        prf.Tag(tag, new byte[Prf.InputMax - 5]);
        Assert.NotEqual(new byte[32], tag);
        Assert.Throws<ArgumentOutOfRangeException>(() => prf.Tag(tag, new byte[Prf.InputMax - 4]));
        Assert.Throws<ArgumentException>(() => prf.Tag(new byte[20], "a"u8));
    }

    [Fact]
    public void Threads_that_share_a_function_get_right_tags()
    {
        using var prf = new Prf(Root, "token", pooledMax: 2);
        var expected = Enumerable.Range(0, 100).Select(i => Tag(t => prf.Tag(t, Encoding.ASCII.GetBytes($"part {i}")))).ToArray();
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(expected[i % 100], Tag(t => prf.Tag(t, Encoding.ASCII.GetBytes($"part {i % 100}")))));
    }

    [Fact]
    public void A_disposed_function_computes_nothing()
    {
        var prf = new Prf(Root, "token");
        prf.Dispose();
        Assert.Throws<ObjectDisposedException>(() => prf.Tag(new byte[16], "a"u8));
    }

    [Fact]
    public void A_tag_allocates_nothing()
    {
        using var prf = new Prf(Root, "token");
        var tag = new byte[16];
        prf.Tag(tag, "warm"u8, "up"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            prf.Tag(tag, "Observation"u8, "code"u8, "http://loinc.org|8480-6"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Tag(Action<byte[]> compute)
    {
        var tag = new byte[32];
        compute(tag);
        return Convert.ToHexString(tag);
    }
}
