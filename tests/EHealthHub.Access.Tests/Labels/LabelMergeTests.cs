using EHealthHub.Access.Labels;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Access.Tests.Labels;

public class LabelMergeTests
{
    private static readonly string[] Codes = ["HIV", "own", "N", "R", "V"];

    [Fact]
    public void What_the_rules_assign_is_added_and_the_lower_level_gives_way()
    {
        var change = LabelMerge.Of([Label("N"), Label("own")], [Label("HIV"), Label("R")], []);
        Assert.Equal([Label("HIV"), Label("R")], change.Add.AsEnumerable());
        Assert.True(change.Drops(ResourceLabels.ConfidentialitySystem, "N"));
        Assert.False(change.Drops(ResourceLabels.ConfidentialitySystem, "R"));
        Assert.False(change.Drops("urn:own", "own"));
    }

    [Fact]
    public void A_stricter_label_of_the_submitter_stays()
    {
        var change = LabelMerge.Of([Label("V")], [Label("HIV"), Label("R")], []);
        Assert.Equal([Label("HIV")], change.Add.AsEnumerable());
        Assert.False(change.Drops(ResourceLabels.ConfidentialitySystem, "V"));
    }

    [Fact]
    public void What_needs_no_change_is_left_alone()
    {
        Assert.True(LabelMerge.Of([], [], []).IsEmpty);
        Assert.True(LabelMerge.Of([Label("N")], [], []).IsEmpty);
        Assert.True(LabelMerge.Of([Label("HIV"), Label("R")], [Label("HIV"), Label("R")], [Label("HIV")]).IsEmpty);
        Assert.True(LabelMerge.Of([], [], [Label("own"), Label("N")]).IsEmpty);
    }

    [Fact]
    public void Over_all_combinations_nothing_that_is_kept_gets_lost_and_no_level_falls()
    {
        for (var mask = 0; mask < 1 << (3 * Codes.Length); mask++)
        {
            var (written, assigned, before) = (Pick(mask), Pick(mask >> Codes.Length), Pick(mask >> (2 * Codes.Length)));
            var change = LabelMerge.Of(written, assigned, before);
            var after = written.Where(l => !change.Drops(l.System, l.Code)).Concat(change.Add).ToHashSet();

            var must = Level(written.Concat(assigned).Concat(before.Where(LabelMerge.IsKept)));
            Assert.True(Level(after) == must, Describe(mask));
            Assert.True(Reasons(after).IsSupersetOf(Reasons(written.Concat(assigned).Concat(before))), Describe(mask));
            Assert.True(!written.Contains(Label("own")) || after.Contains(Label("own")), Describe(mask));
        }
    }

    private static string Describe(int mask) => FormattableString.Invariant($"mask {mask}");

    private static int Level(IEnumerable<SecurityLabel> labels) =>
        labels.Where(l => l.System == ResourceLabels.ConfidentialitySystem).Select(l => (int)ResourceLabels.ConfidentialityOf(l.Code)!.Value).DefaultIfEmpty(-1).Max();

    private static HashSet<SecurityLabel> Reasons(IEnumerable<SecurityLabel> labels) => labels.Where(l => l.System == ResourceLabels.SensitivitySystem).ToHashSet();

    private static List<SecurityLabel> Pick(int mask) => [.. Codes.Where((_, i) => ((mask >> i) & 1) == 1).Select(Label)];

    private static SecurityLabel Label(string code) => new(code switch
    {
        "HIV" or "PSY" => ResourceLabels.SensitivitySystem,
        "own" => "urn:own",
        _ => ResourceLabels.ConfidentialitySystem,
    }, code);
}
