using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Revocation;

public sealed class RevocationListTests : IDisposable
{
    private static readonly DateTimeOffset Now = new ManualTime().Now;
    private readonly DevelopmentAuthority _authority = DevelopmentAuthority.CreateRoot("Authority", Now.AddDays(-1), Now.AddDays(100));

    [Fact]
    public void Listed_serial_numbers_are_found_and_others_are_not()
    {
        byte[][] serials = [[0x01], [0x00, 0x80], [0x7f, .. RandomNumberGenerator.GetBytes(19)]];
        Assert.Equal("", Read(_authority.IssueRevocationList(serials.Select(s => (ReadOnlyMemory<byte>)s), 7, Now, Now.AddDays(1)), _authority.Certificate, out var list));
        Assert.Equal(3, list!.Count);
        foreach (var bytes in serials)
        {
            Assert.True(SerialNumber.TryRead(bytes, out var serial));
            Assert.True(list.Contains(serial));
            Assert.True(SerialNumber.TryParseHex(serial.ToHex(), out var again));
            Assert.Equal(serial, again);
        }

        Assert.True(SerialNumber.TryRead([0x02], out var other));
        Assert.False(list.Contains(other));
        Assert.Equal((Now, Now.AddDays(1)), (list.ThisUpdate, list.NextUpdate));
        Assert.Equal(7, list.Number!.IntValue);
    }

    [Fact]
    public void Pem_is_read_like_der()
    {
        var pem = PemEncoding.WriteString("X509 CRL", Sound());
        Assert.Equal("", Read(Encoding.ASCII.GetBytes(pem), _authority.Certificate, out _));
    }

    [Theory]
    [InlineData(0x30, 0x80)]
    [InlineData(0x31, 0x80)]
    [InlineData(0xA0, 0x80)]
    [InlineData(0x24, 0x80)]
    public void Bytes_nested_a_hundred_thousand_deep_are_a_fault_and_not_the_end_of_the_process(byte tag, byte length)
    {
        var deep = new byte[200_000];
        for (var i = 0; i < deep.Length; i += 2)
        {
            (deep[i], deep[i + 1]) = (tag, length);
        }

        Assert.NotEqual("", Read(deep, _authority.Certificate, out _));
        Assert.NotEqual("", Read(Definite(tag, 3_000), _authority.Certificate, out _));
        Assert.NotEqual("", Read([0x30, .. Definite(tag, 3_000).AsSpan(1)], _authority.Certificate, out _));

        static byte[] Definite(byte tag, int depth)
        {
            byte[] inner = [];
            for (var i = 0; i < depth; i++)
            {
                inner = [tag, 0x83, (byte)(inner.Length >> 16), (byte)(inner.Length >> 8), (byte)inner.Length, .. inner];
            }

            return inner;
        }
    }

    [Fact]
    public void List_of_another_authority_is_refused()
    {
        using var other = DevelopmentAuthority.CreateRoot("Other", Now.AddDays(-1), Now.AddDays(100));
        Refused("another authority", other.IssueRevocationList([], 1, Now, Now.AddDays(1)));
    }

