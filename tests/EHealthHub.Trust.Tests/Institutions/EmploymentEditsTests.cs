using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

public sealed class EmploymentEditsTests
{
    private static readonly RegistrySnapshot Registry = TestRegistry.Snapshot();

    [Fact]
    public void Statement_is_taken_up_once_and_repeating_it_changes_nothing()
    {
        var edit = Registry.State([Says("role-1", 1)], isAll: false, out _);
        Assert.Equal("employ dr-ayse hospital-ankara as physician by PractitionerRole/role-1/_history/1", Assert.Single(edit.Acts).Act);
        Assert.Equal(3, edit.Snapshot!.PersonById("dr-ayse")!.Employments.Length);
        Assert.Same(edit.Snapshot, edit.Snapshot.State([Says("role-1", 1)], isAll: true, out _).Snapshot);
    }

    [Fact]
    public void Older_version_replaces_and_ends_nothing()
    {
        var now = Registry.State([Says("role-1", 3)], isAll: false, out _).Snapshot!;
        Assert.Same(now, now.State([Says("role-1", 2) with { Clinician = null, Employment = null }], isAll: false, out _).Snapshot);
        Assert.Same(now, now.State([Says("role-1", 2)], isAll: true, out _).Snapshot);
        Assert.NotSame(now, now.State([Says("role-1", 4) with { Clinician = null, Employment = null }], isAll: false, out _).Snapshot);
    }

    [Fact]
    public void What_is_not_stored_any_more_ends_and_what_a_command_said_stays()
    {
        var now = Registry.State([Says("role-1", 1), Says("role-2", 1)], isAll: false, out _).Snapshot!;
        var after = now.State([Says("role-2", 1)], isAll: true, out _).Snapshot!;
        Assert.Equal([null, null, "role-2"], after.PersonById("dr-ayse")!.Employments.Select(e => e.Basis?.Role));
        Assert.Same(now, now.State([Says("role-2", 1)], isAll: false, out _).Snapshot);
    }

    [Theory]
    [InlineData("insurer", "dr-ayse")]
    [InlineData("nowhere", "dr-ayse")]
    [InlineData("hospital-ankara", "citizen")]
    [InlineData("hospital-ankara", "nobody")]
    public void Role_of_nobody_or_at_no_provider_says_nothing(string institution, string clinician) =>
        Assert.Same(Registry, Registry.State([Says("role-1", 1, institution) with { Clinician = clinician }], isAll: true, out _).Snapshot);

    [Fact]
    public void Full_clinician_is_told_and_others_are_taken_up()
    {
        var many = Enumerable.Range(0, 31).Select(n => Says("role-" + n, 1)).ToList();
        var edit = Registry.State(many, isAll: false, out var leftOut);
        Assert.Equal(32, edit.Snapshot!.PersonById("dr-ayse")!.Employments.Length);
        Assert.Equal("role-30", Assert.Single(leftOut).Role);
        Assert.Same(edit.Snapshot, edit.Snapshot.State(many, isAll: false, out _).Snapshot);
    }

    private static StatedEmployment Says(string role, int version, string institution = "hospital-ankara")
    {
        var basis = new EmploymentBasis(role, version);
        return new StatedEmployment(basis, "ministry", "dr-ayse", new Employment(institution, "physician", TestRegistry.Start, null, basis));
    }
}
