using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

public class VectorTests
{
    [Fact]
    public void The_vectors_of_the_format_are_sealed_again_byte_for_byte()
    {
        var vectors = Vector.All();
        Assert.True(vectors.Count >= 4);
        Assert.All(vectors, v =>
        {
            using var key = new DataKey(v.Key, v.Epoch);
            var envelope = new byte[v.Plaintext.Length + Sealer.Overhead];
            Sealer.SealWithSalt(key, v.Plaintext, v.AssociatedData, v.Dictionary, v.Salt, envelope);
            Assert.Equal(Convert.ToHexStringLower(v.Envelope), Convert.ToHexStringLower(envelope));
        });
    }

    [Fact]
    public void The_vectors_of_the_format_open()
    {
        Assert.All(Vector.All(), v =>
        {
            using var key = new DataKey(v.Key, v.Epoch);
            Assert.Equal(v.Plaintext, SealerTests.Open(key, v.Envelope, v.AssociatedData));
            Assert.Equal(v.Dictionary, Sealer.DictionaryOf(v.Envelope));
        });
    }
}
