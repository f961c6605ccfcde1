using System.Collections.Immutable;
using CsCheck;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Tests.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Consent;

public class ConsentPrecedenceTests
{
    private static readonly Caller s_doctor = Situation.CallerOf(Who.Doctor, "TREAT");
    private static readonly ConsentRule s_permit = new() { Permits = true, Depth = 0 };
    private static readonly ConsentRule s_deny = new() { Permits = false, Depth = 0 };
    private static readonly ConsentActor s_here = new(ActorKind.Institution, Situation.Here);
    private static readonly ConsentActor s_ayse = new(ActorKind.Clinician, Situation.Doctor);

    [Fact]
    public void Among_equals_the_denial_holds() => Assert.Equal(ConsentEffect.Deny, Of([s_permit], [s_deny]));

    [Fact]
    public void A_permission_that_says_the_same_more_exactly_comes_before_a_denial() => Assert.Equal(ConsentEffect.Permit, Of([s_deny with { Actors = [s_here] }], [s_permit with { Actors = [s_ayse] }]));

    [Fact]
    public void A_permission_that_says_something_else_does_not()
    {
        // Of the doctor all, against psychiatry of nobody: neither says what the other says.
        var outcome = Of([s_permit with { Actors = [s_ayse] }], [s_deny with { Sensitivities = Sensitivities.Psychiatry }]);
        Assert.Equal(ConsentEffect.Deny, outcome);
        Assert.Equal(ConsentEffect.Permit, Of([s_permit with { Actors = [s_ayse], Sensitivities = Sensitivities.Psychiatry }], [s_deny with { Sensitivities = Sensitivities.Psychiatry }]));
    }

    [Fact]
    public void An_exception_comes_before_what_it_excepts_from_and_its_own_exception_before_it()
    {
        var psychiatry = s_deny with { Depth = 1, Sensitivities = Sensitivities.Psychiatry };
        Assert.Equal(ConsentEffect.Deny, Of([s_permit, psychiatry]));
        Assert.Equal(ConsentEffect.Permit, Of([s_permit, psychiatry, s_permit with { Depth = 2, Actors = [s_ayse] }]));
        Assert.Equal(ConsentEffect.Deny, Of([s_permit, psychiatry, s_permit with { Depth = 1, Actors = [s_ayse] }]));
    }

