using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Tests.Policy;

namespace EHealthHub.Access.Tests.Relationships;

public class RelationshipRulesTests
{
    private static readonly DateTimeOffset s_2020 = new(2020, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_2026 = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2019-06-20T20:59:59Z", null)]
    [InlineData("2019-06-20T21:00:00Z", "2019-06-21")]
    [InlineData("2025-12-02T20:59:59Z", "2019-06-21")]
    [InlineData("2025-12-02T21:00:00Z", "2025-12-03")]
    [InlineData("9999-12-31T00:00:00Z", "2025-12-03")]
    public void The_version_in_force_is_chosen_by_the_moment_in_Turkish_time(string moment, string? version) =>
        Assert.Equal(version, RelationshipRules.At(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture))?.Version);

    [Theory]
    [InlineData(CareSetting.Visit, Relations.OpenEncounter)]
    [InlineData(CareSetting.Inpatient, Relations.Inpatient)]
    [InlineData(CareSetting.Emergency, Relations.Emergency)]
    public void Since_2025_an_encounter_opens_until_it_is_finished_and_not_a_moment_longer(CareSetting setting, Relations relation)
    {
        var open = new CareEncounter(Situation.Here, "e", setting, true, s_2026.AddDays(-40));
        Assert.Equal(relation, Of(s_2026, open));
        Assert.Equal(Relations.None, Of(s_2026, open with { IsOpen = false, End = s_2026.AddSeconds(-1) }));
        Assert.Equal(Relations.None, Of(s_2026, open with { IsOpen = false }));
        Assert.Equal(Relations.None, Of(s_2026, open with { End = s_2026 }));
        Assert.Equal(relation, Of(s_2026, open with { End = s_2026.AddTicks(1) }));
        Assert.Equal(Relations.None, Of(s_2026, open with { Start = s_2026.AddTicks(1) }));
        Assert.Equal(relation, Of(s_2026, open with { Start = null }));
    }

    [Theory]
    [InlineData(CareSetting.Visit, Relations.OpenEncounter)]
    [InlineData(CareSetting.Emergency, Relations.Emergency)]
    public void From_2019_a_visit_opened_for_twenty_four_hours_finished_or_not(CareSetting setting, Relations relation)
    {
        var visit = new CareEncounter(Situation.Here, "e", setting, true, s_2020);
        Assert.Equal(relation, Of(s_2020.AddHours(24).AddTicks(-1), visit));
        Assert.Equal(relation, Of(s_2020.AddHours(23), visit with { IsOpen = false, End = s_2020.AddHours(1) }));
        Assert.Equal(Relations.None, Of(s_2020.AddHours(24), visit));
        Assert.Equal(Relations.None, Of(s_2020.AddHours(-1), visit));
        Assert.Equal(Relations.None, Of(s_2020, visit with { Start = null }));
    }

    [Fact]
    public void From_2019_an_admission_opened_until_discharge()
    {
        var admission = new CareEncounter(Situation.Here, "e", CareSetting.Inpatient, true, s_2020.AddDays(-30));
        Assert.Equal(Relations.Inpatient, Of(s_2020, admission));
        Assert.Equal(Relations.None, Of(s_2020, admission with { IsOpen = false }));
    }

    [Fact]
    public void The_same_visit_is_closed_by_the_old_rules_and_open_by_the_new()
    {
        var visit = new CareEncounter(Situation.Here, "e", CareSetting.Visit, true, RelationshipRules.Of2025.InForceFrom.AddDays(-3));
        Assert.Equal(Relations.None, Of(RelationshipRules.Of2025.InForceFrom.AddTicks(-1), visit));
        Assert.Equal(Relations.OpenEncounter, Of(RelationshipRules.Of2025.InForceFrom, visit));
    }

    [Fact]
    public void Who_takes_part_treats_and_who_works_elsewhere_has_nothing()
    {
        var visit = new CareEncounter(Situation.Here, "e", CareSetting.Visit, true, s_2026) { Clinicians = ["dr-mehmet", Situation.Doctor] };
        Assert.Equal(Relations.OpenEncounter | Relations.TreatingClinician, Of(s_2026, visit));
        Assert.Equal(Relations.OpenEncounter, Of(s_2026, visit with { Clinicians = ["dr-mehmet"] }));
        Assert.Equal(Relations.None, Of(s_2026, visit with { Institution = Situation.Elsewhere }));
    }

