using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

/// <summary>Which certificates stand for which institution, and while: renewals, registration by issuer and subject, and who changed it.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly TestFolder _folder = new();

    private DateTimeOffset Now => _hub.Time.Now;

    [Fact]
    public void Old_certificate_is_good_beside_the_new_one_until_the_overlap_ends()
    {
        var renewed = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(Now)));
        _hub.Edit(r => r.Rotate("hospital-ankara", RegisteredCertificate.Of(renewed), Now, TimeSpan.FromDays(7)));
        var token = _hub.Issue("hospital-ankara", "dr-ayse");
        Assert.Equal(TrustReason.None, _hub.Identify("hospital-ankara", token.AccessToken));
        Assert.Equal(TrustReason.None, _hub.Identify(renewed, null, out var caller));
        Assert.Equal("hospital-ankara", caller!.Institution);

        _hub.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        var late = _hub.Issue("hospital-ankara", "dr-ayse");
        Assert.InRange(late.ExpiresInSeconds, 1, 60);
        Assert.Equal(TrustReason.None, _hub.Identify("hospital-ankara", late.AccessToken));
        _hub.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify("hospital-ankara", null));
        Assert.Equal(TrustReason.None, _hub.Identify(renewed, null, out _));

        var third = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(Now)));
        _hub.Edit(r => r.Rotate("hospital-ankara", RegisteredCertificate.Of(third), Now, TimeSpan.Zero));
        Assert.Equal(CertificateThumbprint.Of(third), Assert.Single(_hub.Current.InstitutionById("hospital-ankara")!.Certificates).Thumbprint);
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(renewed, null, out _));
    }

    [Fact]
    public void Certificate_registered_for_later_waits_for_its_time()
    {
        var renewed = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(Now)));
        _hub.Edit(r => r.AddCertificate("hospital-ankara", RegisteredCertificate.Of(renewed, from: Now.AddMinutes(1))));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(renewed, null, out _));
        _hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TrustReason.None, _hub.Identify(renewed, null, out _));
    }

    [Fact]
    public void Institution_registered_by_issuer_and_subject_needs_no_word_when_it_renews()
    {
        var what = OddCertificates.Client(Now) with { Subject = OddCertificates.Name("Bursa Hastanesi") };
        var first = _hub.Keep(_hub.Pki.Issuer.Issue(what));
        var name = RegisteredName.Find(first, [_hub.Pki.Authority])!;
        _hub.Edit(r => r.AddName("hospital-izmir", name));
        foreach (var certificate in (X509[])[new(first), new(_hub.Keep(_hub.Pki.Issuer.Issue(what)))])
        {
            Assert.Equal(TrustReason.None, _hub.Identify(certificate.Certificate, null, out var caller));
            Assert.Equal("hospital-izmir", caller!.Institution);
        }

        Assert.Equal(TrustReason.Unregistered, _hub.Identify(_hub.Keep(_hub.Pki.Issuer.Issue(what with { Subject = OddCertificates.Name("bursa hastanesi") })), null, out _));
        Assert.NotNull(_hub.Current.AddName("hospital-ankara", name).Fault);
        _hub.Edit(r => r.RemoveName("hospital-izmir", name.Key));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(first, null, out _));
    }

    [Fact]
    public void Same_subject_from_another_trusted_authority_is_not_that_institution()
    {
        var what = OddCertificates.Client(Now) with { Subject = OddCertificates.Name("Bursa Hastanesi") };
        _hub.Edit(r => r.AddName("hospital-izmir", RegisteredName.Find(_hub.Keep(_hub.Pki.Issuer.Issue(what)), [_hub.Pki.Authority])!));
        using var namesake = DevelopmentAuthority.CreateRoot("EHealthHub development CA", Now.AddDays(-90), Now.AddDays(900), pathLength: 0);
        Assert.Null(RegisteredName.Find(_hub.Keep(namesake.Issue(what)), [_hub.Pki.Authority]));
        Assert.NotEqual(RegisteredName.Of(_hub.Pki.Authority, _hub.Certificate("ministry")).Key, RegisteredName.Of(namesake.Certificate, _hub.Certificate("ministry")).Key);
    }

    [Fact]
    public void Certificates_names_quota_and_notes_are_read_again_as_they_were_written()
    {
        var authenticator = new TestAuthenticator();
        RegistryFile.Create(_folder["registry.json"], authenticator, _hub.Current, new RegistryActor("root", "create", "first"), _hub.Time);
        var file = RegistryFile.Open(_folder["registry.json"], authenticator, _hub.Time);
        var certificate = _hub.Certificate("hospital-unregistered");
        var change = file.Change(
            r => r.Rotate("hospital-ankara", RegisteredCertificate.Of(certificate, Now.AddDays(-1), Now.AddDays(1)), Now, TimeSpan.FromDays(1))
                .Then(x => x.AddName("hospital-ankara", RegisteredName.Of(_hub.Pki.Authority, certificate, until: Now.AddDays(9))))
                .Then(x => x.PutInstitution(x.InstitutionById("insurer")! with { Quota = new Quota(5, 6, 7) })),
            by: new RegistryActor("ayla", "rotate hospital-ankara\n", "ticket 12"));
        Assert.Equal(RegistryChangeStatus.Done, change.Status);

        var read = RegistryFile.Open(_folder["registry.json"], authenticator, _hub.Time).Current;
        var ankara = read.InstitutionById("hospital-ankara")!;
        Assert.Equal(file.Current.InstitutionById("hospital-ankara")!.Certificates.Select(c => (c.Thumbprint, c.From, c.Until, c.Der)), ankara.Certificates.Select(c => (c.Thumbprint, c.From, c.Until, c.Der)));
        using var loaded = ankara.Certificates[^1].Load();
        Assert.Equal(certificate.RawData, loaded!.RawData);
        Assert.Equal(file.Current.InstitutionById("hospital-ankara")!.Names[0], Assert.Single(ankara.Names));
        Assert.Equal(new Quota(5, 6, 7), read.InstitutionById("insurer")!.Quota);
        Assert.Equal([new RegistryNote(1, Now, "root", "create", "first"), new RegistryNote(2, Now, "ayla", "rotate hospital-ankara ", "ticket 12")], read.Notes.ToArray());
    }

    [Fact]
    public void Only_the_last_changes_are_remembered()
    {
        var authenticator = new TestAuthenticator();
        RegistryFile.Create(_folder["registry.json"], authenticator, _hub.Current);
        var snapshot = _hub.Current;
        for (var i = 1; i <= RegistryNote.Kept + 10; i++)
        {
            snapshot = snapshot.At(i, [RegistryNote.Of(null, i, Now)], snapshot.Notes);
        }

        Assert.Equal((RegistryNote.Kept, 11L), (snapshot.Notes.Length, snapshot.Notes[0].Revision));
    }

    [Fact]
    public void Mark_that_is_not_the_hub_s_own_counts_for_nothing()
    {
        var mark = new RegistryMark(_folder["registry.mark"], new TestAuthenticator());
        Assert.Equal(0, mark.Read());
        mark.Write(41);
        Assert.Equal(41, mark.Read());
        File.WriteAllText(_folder["registry.mark"], File.ReadAllText(_folder["registry.mark"]).Replace("41", "99", StringComparison.Ordinal));
        Assert.Equal(0, mark.Read());
        Assert.Equal(0, new RegistryMark(_folder["registry.mark"], new TestAuthenticator()).Read());
    }

    [Fact]
    public void Periods_and_quotas_outside_the_rules_are_refused()
    {
        var hospital = _hub.Current.InstitutionById("hospital-ankara")!;
        Assert.NotNull(_hub.Current.PutInstitution(hospital with { Certificates = [hospital.Certificates[0] with { From = Now, Until = Now }] }).Fault);
        Assert.NotNull(_hub.Current.PutInstitution(hospital with { Quota = new Quota(0, 1, 1) }).Fault);
        Assert.NotNull(_hub.Current.PutInstitution(hospital with { Quota = new Quota(1, 0, 1) }).Fault);
        Assert.NotNull(_hub.Current.PutInstitution(hospital with { Names = [new RegisteredName("CN=a", "CN=b", "short")] }).Fault);
        Assert.NotNull(_hub.Current.Rotate("nobody", TestRegistry.Thumbprint(1), Now, TimeSpan.Zero).Fault);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    private sealed record X509(System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate);
}