    [Fact]
    public void A_consent_to_some_data_withholds_the_rest_unless_another_consent_permits_it()
    {
        Assert.Equal(ConsentEffect.NotCovered, Of([s_permit with { Types = ["Condition"] }]));
        Assert.Equal(ConsentEffect.Permit, Of([s_permit with { Types = ["Condition"] }], [s_permit with { Types = ["Observation"] }]));
        Assert.Equal(ConsentEffect.Silent, Of([s_permit with { Types = ["Condition"], Actors = [new ConsentActor(ActorKind.Clinician, "another")] }]));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void A_consent_is_in_force_from_its_begin_until_its_end(int minutes, bool denies) =>
        Assert.Equal(denies ? ConsentEffect.Deny : ConsentEffect.Silent, Of(Situation.Now.AddMinutes(minutes), Psychiatric, [s_deny with { From = Situation.Now, Until = Situation.Now.AddHours(1) }]));

    [Fact]
    public void What_is_not_known_of_a_resource_counts_against_it()
    {
        var nothing = new ResourceTraits { Type = "Observation", Id = "1" };
        ConsentRule[] restrictions =
        [
            s_deny with { Codes = ["s|c"] }, s_deny with { DataFrom = Situation.Now }, s_deny with { DataUntil = Situation.Now },
            s_deny with { Data = [new ConsentData(DataMeaning.AuthoredBy, "Practitioner/1")] }, s_deny with { Data = [new ConsentData(DataMeaning.Related, "Encounter/1")] },
        ];
        Assert.All(restrictions, r => Assert.Equal(ConsentEffect.Deny, Of(Situation.Now, nothing, [r])));
        Assert.All(restrictions, r => Assert.Equal(ConsentEffect.NotCovered, Of(Situation.Now, nothing, [r with { Permits = true }])));
    }

    [Fact]
    public void A_permission_of_one_sensitivity_does_not_clear_another_and_none_clears_what_is_very_restricted()
    {
        var psychiatry = s_permit with { Sensitivities = Sensitivities.Psychiatry };
        Assert.Equal(ConsentEffect.Permit, Of(Situation.Now, Labelled(Sensitivities.Psychiatry, null), [psychiatry]));
        Assert.Equal(ConsentEffect.NotCovered, Of(Situation.Now, Labelled(Sensitivities.Psychiatry | Sensitivities.Hiv, null), [psychiatry]));
        Assert.Equal(ConsentEffect.NotCovered, Of(Situation.Now, Labelled(Sensitivities.Psychiatry, Confidentiality.VeryRestricted), [psychiatry]));
        Assert.Equal(ConsentEffect.NotCovered, Of(Situation.Now, Labelled(Sensitivities.Other, null), [s_permit with { Sensitivities = (Sensitivities)63 }]));
        Assert.Equal(ConsentEffect.Permit, Of(Situation.Now, Labelled(Sensitivities.Other, Confidentiality.VeryRestricted), [s_permit with { Confidentiality = Confidentiality.VeryRestricted }]));
    }

    [Fact]
    public void More_provisions_than_can_be_weighed_deny_everything()
    {
        var rules = Enumerable.Repeat(s_permit, ApplicableConsents.ProvisionsMax + 1).ToImmutableArray();
        var consents = Applicable([.. rules.Select((r, i) => new ConsentDirective($"{i}", [r]))], Leniency.None);
        Assert.Equal((ConsentEffect.Deny, 0), (consents.Of(Psychiatric).Effect, consents.DeniedWhole));
    }

    [Fact]
    public void Random_consents_mean_what_a_naive_reading_of_the_precedence_says() => Gen.Select(Directives, Resources, Gen.Int[0, 2], Purposes).Sample(
        (directives, resource, leniency, purpose) =>
        {
            var caller = s_doctor with { Purpose = purpose };
            var consents = ApplicableConsents.Of(Known(directives), caller, Situation.Now, (Leniency)leniency);
            var outcome = consents.Of(resource.Traits);
            Assert.Equal(NaiveConsents.Effect(directives, caller, resource.Traits, (Leniency)leniency), outcome.Effect.ToString());
            Assert.True(consents.DeniedWhole < 0 || outcome.Effect == ConsentEffect.Deny, "all is denied, and this is not");
        },
        iter: 100_000, threads: 2);

    [Fact]
    public void Something_that_is_not_understood_never_shows_more() => Gen.Select(Directives, Resources, Gen.Int[0, 15]).Sample(
        (directives, resource, at) =>
        {
            var marked = directives.ToArray();
            var consent = marked[at % marked.Length];
            var index = at / 4 % consent.Rules.Length;
            marked[at % marked.Length] = consent with { Rules = consent.Rules.SetItem(index, consent.Rules[index] with { HasUnknown = true }) };
            Assert.True(Shows(directives, resource) || !Shows([.. marked], resource));
        },
        iter: 50_000, threads: 2);

    private static Gen<string> Purposes => Gen.OneOfConst("TREAT", "BTG", "HPAYMT");

    private static Gen<ImmutableArray<ConsentDirective>> Directives => Gen.Select(Gen.Bool, Rules, (permits, rules) => rules.SetItem(0, rules[0] with { Permits = permits, Depth = 0 }))
        .Array[1, 4].Select(all => all.Select((rules, i) => new ConsentDirective($"{i}", rules)).ToImmutableArray());

    private static Gen<ImmutableArray<ConsentRule>> Rules => Rule.Array[1, 4].Select(rules => rules.ToImmutableArray());

    /// <summary>Each restriction is there in about one of three.</summary>
    private static Gen<ConsentRule> Rule => Gen.Select(
        Gen.Select(Gen.Bool, Gen.Int[1, 2], Gen.Int[0, 9].Select(n => n == 0)),
        Gen.Select(Actors, Some(Purposes), Some(Gen.OneOfConst("Observation", "Condition"))),
        Gen.Select(Some(Gen.OneOfConst("s|a", "s|b")), Data, Gen.OneOfConst(Sensitivities.None, Sensitivities.None, Sensitivities.Psychiatry, Sensitivities.Hiv)),
        Gen.Select(Gen.OneOfConst<Confidentiality?>(null, null, Confidentiality.Normal, Confidentiality.Restricted), Gen.Int[0, 5]),
        (head, who, what, rest) => new ConsentRule
        {
            Permits = head.Item1,
            Depth = head.Item2,
            HasUnknown = head.Item3,
            Actors = who.Item1,
            Purposes = who.Item2,
            Types = who.Item3,
            Codes = what.Item1,
            Data = what.Item2,
            Sensitivities = what.Item3,
            Confidentiality = rest.Item1,
            DataFrom = rest.Item2 is 0 or 1 ? Situation.Now.AddDays(-10) : null,
            DataUntil = rest.Item2 is 1 or 2 ? Situation.Now : null,
        });

    private static Gen<ImmutableArray<ConsentActor>> Actors => Gen.OneOfConst<ImmutableArray<ConsentActor>>(
        [], [], [s_here], [s_ayse], [s_here, s_ayse], [new ConsentActor(ActorKind.Institution, Situation.Elsewhere)], [new ConsentActor(ActorKind.NotUnderstood, "")], [new ConsentActor(ActorKind.Nobody, "")]);

    private static Gen<ImmutableArray<ConsentData>> Data => Gen.OneOfConst<ImmutableArray<ConsentData>>(
        [], [], [], [new(DataMeaning.Instance, "Observation/1")], [new(DataMeaning.Related, "Encounter/1")], [new(DataMeaning.AuthoredBy, "Practitioner/1"), new(DataMeaning.Instance, "Observation/2")], [new(DataMeaning.Related, "Observation/1")]);

    private static Gen<Described> Resources => Gen.Select(
        Gen.OneOfConst("Observation", "Condition"),
        Gen.Int[0, 3],
        Gen.OneOfConst(Sensitivities.None, Sensitivities.Psychiatry, Sensitivities.Psychiatry | Sensitivities.Hiv),
        Gen.OneOfConst<Confidentiality?>(null, Confidentiality.Restricted, Confidentiality.VeryRestricted),
        Gen.OneOfConst<ImmutableArray<string>>(default, [], ["s|a"]),
        Gen.OneOfConst<ImmutableArray<string>>(default, [], ["Practitioner/1"]),
        Gen.OneOfConst<ImmutableArray<string>>(default, [], ["Encounter/1"]),
        (type, day, sensitivities, confidentiality, codes, authors, related) => new Described(type, day, sensitivities, confidentiality, codes, authors, related));

    private static Gen<ImmutableArray<string>> Some(Gen<string> gen) => Gen.Select(gen, Gen.Int[0, 2], (one, n) => n == 0 ? ImmutableArray.Create(one) : []);

    private static bool Shows(ImmutableArray<ConsentDirective> directives, Described resource) =>
        ApplicableConsents.Of(Known(directives), s_doctor, Situation.Now, Leniency.None).Of(resource.Traits).Effect is ConsentEffect.Silent or ConsentEffect.Permit;

    private static ResourceTraits Psychiatric => Labelled(Sensitivities.Psychiatry, null);

    private static ResourceTraits Labelled(Sensitivities sensitivities, Confidentiality? confidentiality) =>
        new() { Type = "Observation", Id = "1", Labels = ResourceLabels.Of(sensitivities, confidentiality), CareFrom = Situation.Now, CareUntil = Situation.Now.AddTicks(1), Codes = [], Authors = [], Related = [] };

    private static ConsentEffect Of(params ConsentRule[][] consents) => Of(Situation.Now, Psychiatric, consents);

    private static ConsentEffect Of(DateTimeOffset now, ResourceTraits resource, params ConsentRule[][] consents) =>
        ApplicableConsents.Of(Known([.. consents.Select((r, i) => new ConsentDirective($"{i}", [.. r]))]), s_doctor, now, Leniency.None).Of(resource).Effect;

    private static ApplicableConsents Applicable(ImmutableArray<ConsentDirective> directives, Leniency leniency) => ApplicableConsents.Of(Known(directives), s_doctor, Situation.Now, leniency);

    private static PatientKnowledge Known(ImmutableArray<ConsentDirective> directives) => new() { PatientId = "p1", Consents = directives };

    /// <summary>A resource that prints itself when it fails.</summary>
    internal sealed record Described(string Type, int Day, Sensitivities Sensitivities, Confidentiality? Confidentiality, ImmutableArray<string> Codes, ImmutableArray<string> Authors, ImmutableArray<string> Related)
    {
        public ResourceTraits Traits => new()
        {
            Type = Type,
            Id = "1",
            Labels = ResourceLabels.Of(Sensitivities, Confidentiality),
            CareFrom = Day == 0 ? null : Situation.Now.AddDays(5 - (Day * 5)),
            CareUntil = Day == 0 ? null : Situation.Now.AddDays(10 - (Day * 5)),
            Codes = Codes,
            Authors = Authors,
            Related = Related,
        };
    }
}