    [Theory]
    [InlineData(Situation.Doctor, null, true)]
    [InlineData(Situation.Doctor, Situation.Here, true)]
    [InlineData(null, Situation.Here, true)]
    [InlineData(Situation.Doctor, Situation.Elsewhere, false)]
    [InlineData("dr-mehmet", Situation.Here, false)]
    [InlineData(null, null, false)]
    public void A_family_doctor_is_who_is_named_where_is_named(string? clinician, string? institution, bool isOne)
    {
        var known = new PatientKnowledge { PatientId = "p1", FamilyDoctors = [new FamilyDoctor(clinician, institution)] };
        Assert.All([s_2020, s_2026], now => Assert.Equal(isOne ? Relations.FamilyDoctor : Relations.None, RelationshipRules.At(now)!.Of(known, Situation.CallerOf(Who.Doctor, "TREAT"), now)));
    }

    [Theory]
    [InlineData(Situation.Here, Situation.Doctor, Relations.ReferredByName)]
    [InlineData(null, Situation.Doctor, Relations.ReferredByName)]
    [InlineData(Situation.Here, null, Relations.ReferredToInstitution)]
    [InlineData(Situation.Elsewhere, Situation.Doctor, Relations.None)]
    [InlineData(Situation.Here, "dr-mehmet", Relations.None)]
    [InlineData(null, null, Relations.None)]
    public void A_referral_opens_to_whom_it_names_while_it_lasts(string? institution, string? clinician, Relations relation)
    {
        var referral = new Referral("r", institution, clinician, s_2026.AddHours(-1), s_2026.AddHours(1));
        Relations At(DateTimeOffset now) => RelationshipRules.At(now)!.Of(new PatientKnowledge { PatientId = "p1", Referrals = [referral] }, Situation.CallerOf(Who.Doctor, "TREAT"), now);
        Assert.Equal(relation, At(s_2026));
        Assert.Equal(Relations.None, At(s_2026.AddHours(1)));
        Assert.Equal(Relations.None, At(s_2026.AddHours(-1).AddTicks(-1)));
    }

    [Theory]
    [InlineData("EMER", CareSetting.Emergency)]
    [InlineData("IMP", CareSetting.Inpatient)]
    [InlineData("ACUTE", CareSetting.Inpatient)]
    [InlineData("NONAC", CareSetting.Inpatient)]
    [InlineData("OBSENC", CareSetting.Inpatient)]
    [InlineData("AMB", CareSetting.Visit)]
    [InlineData("PRENC", CareSetting.Visit)]
    [InlineData("emer", CareSetting.Visit)]
    [InlineData(null, CareSetting.Visit)]
    public void A_class_that_is_not_known_is_a_visit(string? code, CareSetting setting) => Assert.Equal(setting, CareEncounter.SettingOf(code));

    [Fact]
    public void A_discharge_closes_the_record_on_the_very_next_request()
    {
        var admitted = new CareEncounter(Situation.Here, "e", CareSetting.Inpatient, true, s_2026);
        var request = new AccessRequest
        {
            Caller = Situation.CallerOf(Who.Doctor, "TREAT"), Interaction = Interaction.Search, ResourceType = "Observation", Compartment = EHealthHub.Fhir.Search.CompartmentKind.Patient, PatientId = "p1", Now = s_2026,
            Known = new PatientKnowledge { PatientId = "p1", Encounters = [admitted] },
        };
        Assert.Equal(new AccessDecision(true, "inpatient"), AccessPolicy.Decide(request));
        Assert.Equal(new AccessDecision(false, "no-relationship"), AccessPolicy.Decide(request with { Known = request.Known with { Encounters = [admitted with { IsOpen = false }] } }));
    }

    private static Relations Of(DateTimeOffset now, CareEncounter encounter) =>
        RelationshipRules.At(now)!.Of(new PatientKnowledge { PatientId = "p1", Encounters = [encounter] }, Situation.CallerOf(Who.Doctor, "TREAT"), now);
}
