using EHealthHub.Access.Consent;
using EHealthHub.Access.Explain;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Tests.Policy;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Access.Tests.Explain;

public class AccessExplainerTests
{
    [Fact]
    public void A_granted_read_names_the_encounter_and_the_regulation()
    {
        var explained = AccessExplainer.Explain(Read(Situation.All.Single(s => s.Words == "open part add")));
        Assert.Equal(
            ["Granted (treating-clinician).", "The clinician takes part in the patient's open encounter.", "Encounter/e at hospital-ankara, since 2026-11-21T12:00:00Z.", "The regulation on personal health data was in force as of 2025-12-03."],
            explained.Lines("en"));
        Assert.Equal(
            ["İzin verildi (treating-clinician).", "Hekim, hastanın süren başvurusunda görev alıyor.", "Encounter/e, hospital-ankara, başlangıç 2026-11-21T12:00:00Z.", "Kişisel Sağlık Verileri Yönetmeliği'nin 2025-12-03 tarihli hâli yürürlükteydi."],
            explained.Lines("tr-TR"));
    }

    [Fact]
    public void A_denial_names_the_consent()
    {
        var deny = new ConsentDirective("c7", [new ConsentRule { Permits = false, Depth = 0, Sensitivities = Sensitivities.Psychiatry }]);
        var request = Read(Situation.All.Single(s => s.Words == "open add"));
        var explained = AccessExplainer.Explain(request with { Known = request.Known! with { Consents = [deny] } });
        Assert.Equal("consent-deny", explained.Decision.Rule);
        Assert.Contains("Consent/c7 decided.", explained.Lines("en"));
    }

    [Fact]
    public void A_label_is_named_and_so_is_a_setting()
    {
        var masked = AccessExplainer.Explain(Read(Situation.All.Single(s => s.Words == "open part add")));
        Assert.DoesNotContain("Label", string.Concat(masked.Lines("en")), StringComparison.Ordinal);
        var request = Read(Situation.All.Single(s => s.Words == "open part add"));
        var foreign = request with { Resource = request.Resource!.Value with { Submitter = Situation.Elsewhere } };
        Assert.Equal(["Maskelenerek gösterildi (label-masked).", "Kayıt hassas olarak etiketlendi; yalnızca var olduğu söylenir.", "Etiket: gizli, psikiyatri, HIV."], AccessExplainer.Explain(foreign).Lines("tr").Take(3));
        var closed = AccessExplainer.Explain(request with { Known = request.Known! with { Setting = SecuritySetting.Closed } });
        Assert.Equal(["Refused (security-setting).", "Security setting: closed."], closed.Lines("en").Where((_, i) => i is 0 or 2));
    }

    [Fact]
    public void The_rules_of_an_earlier_day_explain_an_earlier_decision()
    {
        var day = new DateTimeOffset(2024, 5, 1, 8, 0, 0, TimeSpan.Zero);
        var request = Read(Situation.All.Single(s => s.Words == "open add")) with { Now = day.AddHours(30) };
        var visit = request with { Known = request.Known! with { Encounters = [new CareEncounter(Situation.Here, "e", CareSetting.Visit, true, day)] } };
        Assert.Equal(("no-relationship", "2019-06-21"), AccessExplainer.Explain(visit) is var late ? (late.Decision.Rule, late.Regulation) : default);
        Assert.Equal("open-encounter", AccessExplainer.Explain(visit with { Now = day.AddHours(23), Resource = visit.Resource!.Value with { Labels = default } }).Decision.Rule);
    }

    [Fact]
    public void Every_situation_can_be_explained_in_both_languages()
    {
        foreach (var who in Enum.GetValues<Who>())
        {
            foreach (var purpose in new[] { "TREAT", "ETREAT", "BTG", "HPAYMT", "HOPERAT", "PUBHLTH", "HRESCH", "PATRQT" })
            {
                foreach (var (situation, consent, interaction) in from s in Situation.All from c in ConsentCase.All from i in Enum.GetValues<Interaction>() select (s, c, i))
                {
                    var request = Read(situation) with { Caller = Situation.CallerOf(who, purpose), Interaction = interaction };
                    request = request with { Known = request.Known is { } known ? known with { Consents = consent.Consents } : null, Resource = interaction is Interaction.Create or Interaction.Search ? null : request.Resource };
                    var explained = AccessExplainer.Explain(request);
                    Assert.Equal(AccessPolicy.Decide(request), explained.Decision);
                    Assert.All(explained.Lines("tr").Concat(explained.Lines("en")), line => Assert.EndsWith(".", line, StringComparison.Ordinal));
                }
            }
        }
    }

    private static AccessRequest Read(Situation situation) => new()
    {
        Caller = Situation.CallerOf(Who.Doctor, "TREAT"),
        Interaction = Interaction.Read,
        ResourceType = "Observation",
        Compartment = CompartmentKind.Patient,
        PatientId = "p1",
        Now = Situation.Now,
        Known = situation.Known,
        IsOwnRecord = situation.IsOwnRecord,
        Resource = new ResourceTraits { Type = "Observation", Id = "1", Submitter = Situation.Here, Labels = ResourceLabels.Of(Sensitivities.Psychiatry | Sensitivities.Hiv) },
    };
}
