using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Policy;

public class AccessPolicyTests
{
    private const string Own = "hospital-ankara";
    private const string Other = "hospital-izmir";

    private static readonly string?[] Institutions = [null, Own, Other];
    private static readonly PatientKnowledge Known = new() { PatientId = "p1", Submitter = Other };
    private static readonly PatientKnowledge OpenHere = Known with { Encounters = [new CareEncounter(Other, "2", CareSetting.Visit, true), new CareEncounter(Own, "1", CareSetting.Visit, true)] };
    private static readonly PatientKnowledge OpenThere = Known with { Encounters = [new CareEncounter(Other, "2", CareSetting.Visit, true)] };
    private static readonly ResourceTraits Resource = new() { Type = "Observation", Id = "1", Submitter = Other };

    [Theory]
    [MemberData(nameof(Callers))]
    public void Every_combination_is_decided_as_the_oracle_decides_it(PersonKind person, InstitutionKind? kind)
    {
        var seen = new HashSet<string>();
        var decided = 0;
        foreach (var (caller, covers) in CallersOf(person, kind))
        {
            foreach (var request in RequestsOf(caller))
            {
                var decision = AccessPolicy.Decide(request);
                var answer = (decision.Granted ? "+" : decision.Hidden ? "?" : "-") + decision.Rule;
                if (answer != Oracle.Decide(request, covers))
                {
                    Assert.Fail($"{answer} but the oracle says {Oracle.Decide(request, covers)}: {request}");
                }

                seen.Add(decision.Rule);
                decided++;
            }
        }

        Assert.True(decided > 1_000);
        Assert.Contains("scope-missing", seen);
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public void A_view_shows_of_a_resource_what_a_read_of_it_would_grant(PersonKind person, InstitutionKind? kind)
    {
        foreach (var (caller, _) in CallersOf(person, kind))
        {
            foreach (var request in RequestsOf(caller).Where(r => r.Interaction == Interaction.Read))
            {
                var traits = new ResourceTraits { Type = request.ResourceType, Id = "1", Submitter = request.Submitter };
                var read = AccessPolicy.Decide(request with { Submitter = null, Resource = traits });
                Assert.Equal(AccessPolicy.Decide(request), read);
                Assert.Equal(read.Granted, AccessPolicy.View(request).Of(traits).Visibility == Visibility.See);
            }
        }
    }

    [Fact]
    public void A_clinician_cannot_tell_a_forbidden_record_from_one_that_does_not_exist()
    {
        var caller = Clinician(Own);
        var existing = Request(caller, Interaction.Read) with { Resource = Resource, Known = OpenThere };
        var missing = Request(caller, Interaction.Read);
        Assert.Equal(AccessPolicy.Decide(missing), AccessPolicy.Decide(existing));
        Assert.True(AccessPolicy.Decide(existing).Hidden);
        Assert.Equal(
            AccessPolicy.Decide(Request(caller, Interaction.Search) with { PatientId = null }),
            AccessPolicy.Decide(Request(caller, Interaction.Search) with { Known = OpenThere }));
    }

    [Fact]
    public void An_open_encounter_elsewhere_opens_nothing_here()
    {
        Assert.Equal(new AccessDecision(true, "open-encounter"), AccessPolicy.Decide(Request(Clinician(Own), Interaction.Read) with { Known = OpenHere, Resource = Resource }));
        Assert.Equal(new AccessDecision(false, "no-relationship", true), AccessPolicy.Decide(Request(Clinician(Own), Interaction.Read) with { Known = OpenThere, Resource = Resource }));
        Assert.Equal(new AccessDecision(false, "no-relationship", true), AccessPolicy.Decide(Request(Clinician(null), Interaction.Read) with { Known = OpenHere, Resource = Resource }));
    }

    [Fact]
    public void A_record_that_is_not_described_is_not_shown_to_whom_a_relationship_lets_in() =>
        Assert.Equal(new AccessDecision(false, "label-withheld", true), AccessPolicy.Decide(Request(Clinician(Own), Interaction.Read) with { Known = OpenHere }));

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var request = Request(Clinician(Own), Interaction.Read) with { Known = OpenHere, Resource = Resource };
        AccessPolicy.Decide(request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            AccessPolicy.Decide(request);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_view_allocates_nothing_for_a_resource()
    {
        var view = AccessPolicy.View(Request(Clinician(Own), Interaction.Search) with { Known = OpenHere, Resource = Resource });
        var traits = Resource;
        Assert.Equal(new ResourceView(Visibility.See, "open-encounter"), view.Of(traits));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            view.Of(traits);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_rule_has_a_text_in_both_languages_and_no_text_is_without_a_rule()
    {
        Assert.Equal(AccessPolicy.RuleCodes.Order(), RuleText.Codes.Order());
        Assert.All(RuleText.Codes, code =>
        {
            var text = RuleText.Of(code)!;
            Assert.EndsWith(".", text.Turkish, StringComparison.Ordinal);
            Assert.EndsWith(".", text.English, StringComparison.Ordinal);
            Assert.NotEqual(text.Turkish, text.English);
        });
        Assert.Null(RuleText.Of("other"));
    }

    public static TheoryData<PersonKind, InstitutionKind?> Callers
    {
        get
        {
            var all = new TheoryData<PersonKind, InstitutionKind?>();
            foreach (var person in Enum.GetValues<PersonKind>())
            {
                all.Add(person, null);
                foreach (var kind in Enum.GetValues<InstitutionKind>())
                {
                    all.Add(person, kind);
                }
            }

            return all;
        }
    }

    private static IEnumerable<(Caller Caller, bool Covers)> CallersOf(PersonKind person, InstitutionKind? kind)
    {
        var context = person switch { PersonKind.None => "system", PersonKind.Citizen => "patient", _ => "user" };
        foreach (var purpose in new[] { "TREAT", "ETREAT", "BTG", "HPAYMT", "HOPERAT", "PUBHLTH", "HRESCH", "PATRQT", "" })
        {
            foreach (var institution in kind is null ? [null] : new[] { null, Own })
            {
                foreach (var (scope, covers) in new[] { (context + "/*.cruds", true), ("other/*.cruds", false), ("", false) })
                {
                    yield return (new Caller { PersonKind = person, InstitutionKind = kind, Institution = institution, Person = "p", Purpose = purpose, Certificate = "", Scopes = [scope] }, covers);
                }
            }
        }
    }

    private static IEnumerable<AccessRequest> RequestsOf(Caller caller) =>
        from interaction in Enum.GetValues<Interaction>()
        from compartment in new[] { CompartmentKind.Institution, CompartmentKind.Directory }
        from type in compartment == CompartmentKind.Directory ? new[] { "Organization", "ValueSet", "StructureDefinition" } : new[] { "Group", "Consent" }
        from submitter in interaction is Interaction.Create or Interaction.Search ? [null] : Institutions
        from owner in compartment == CompartmentKind.Institution ? Institutions : [null]
        select new AccessRequest { Caller = caller, Interaction = interaction, ResourceType = type, Compartment = compartment, Now = Situation.Now, Submitter = submitter, Owner = owner };

    private static Caller Clinician(string? institution) => new()
    {
        PersonKind = PersonKind.Clinician,
        InstitutionKind = institution is null ? null : InstitutionKind.Provider,
        Institution = institution,
        Person = "dr-ayse",
        Purpose = "TREAT",
        Certificate = "",
        Scopes = ["user/*.cruds"],
    };

    private static AccessRequest Request(Caller caller, Interaction interaction) =>
        new() { Caller = caller, Interaction = interaction, ResourceType = "Observation", Compartment = CompartmentKind.Patient, Now = Situation.Now, PatientId = "p1" };
}
