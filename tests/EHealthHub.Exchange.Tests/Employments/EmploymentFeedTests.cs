using EHealthHub.Exchange.Submit;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Reading;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Tests.Employments;

/// <summary>The registry operator's PractitionerRoles are employments; nobody else's are.</summary>
public sealed class EmploymentFeedTests : IAsyncLifetime
{
    private const string NationalId = DecisionFacts.NationalIdSystem;
    private const string Institution = "https://ehealthhub.example/fhir/sid/institution";
    private const string Open = "2026-01-01";

    private TestHub Hub { get; set; } = new();

    [Fact]
    public async Task Operators_role_employs_a_clinician_with_role_and_period()
    {
        var id = await Employ(By(People.Ayse), At("hospital-ankara"), "\"start\":\"2026-01-01\",\"end\":\"2026-12-31\"");
        var employment = Assert.Single(Of("dr-ayse"));
        Assert.Equal(("hospital-ankara", "physician"), (employment.Institution, employment.Role));
        Assert.Equal((new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)), (employment.From, employment.Until));
        Assert.Equal(new EmploymentBasis(id, 1), employment.Basis);
        var note = Hub.Registry.Current.Notes[^1];
        Assert.Equal(("ministry", $"employ dr-ayse hospital-ankara as physician by PractitionerRole/{id}/_history/1"), (note.Actor, note.Act));
    }

    [Fact]
    public async Task Participants_role_employs_nobody()
    {
        using var role = TestHub.Resource(Role(By(People.Ayse), At("hospital-ankara")));
        Assert.Equal(201, (await Hub.Acts.Submit.Create(TestHub.Ankara, "PractitionerRole", role, null, default)).Status);
        Assert.Empty(Of("dr-ayse"));
        await Hub.Restart();
        Assert.Empty(Of("dr-ayse"));
        Assert.Equal(1, Hub.Registry.Current.Revision);
    }

    [Fact]
    public async Task Participant_cannot_change_or_delete_the_operators_role()
    {
        var id = await Employ(By(People.Ayse), At("hospital-ankara"));
        using var role = TestHub.Resource(Role(By(People.Mehmet), At("hospital-ankara"), id: id));
        Assert.Equal(403, (await Hub.Acts.Submit.Update(TestHub.Ankara, "PractitionerRole", id, role, null, null, default)).Status);
        Assert.Equal(403, (await Hub.Acts.Submit.Delete(TestHub.Ankara, "PractitionerRole", id, null, default)).Status);
        Assert.Single(Of("dr-ayse"));
        Assert.Empty(Of("dr-mehmet"));
    }

    [Fact]
    public async Task Update_moves_the_employment_and_deletion_ends_it()
    {
        var id = await Employ(By(People.Ayse), At("hospital-ankara"));
        await Update(id, Role(By(People.Mehmet), At("hospital-izmir"), id: id));
        Assert.Empty(Of("dr-ayse"));
        Assert.Equal("hospital-izmir", Assert.Single(Of("dr-mehmet")).Institution);
        Assert.Equal(204, (await Hub.Acts.Submit.Delete(TestHub.Ministry, "PractitionerRole", id, null, default)).Status);
        Assert.Empty(Of("dr-mehmet"));
        Assert.StartsWith("end dr-mehmet hospital-izmir", Hub.Registry.Current.Notes[^1].Act, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"active\":false,", "\"start\":\"2026-01-01\"")]
    [InlineData("", "\"start\":\"2026-01-01T00:00:00Z\",\"end\":\"2026-01-01T00:00:00Z\"")]
    public async Task Role_that_is_not_active_or_over_before_it_began_ends_the_employment(string more, string period)
    {
        var id = await Employ(By(People.Ayse), At("hospital-ankara"));
        await Update(id, Role(By(People.Ayse), At("hospital-ankara"), period, more, id));
        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Role_of_the_past_stays_with_its_end()
    {
        await Employ(By(People.Ayse), At("hospital-ankara"), "\"start\":\"2020\",\"end\":\"2020-03\"");
        var employment = Assert.Single(Of("dr-ayse"));
        Assert.Equal(new DateTimeOffset(2020, 4, 1, 0, 0, 0, TimeSpan.Zero), employment.Until);
        Assert.False(employment.IsCurrent(TimeProvider.System.GetUtcNow()));
    }

    [Theory]
    [InlineData("10000000214", "hospital-ankara", "employment-practitioner-unknown", "PractitionerRole.practitioner")]
    [InlineData(People.Ayse, "hospital-bursa", "employment-institution-unknown", "PractitionerRole.organization")]
    [InlineData(People.Ayse, "insurer", "employment-institution-unknown", "PractitionerRole.organization")]
    public async Task Who_is_not_registered_is_refused_by_the_element(string clinician, string institution, string code, string element)
    {
        using var role = TestHub.Resource(Role(By(clinician), At(institution)));
        var refused = await Hub.Acts.Submit.Create(TestHub.Ministry, "PractitionerRole", role, null, default);
        Assert.Equal((422, code, element), (refused.Status, refused.Failure!.Issues[0].Code, refused.Failure.Issues[0].Expression));
        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Role_without_a_code_or_with_a_time_that_does_not_exist_is_refused()
    {
        using var none = TestHub.Resource(Role(By(People.Ayse), At("hospital-ankara")).Replace("physician", new string('x', 65), StringComparison.Ordinal));
        Assert.Equal("PractitionerRole.code", (await Hub.Acts.Submit.Create(TestHub.Ministry, "PractitionerRole", none, null, default)).Failure!.Issues[0].Expression);
        using var leap = TestHub.Resource(Role(By(People.Ayse), At("hospital-ankara"), "\"start\":\"2016-12-31T23:59:60Z\""));
        Assert.Equal("PractitionerRole.period", (await Hub.Acts.Submit.Create(TestHub.Ministry, "PractitionerRole", leap, null, default)).Failure!.Issues[0].Expression);
        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Role_that_names_no_registered_institution_is_content()
    {
        await Employ(By("10000000214"), "{\"display\":\"Somewhere\"}");
        await Employ(By(People.Ayse), "{\"identifier\":{\"system\":\"urn:other\",\"value\":\"hospital-ankara\"}}");
        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Transaction_employs_by_references_to_what_it_brings()
    {
        using var bundle = TestHub.Resource($$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
            {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{{{Practitioner(People.Ayse)}}},"request":{"method":"POST","url":"Practitioner"}},
            {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{{{Organization("hospital-izmir")}}},"request":{"method":"POST","url":"Organization"}},
            {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{{{Role("{\"reference\":\"urn:uuid:00000000-0000-4000-8000-000000000001\"}", "{\"reference\":\"urn:uuid:00000000-0000-4000-8000-000000000002\"}")}}},"request":{"method":"POST","url":"PractitionerRole"}},
            {"resource":{{{Role(By(People.Mehmet), At("hospital-ankara"))}}},"request":{"method":"POST","url":"PractitionerRole"}}]}
            """);
        Assert.Equal(200, (await Hub.Acts.Bundle.Execute(TestHub.Ministry, bundle, "en", default)).Status);
        Assert.Equal("hospital-izmir", Assert.Single(Of("dr-ayse")).Institution);
        Assert.Single(Of("dr-mehmet"));
        Assert.Equal(2, Hub.Registry.Current.Revision);
        Assert.Equal(2, Hub.Registry.Current.Notes.Count(n => n.Revision == 2));
        var before = Hub.Registry.Current.Revision;
        await Hub.Restart();
        Assert.Equal(before, Hub.Registry.Current.Revision);
    }

    [Fact]
    public async Task Transaction_with_an_unknown_clinician_stores_nothing_and_names_the_entry()
    {
        using var bundle = TestHub.Resource($$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
            {"resource":{{{Role(By(People.Ayse), At("hospital-ankara"))}}},"request":{"method":"POST","url":"PractitionerRole"}},
            {"resource":{{{Role(By("10000000214"), At("hospital-ankara"))}}},"request":{"method":"POST","url":"PractitionerRole"}}]}
            """);
        var refused = await Hub.Acts.Bundle.Execute(TestHub.Ministry, bundle, "en", default);
        Assert.Equal((422, "Bundle.entry[1].resource.practitioner"), (refused.Status, refused.Failure!.Issues[0].Expression));
        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Participants_practitioner_or_organization_names_nobody()
    {
        var practitioner = await Create(TestHub.Ankara, "Practitioner", Practitioner(People.Ayse));
        var organization = await Create(TestHub.Ankara, "Organization", Organization("hospital-ankara"));
        foreach (var (who, where, element) in new[] { (Ref("Practitioner", practitioner), At("hospital-ankara"), "practitioner"), (By(People.Ayse), Ref("Organization", organization), "organization") })
        {
            using var role = TestHub.Resource(Role(who, where));
            var refused = await Hub.Acts.Submit.Create(TestHub.Ministry, "PractitionerRole", role, null, default);
            Assert.Equal((422, "employment-not-authoritative", "PractitionerRole." + element), (refused.Status, refused.Failure!.Issues[0].Code, refused.Failure.Issues[0].Expression));
        }

        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Operators_change_of_a_practitioner_moves_and_ends_what_rests_on_it()
    {
        var practitioner = await Create(TestHub.Ministry, "Practitioner", Practitioner(People.Ayse));
        var id = await Employ(Ref("Practitioner", practitioner), At("hospital-ankara"));
        Assert.Equal(new EmploymentBasis(id, 1), Assert.Single(Of("dr-ayse")).Basis);

        using var corrected = TestHub.Resource(Practitioner(People.Mehmet, practitioner));
        Assert.Equal(200, (await Hub.Acts.Submit.Update(TestHub.Ministry, "Practitioner", practitioner, corrected, null, null, default)).Status);
        Assert.Empty(Of("dr-ayse"));
        Assert.Single(Of("dr-mehmet"));

        Assert.Equal(204, (await Hub.Acts.Submit.Delete(TestHub.Ministry, "Practitioner", practitioner, null, default)).Status);
        Assert.Empty(Of("dr-mehmet"));
    }

    [Fact]
    public async Task Operators_patch_gives_no_authority_to_what_a_participant_wrote()
    {
        var role = await Create(TestHub.Ankara, "PractitionerRole", Role(By(People.Ayse), At("hospital-ankara")));
        var practitioner = await Create(TestHub.Ankara, "Practitioner", Practitioner(People.Ayse));
        foreach (var (type, id) in new[] { ("PractitionerRole", role), ("Practitioner", practitioner) })
        {
            var edit = PatchForms.Json("""[{"op":"add","path":"/language","value":"tr"}]"""u8.ToArray(), new FhirLimits());
            var refused = await Hub.Acts.Submit.Patch(TestHub.Ministry, "patch", type, id, edit, null, default);
            Assert.Equal((422, "employment-not-authoritative"), (refused.Status, refused.Failure!.Issues[0].Code));
        }

        Assert.Empty(Of("dr-ayse"));
    }

    [Fact]
    public async Task Crash_between_commit_and_registry_loses_nothing()
    {
        var kept = await Employ(By(People.Ayse), At("hospital-izmir"));
        var before = Hub.RegistryBytes;
        await Employ(By(People.Mehmet), At("hospital-ankara"));
        Assert.Equal(204, (await Hub.Acts.Submit.Delete(TestHub.Ministry, "PractitionerRole", kept, null, default)).Status);
        Hub.RegistryBytes = before;
        await Hub.Restart();
        Assert.Empty(Of("dr-ayse"));
        Assert.Equal("hospital-ankara", Assert.Single(Of("dr-mehmet")).Institution);
    }

    [Fact]
    public async Task Employment_by_command_is_untouched_and_a_dismissal_holds_until_the_role_changes()
    {
        Hub.Registry.Change(r => r.Employ("dr-ayse", new Employment("hospital-izmir", "consultant", DateTimeOffset.UnixEpoch, null)));
        var id = await Employ(By(People.Ayse), At("hospital-ankara"));
        Assert.Equal(2, Of("dr-ayse").Length);

        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(RegistryChangeStatus.Done, Hub.Registry.Change(r => r.EndEmployment("dr-ayse", "hospital-ankara", now)).Status);
        await Hub.Restart();
        Assert.Null(Hub.Registry.Current.PersonById("dr-ayse")!.EmploymentAt("hospital-ankara", now));

        await Update(id, Role(By(People.Ayse), At("hospital-ankara"), id: id));
        Assert.NotNull(Hub.Registry.Current.PersonById("dr-ayse")!.EmploymentAt("hospital-ankara", now));
        Assert.Equal(204, (await Hub.Acts.Submit.Delete(TestHub.Ministry, "PractitionerRole", id, null, default)).Status);
        Assert.Equal("consultant", Assert.Single(Of("dr-ayse")).Role);
    }

    [Fact]
    public async Task Clinician_with_as_many_employments_as_the_registry_holds_gets_no_more()
    {
        for (var i = 0; i < 32; i++)
        {
            Hub.Registry.Change(r => r.Employ("dr-ayse", new Employment("hospital-izmir", "consultant", DateTimeOffset.UnixEpoch, null)));
        }

        using var role = TestHub.Resource(Role(By(People.Ayse), At("hospital-ankara")));
        var refused = await Hub.Acts.Submit.Create(TestHub.Ministry, "PractitionerRole", role, null, default);
        Assert.Equal((422, "employment-too-many"), (refused.Status, refused.Failure!.Issues[0].Code));
    }

    [Fact]
    public async Task Operators_roles_at_the_same_time_all_arrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => Employ(By(n % 2 == 0 ? People.Ayse : People.Mehmet), At(n < 4 ? "hospital-ankara" : "hospital-izmir")))));
        Assert.Equal((4, 4), (Of("dr-ayse").Length, Of("dr-mehmet").Length));
    }

    public async Task InitializeAsync() => await Hub.WithRegistry();

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private Employment[] Of(string clinician) => [.. Hub.Registry.Current.PersonById(clinician)!.Employments];

    private Task<string> Employ(string practitioner, string organization, string period = "\"start\":\"" + Open + "\"") => Create(TestHub.Ministry, "PractitionerRole", Role(practitioner, organization, period));

    private async Task<string> Create(ActContext context, string type, string json)
    {
        using var resource = TestHub.Resource(json);
        var created = await Hub.Acts.Submit.Create(context, type, resource, null, default);
        Assert.True(created.Status == 201, created.Failure?.Issues[0].Diagnostics);
        return TestHub.IdOf(created);
    }

    private async Task Update(string id, string json)
    {
        using var resource = TestHub.Resource(json);
        Assert.Equal(200, (await Hub.Acts.Submit.Update(TestHub.Ministry, "PractitionerRole", id, resource, null, null, default)).Status);
    }

    private static string By(string nationalId) => "{\"identifier\":{\"system\":\"" + NationalId + "\",\"value\":\"" + nationalId + "\"}}";

    private static string At(string institution) => "{\"identifier\":{\"system\":\"" + Institution + "\",\"value\":\"" + institution + "\"}}";

    private static string Ref(string type, string id) => $$"""{"reference":"{{type}}/{{id}}"}""";

    private static string Practitioner(string nationalId, string? id = null) =>
        "{\"resourceType\":\"Practitioner\"," + (id is null ? "" : "\"id\":\"" + id + "\",") + "\"identifier\":[{\"system\":\"" + NationalId + "\",\"value\":\"" + nationalId + "\"}]}";

    private static string Organization(string institution) => "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":\"" + Institution + "\",\"value\":\"" + institution + "\"}],\"name\":\"Hastane\"}";

    private static string Role(string practitioner, string organization, string period = "\"start\":\"" + Open + "\"", string more = "", string? id = null) =>
        "{\"resourceType\":\"PractitionerRole\"," + (id is null ? "" : "\"id\":\"" + id + "\",") + more + "\"period\":{" + period + "},\"practitioner\":" + practitioner + ",\"organization\":" + organization
        + ",\"code\":[{\"coding\":[{\"system\":\"http://example.org/role\",\"code\":\"physician\"}]}]}";
}
