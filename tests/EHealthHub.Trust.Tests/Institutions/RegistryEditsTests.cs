using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

public sealed class RegistryEditsTests
{
    private static readonly RegistrySnapshot Registry = TestRegistry.Snapshot();

    [Fact]
    public void Institution_is_added_or_replaced_by_its_id()
    {
        var hospital = Registry.Institutions[0];
        var added = Done(Registry.PutInstitution(hospital with { Id = "hospital-izmir", Certificates = [TestRegistry.Thumbprint(1)] }));
        Assert.Equal(4, added.Institutions.Length);
        var replaced = Done(added.PutInstitution(hospital with { Name = "Other" }));
        Assert.Equal(4, replaced.Institutions.Length);
        Assert.Equal("Other", replaced.InstitutionById("hospital-ankara")!.Name);
    }

    [Fact]
    public void Certificates_overlap_in_a_renewal_and_the_old_one_goes()
    {
        var both = Done(Registry.AddCertificate("ministry", TestRegistry.Thumbprint(1)));
        Assert.Equal("ministry", both.InstitutionOf(TestRegistry.Thumbprint(1))!.Id);
        Assert.Equal("ministry", both.InstitutionOf(TestRegistry.Thumbprint(1003))!.Id);
        Assert.Equal(2, Done(both.AddCertificate("ministry", TestRegistry.Thumbprint(1))).InstitutionById("ministry")!.Certificates.Length);
        var renewed = Done(both.RemoveCertificate("ministry", TestRegistry.Thumbprint(1003)));
        Assert.Null(renewed.InstitutionOf(TestRegistry.Thumbprint(1003)));
        Refused(renewed.RemoveCertificate("ministry", TestRegistry.Thumbprint(1003)));
        Refused(renewed.RemoveCertificate("ministry", TestRegistry.Thumbprint(1000)));
    }

    [Fact]
    public void One_certificate_belongs_to_one_holder()
    {
        Refused(Registry.AddCertificate("ministry", TestRegistry.Thumbprint(1000)));
        Refused(Registry.AddCertificate("auditor", TestRegistry.Thumbprint(1000)));
        Assert.NotNull(Done(Registry.AddCertificate("auditor", TestRegistry.Thumbprint(1))).StaffOf(TestRegistry.Thumbprint(1)));
    }

    [Fact]
    public void Cards_are_not_registered_by_certificate() => Refused(Registry.AddCertificate("dr-ayse", TestRegistry.Thumbprint(1)));

    [Fact]
    public void Suspension_begins_and_ends()
    {
        Assert.False(Done(Registry.Resume("dr-ayse")).PersonById("dr-ayse")!.Suspended);
        Assert.True(Done(Registry.Suspend("ministry")).InstitutionById("ministry")!.Suspended);
        Refused(Registry.Suspend("nobody"));
    }

    [Fact]
    public void Employment_has_a_period()
    {
        var clinician = Registry.PersonById("dr-ayse")!;
        Assert.Null(clinician.EmploymentAt("hospital-ankara", TestRegistry.Start.AddTicks(-1)));
        Assert.Equal("physician", clinician.EmploymentAt("hospital-ankara", TestRegistry.Start)!.Role);
        Assert.Equal("head-physician", clinician.EmploymentAt("hospital-ankara", TestRegistry.Start.AddYears(1))!.Role);

        var ended = Done(Registry.EndEmployment("dr-ayse", "hospital-ankara", TestRegistry.Start.AddMonths(18))).PersonById("dr-ayse")!;
        Assert.Null(ended.EmploymentAt("hospital-ankara", TestRegistry.Start.AddMonths(18)));
        Assert.Equal("physician", ended.EmploymentAt("hospital-ankara", TestRegistry.Start)!.Role);
        Refused(Registry.EndEmployment("dr-ayse", "ministry", TestRegistry.Start));
        Refused(Registry.EndEmployment("nobody", "hospital-ankara", TestRegistry.Start));
    }

