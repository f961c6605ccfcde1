using System.Security.Cryptography;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using NSec.Cryptography;

namespace EHealthHub.Keys.Tests.Development;

public sealed class DerivedVaultTests : IDisposable
{
    private static readonly byte[] Root = SHA256.HashData("root"u8);
    private static readonly Guid Hub = Guid.Parse("01989f3e-0000-7000-8000-000000000001");
    private readonly DerivedVault _vault = new(Root, Hub);

    public void Dispose() => _vault.Dispose();

    [Fact]
    public void A_wrapped_key_comes_back_with_its_epoch()
    {
        using var key = DataKey.Create(3);
        using var back = _vault.Unwrap("kek/06/1", _vault.Wrap("kek/06/1", key, "handle"u8), "handle"u8, 3);
        Assert.NotNull(back);
        Assert.Equal(key.Bytes.ToArray(), back.Bytes.ToArray());
        Assert.Equal(3, back.Epoch);
    }

    [Fact]
    public void Another_name_epoch_or_associated_data_unwraps_nothing()
    {
        using var key = DataKey.Create(3);
        var wrapped = _vault.Wrap("kek/06/1", key, "handle"u8);
        Assert.Null(_vault.Unwrap("kek/06/2", wrapped, "handle"u8, 3));
        Assert.Null(_vault.Unwrap("kek/06/1", wrapped, "handle"u8, 4));
        Assert.Null(_vault.Unwrap("kek/06/1", wrapped, "handl"u8, 3));
        Assert.Null(_vault.Unwrap("kek/06/1", wrapped, [], 3));
    }

    [Fact]
    public void Every_flipped_bit_and_every_other_length_of_a_wrapped_key_is_refused()
    {
        using var key = DataKey.Create(1);
        var wrapped = _vault.Wrap("kek/06/1", key, []);
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var changed = wrapped.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_vault.Unwrap("kek/06/1", changed, [], 1));
        }

        for (var length = 0; length < wrapped.Length; length++)
        {
            Assert.Null(_vault.Unwrap("kek/06/1", wrapped.AsSpan(0, length), [], 1));
        }

        Assert.Null(_vault.Unwrap("kek/06/1", [.. wrapped, 0], [], 1));
    }

    [Fact]
    public void Names_purposes_and_hubs_have_keys_of_their_own()
    {
        using var otherHub = new DerivedVault(Root, Guid.Parse("01989f3e-0000-7000-8000-000000000002"));
        using var a = _vault.Derive("audit/2026H1");
        using var b = _vault.Derive("audit/2026H2");
        using var c = otherHub.Derive("audit/2026H1");
        Assert.Equal(3, new[] { a, b, c }.Select(k => Convert.ToHexString(k.Bytes)).Distinct().Count());
        using var key = DataKey.Create(1);
        Assert.Null(otherHub.Unwrap("kek/06/1", _vault.Wrap("kek/06/1", key, []), [], 1));
    }

    [Fact]
    public void Ed25519_signatures_verify_with_the_public_key_of_the_name()
    {
        var publicKey = PublicKey.Import(SignatureAlgorithm.Ed25519, _vault.PublicKeyEd25519("sign/checkpoint"), KeyBlobFormat.RawPublicKey);
        var signature = _vault.SignEd25519("sign/checkpoint", "note"u8);
        Assert.True(SignatureAlgorithm.Ed25519.Verify(publicKey, "note"u8, signature));
        Assert.False(SignatureAlgorithm.Ed25519.Verify(publicKey, "nota"u8, signature));
        Assert.False(SignatureAlgorithm.Ed25519.Verify(publicKey, "note"u8, _vault.SignEd25519("sign/other", "note"u8)));
    }

    [Fact]
    public void Es256_signatures_verify_with_the_public_key_of_the_name()
    {
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(_vault.PublicKeyEs256("sign/token"), out _);
        var signature = _vault.SignEs256("sign/token", "header.payload"u8);
        Assert.Equal(64, signature.Length);
        Assert.True(publicKey.VerifyData("header.payload"u8, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.False(publicKey.VerifyData("header.payloae"u8, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public void Private_keys_of_P256_lie_in_range_at_both_ends()
    {
        using var lowest = P256.FromRandom(new byte[P256.RandomSize]);
        var one = lowest.ExportParameters(true);
        Assert.Equal([.. new byte[31], 1], one.D!);
        Assert.StartsWith("6B17D1F2E12C4247", Convert.ToHexString(one.Q.X!), StringComparison.Ordinal);
        using var highest = P256.FromRandom(Enumerable.Repeat((byte)255, P256.RandomSize).ToArray());
        Assert.Equal(64, highest.SignData("x"u8, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation).Length);
    }

    [Fact]
    public void Threads_may_share_a_vault()
    {
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(_vault.PublicKeyEs256("sign/token"), out _);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var key = DataKey.Create(1);
            using var back = _vault.Unwrap($"kek/{i % 5}", _vault.Wrap($"kek/{i % 5}", key, []), [], 1);
            Assert.Equal(key.Bytes.ToArray(), back!.Bytes.ToArray());
            Assert.Equal(_vault.SignEd25519("e", "x"u8), _vault.SignEd25519("e", "x"u8));
            Assert.Equal(64, _vault.SignEs256("sign/token", "x"u8).Length);
        });
    }

    [Fact]
    public void Names_have_bounds()
    {
        Assert.Throws<ArgumentException>(() => _vault.Derive(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => _vault.Derive(new string('a', 129)));
        for (var i = 0; i < 1_024; i++)
        {
            _vault.PublicKeyEd25519($"n/{i}");
        }

        Assert.Throws<InvalidOperationException>(() => _vault.PublicKeyEd25519("n/1024"));
    }
}
