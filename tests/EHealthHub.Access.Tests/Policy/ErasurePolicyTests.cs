using EHealthHub.Access.Erasure;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Policy;

public class ErasurePolicyTests
{
    [Fact]
    public void Over_all_callers_and_steps_only_the_owner_asks_only_operators_handle_and_only_the_authority_holds()
    {
        foreach (var step in Enum.GetValues<ErasureStep>())
        {
            foreach (var person in Enum.GetValues<PersonKind>())
            {
                foreach (var institution in Enum.GetValues<InstitutionKind>())
                {
                    for (var bits = 0; bits < 4; bits++)
                    {
                        var (own, took) = ((bits & 1) != 0, (bits & 2) != 0);
                        var caller = new Caller { Institution = "i", InstitutionKind = institution, PersonKind = person, Person = person == PersonKind.None ? null : "p", Purpose = "TREAT", Certificate = "" };
                        var expected = step switch
                        {
                            ErasureStep.Ask => person == PersonKind.Citizen && own,
                            ErasureStep.Hold => person == PersonKind.None && institution == InstitutionKind.Authority,
                            ErasureStep.Approve => person == PersonKind.Operator && !took,
                            _ => person == PersonKind.Operator,
                        };
                        var decision = ErasurePolicy.Decide(caller, step, own, took);
                        Assert.True(expected == decision.Granted, $"{step} {person} {institution} {own} {took}: {decision.Rule}");
                        Assert.Equal(step == ErasureStep.Ask && !expected, decision.Hidden);
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_rule_says_in_words_what_it_does() => Assert.All(ErasurePolicy.RuleCodes, code => Assert.NotNull(RuleText.Of(code)));
}