    [Fact]
    public void List_of_an_impostor_of_the_same_name_is_refused()
    {
        using var impostor = DevelopmentAuthority.CreateRoot("Authority", Now.AddDays(-1), Now.AddDays(100));
        Refused("signature is wrong", impostor.IssueRevocationList([], 1, Now, Now.AddDays(1)));
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var sound = Sound();
        for (var at = 0; at < sound.Length; at++)
        {
            var bytes = (byte[])sound.Clone();
            bytes[at] ^= 0x01;
            Assert.False(RevocationList.TryRead(bytes, _authority.Certificate, 100, out _, out var fault), $"byte {at}");
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void Every_shortened_list_is_refused()
    {
        var sound = Sound();
        for (var length = 0; length < sound.Length; length++)
        {
            Assert.False(RevocationList.TryRead(sound[..length], _authority.Certificate, 100, out _, out _));
        }
    }

    [Fact]
    public void Authority_that_may_not_sign_lists_signs_none()
    {
        using var root = DevelopmentAuthority.CreateRoot("Root", Now.AddDays(-1), Now.AddDays(100));
        var what = DevelopmentAuthority.Authority(OddCertificates.Name("Below"), Now.AddDays(-1), Now.AddDays(9), 0) with { KeyUsage = X509KeyUsageFlags.KeyCertSign };
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var below = root.Issue(what, new PublicKey(key));
        var bytes = Craft(key, below.SubjectName, null, null, Now.AddDays(1));
        Assert.Equal("its authority may not sign revocation lists", Read(bytes, below, out _));
    }

    [Theory]
    [InlineData("2.5.29.27", true)]
    [InlineData("2.5.29.27", false)]
    [InlineData("2.5.29.28", true)]
    [InlineData("2.5.29.28", false)]
    [InlineData("2.25.77", true)]
    public void Delta_partial_and_unknown_critical_lists_are_refused(string extension, bool critical)
    {
        var (authority, key) = OwnAuthority();
        using (authority)
        using (key)
        {
            Assert.StartsWith("not a complete list", Read(Craft(key, authority.SubjectName, (extension, critical), null, Now.AddDays(1)), authority, out _), StringComparison.Ordinal);
            Assert.Equal("", Read(Craft(key, authority.SubjectName, ("2.25.77", false), null, Now.AddDays(1)), authority, out _));
        }
    }

    [Fact]
    public void Entry_with_a_critical_extension_is_refused()
    {
        var (authority, key) = OwnAuthority();
        using (authority)
        using (key)
        {
            Assert.StartsWith("an entry with a critical", Read(Craft(key, authority.SubjectName, null, "2.5.29.29", Now.AddDays(1)), authority, out _), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void List_without_a_next_update_is_refused()
    {
        var (authority, key) = OwnAuthority();
        using (authority)
        using (key)
        {
            Assert.Equal("no nextUpdate", Read(Craft(key, authority.SubjectName, null, null, null), authority, out _));
        }
    }

    [Fact]
    public void List_with_too_many_entries_is_refused() =>
        Refused("too many entries", _authority.IssueRevocationList(Enumerable.Range(1, 101).Select(i => (ReadOnlyMemory<byte>)new byte[] { 1, (byte)i }), 1, Now, Now.AddDays(1)));

    public void Dispose() => _authority.Dispose();

    private static string Read(byte[] bytes, X509Certificate2 authority, out RevocationList? list)
    {
        RevocationList.TryRead(bytes, authority, 100, out list, out var fault);
        return fault;
    }

    private void Refused(string fault, byte[] bytes) => Assert.Contains(fault, Read(bytes, _authority.Certificate, out _), StringComparison.Ordinal);

    private byte[] Sound() => _authority.IssueRevocationList([new byte[] { 5 }], 1, Now, Now.AddDays(1));

    private static (X509Certificate2 Authority, ECDsa Key) OwnAuthority()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = DevelopmentAuthority.Request(DevelopmentAuthority.Authority(OddCertificates.Name("Crafted"), Now.AddDays(-1), Now.AddDays(9), 0), new PublicKey(key));
        return (request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), Now.AddDays(-1), Now.AddDays(9), [1]), key);
    }

    /// <summary>A well-signed list with one odd part, which the framework's builder would not make.</summary>
    private static byte[] Craft(ECDsa key, X500DistinguishedName issuer, (string Oid, bool Critical)? extension, string? entryExtension, DateTimeOffset? nextUpdate)
    {
        var algorithm = X509SignatureGenerator.CreateForECDsa(key).GetSignatureAlgorithmIdentifier(HashAlgorithmName.SHA256);
        var list = new AsnWriter(AsnEncodingRules.DER);
        using (list.PushSequence())
        {
            list.WriteInteger(1);
            list.WriteEncodedValue(algorithm);
            list.WriteEncodedValue(issuer.RawData);
            list.WriteUtcTime(Now);
            if (nextUpdate is { } next)
            {
                list.WriteUtcTime(next);
            }

            using (list.PushSequence())
            using (list.PushSequence())
            {
                list.WriteInteger(5);
                list.WriteUtcTime(Now);
                if (entryExtension is not null)
                {
                    WriteExtensions(list, entryExtension, critical: true);
                }
            }

            if (extension is { } e)
            {
                using (list.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    WriteExtensions(list, e.Oid, e.Critical);
                }
            }
        }

        var signed = list.Encode();
        var whole = new AsnWriter(AsnEncodingRules.DER);
        using (whole.PushSequence())
        {
            whole.WriteEncodedValue(signed);
            whole.WriteEncodedValue(algorithm);
            whole.WriteBitString(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return whole.Encode();
    }

    private static void WriteExtensions(AsnWriter writer, string oid, bool critical)
    {
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(oid == "2.5.29.28" ? [0x30, 0x00] : [0x02, 0x01, 0x01]);
        }
    }
}
