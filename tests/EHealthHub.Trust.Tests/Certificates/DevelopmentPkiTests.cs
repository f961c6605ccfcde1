using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Certificates;

public sealed class DevelopmentPkiTests : IDisposable
{
    private static readonly string[] Names =
    [
        "ministry", "hospital-ankara", "hospital-izmir", "insurer", "dr-ayse", "dr-mehmet", "citizen-zeynep", "auditor", "operator", "operator-second",
        "hospital-revoked", "hospital-expired", "hospital-unregistered", "server", "ocsp",
    ];

    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void Every_participant_of_the_contract_has_three_files_and_a_secret_key()
    {
        using var pki = Open();

        foreach (var name in Names)
        {
            using var certificate = pki.Load(name);
            Assert.True(certificate.HasPrivateKey);
            Assert.Equal(CertificateThumbprint.Of(certificate), pki[name].Thumbprint);
            using var bag = X509CertificateLoader.LoadPkcs12FromFile(_folder[$"pki/{name}.p12"], "ehealthhub");
            Assert.Equal(certificate.RawData, bag.RawData);
            Assert.True(PemEncoding.TryFind(File.ReadAllText(_folder[$"pki/{name}.key"]), out var fields));
            Assert.Equal("PRIVATE KEY", File.ReadAllText(_folder[$"pki/{name}.key"])[fields.Label]);
            AssertSecret(_folder[$"pki/{name}.key"]);
        }

        Assert.Equal(Names.Order(), pki.Participants.Select(p => p.Name).Order());
        AssertSecret(_folder["pki/ca.key"]);
        Assert.Empty(Directory.GetFiles(_folder["pki"], "*.tmp"));
    }

    [Fact]
    public void Opening_again_changes_nothing()
    {
        using (Open())
        {
        }

        var before = Content();
        using var again = Open();

        Assert.Equal(before, Content());
        Assert.Equal(15, again.Participants.Length);
    }

    [Fact]
    public void What_a_crash_left_out_is_made_on_the_next_opening()
    {
        string ankara;
        using (var pki = Open())
        {
            ankara = pki["hospital-ankara"].Thumbprint;
        }

        File.Delete(_folder["pki/dr-ayse.crt"]);
        File.Delete(_folder["pki/hospital-revoked.p12"]);
        using var again = Open();

        Assert.Equal(ankara, again["hospital-ankara"].Thumbprint);
        using var card = again.Load("dr-ayse");
        using var revoked = again.Load("hospital-revoked");
        Assert.True(IsListed(revoked));
    }

    [Fact]
    public void A_lost_authority_key_is_an_error_and_not_a_new_authority()
    {
        using (Open())
        {
        }

        File.Delete(_folder["pki/ca.key"]);
        Assert.Throws<InvalidDataException>(Open);
    }

    [Fact]
    public void A_damaged_revocation_list_is_an_error_and_not_an_empty_list()
    {
        using (Open())
        {
        }

        File.WriteAllText(_folder["pki/ca.crl"], "nothing");
        Assert.Throws<InvalidDataException>(Open);
    }

    [Fact]
    public void Cards_carry_name_national_id_policy_and_signing_usage()
    {
        using var pki = Open();
        foreach (var name in new[] { "dr-ayse", "dr-mehmet", "citizen-zeynep" })
        {
            using var card = pki.Load(name);
            var facts = CertificateFacts.Read(card)!;
            Assert.True(NationalId.IsValid(pki[name].NationalId));
            Assert.Equal(pki[name].NationalId, facts.NationalIdIn(CardProfile.SerialNumber));
            Assert.Contains(CertificateOids.QualifiedPersonPolicy, facts.Policies);
            Assert.Contains(CertificateOids.ClientAuthentication, facts.ExtendedUsages);
            Assert.Equal(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, facts.KeyUsage);
            var attributes = card.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false).Select(r => r.GetSingleElementType().Value!).ToArray();
            Assert.Equal(["2.5.4.6", "2.5.4.3", "2.5.4.4", "2.5.4.42", "2.5.4.5"], attributes);
        }
    }

    [Fact]
    public void The_server_certificate_names_localhost_and_both_loopback_addresses()
    {
        using var pki = Open();
        using var server = pki.Load("server");
        Assert.True(server.MatchesHostname("localhost"));
        Assert.True(server.MatchesHostname("127.0.0.1"));
        Assert.True(server.MatchesHostname("::1"));
        var usage = server.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.Equal(CertificateOids.ServerAuthentication, Assert.Single(usage.Cast<Oid>()).Value);
    }

    [Fact]
    public void A_revocation_list_past_half_its_life_is_renewed_on_opening_and_keeps_its_entries()
    {
        using var pki = Open();
        pki.Revoke("insurer");
        _time.Advance(DevelopmentPki.RevocationListLifetime * 0.6);
        var before = File.ReadAllBytes(pki.RevocationListPath);

        using var again = Open();

        Assert.NotEqual(before, File.ReadAllBytes(pki.RevocationListPath));
        using var insurer = again.Load("insurer");
        using var revoked = again.Load("hospital-revoked");
        Assert.True(IsListed(insurer));
        Assert.True(IsListed(revoked));
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertSecret(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    private DevelopmentPki Open() => DevelopmentPki.OpenOrCreate(_folder["pki"], _time);

    private bool IsListed(X509Certificate2 certificate) =>
        CertificateRevocationListBuilder.Load(File.ReadAllBytes(_folder["pki/ca.crl"]), out _).RemoveEntry(certificate.SerialNumberBytes.Span);

    private Dictionary<string, string> Content() =>
        Directory.GetFiles(_folder["pki"]).ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));
}