    [Fact]
    public void Clinicians_are_employed_by_providers_that_are_registered()
    {
        Assert.Equal(3, Done(Registry.Employ("dr-ayse", new Employment("hospital-ankara", "physician", TestRegistry.Start.AddYears(9), null))).PersonById("dr-ayse")!.Employments.Length);
        Refused(Registry.Employ("dr-ayse", new Employment("insurer", "physician", TestRegistry.Start, null)));
        Refused(Registry.Employ("dr-ayse", new Employment("nowhere", "physician", TestRegistry.Start, null)));
        Refused(Registry.Employ("dr-ayse", new Employment("hospital-ankara", "physician", TestRegistry.Start, TestRegistry.Start)));
        Refused(Registry.Employ("dr-ayse", new Employment("hospital-ankara", "", TestRegistry.Start, null)));
        Refused(Registry.Employ("citizen", new Employment("hospital-ankara", "physician", TestRegistry.Start, null)));
    }

    [Fact]
    public void Blocking_takes_thumbprints_and_unblocking_what_is_blocked()
    {
        var blocked = Done(Registry.Block(TestRegistry.Thumbprint(1)));
        Assert.True(blocked.IsBlocked(TestRegistry.Thumbprint(1)));
        Assert.False(Done(blocked.Unblock(TestRegistry.Thumbprint(1))).IsBlocked(TestRegistry.Thumbprint(1)));
        Refused(Registry.Block("ABC"));
        Refused(Registry.Unblock(TestRegistry.Thumbprint(1)));
    }

    [Fact]
    public void Everything_outside_the_rules_is_refused()
    {
        var hospital = Registry.Institutions[0];
        var citizen = Registry.PersonById("citizen")!;
        var auditor = Registry.PersonById("auditor")!;
        Refused(Registry.PutInstitution(hospital with { Id = "Hospital" }));
        Refused(Registry.PutInstitution(hospital with { Id = new string('a', 65) }));
        Refused(Registry.PutInstitution(hospital with { Id = "auditor" }));
        Refused(Registry.PutInstitution(hospital with { Name = "" }));
        Refused(Registry.PutInstitution(hospital with { Name = "a\nb" }));
        Refused(Registry.PutInstitution(hospital with { Kind = (InstitutionKind)9 }));
        Refused(Registry.PutInstitution(hospital with { Scopes = ["patient/*.rs"] }));
        Refused(Registry.PutInstitution(hospital with { RequestsPerSecondMax = 0 }));
        Refused(Registry.PutInstitution(hospital with { Certificates = ["short"] }));
        Refused(Registry.PutInstitution(hospital with { Certificates = [.. Enumerable.Range(0, 17).Select(TestRegistry.Thumbprint)] }));
        Refused(Registry.PutPerson(citizen with { NationalId = "10000000145" }));
        Refused(Registry.PutPerson(citizen with { NationalId = null }));
        Refused(Registry.PutPerson(citizen with { Id = "second" }));
        Refused(Registry.PutPerson(citizen with { Kind = PersonKind.None }));
        Refused(Registry.PutPerson(auditor with { NationalId = "10000000146" }));
    }

    [Fact]
    public void Edits_follow_each_other_until_one_is_refused()
    {
        Assert.True(Done(Registry.Suspend("ministry").Then(r => r.Block(TestRegistry.Thumbprint(1)))).IsBlocked(TestRegistry.Thumbprint(1)));
        Refused(Registry.Suspend("nobody").Then(r => r.Block(TestRegistry.Thumbprint(1))));
    }

    private static RegistrySnapshot Done(RegistryEdit edit)
    {
        Assert.Null(edit.Fault);
        return edit.Snapshot!;
    }

    private static void Refused(RegistryEdit edit)
    {
        Assert.Null(edit.Snapshot);
        Assert.NotEmpty(edit.Fault!);
    }
}
