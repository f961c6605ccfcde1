using EHealthHub.Exchange.Derived;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Exchange.Tests.Derived;

/// <summary>What of a count is told: the defences against who asks twice and takes one from the other.</summary>
public sealed class TallyTests : IDisposable
{
    private readonly DataKey _root = DataKey.Create(1);
    private readonly DerivedBounds _bounds = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Figures_are_multiples_of_five_near_the_truth_and_right_in_the_mean()
    {
        using var project = Project("research/a");
        var error = 0L;
        const int tries = 2_000;
        for (var i = 0; i < tries; i++)
        {
            var told = Told(project, Names(i * 100, 53)) ?? throw new InvalidOperationException("53 patients are told of.");
            Assert.True(told is 50 or 55);
            error += told - 53;
        }

        Assert.InRange((double)error / tries, -0.25, 0.25);
    }

    [Fact]
    public void Neither_figure_nor_threshold_tells_one_patient_more()
    {
        using var project = Project("research/a");
        var first = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            var names = Names(i * 100, 20).ToList();
            first.Add(Enumerable.Range(1, 20).First(n => Told(project, names.Take(n)) is not null));
        }

        // One after the other is added: where the group first shows tells no more than that it has ten to fourteen.
        Assert.Equal([10, 11, 12, 13, 14], first.Distinct().Order());
    }

    [Fact]
    public void The_order_in_which_patients_come_does_not_matter_and_the_project_does()
    {
        using var one = Project("research/a");
        using var same = Project("research/a");
        using var other = Project("research/b");
        var sets = Enumerable.Range(0, 200).Select(i => Names(i * 100, 33).ToList()).ToList();
        Assert.Equal(sets.Select(s => Told(one, s)), sets.Select(s => Told(same, s.AsEnumerable().Reverse())));
        Assert.NotEqual(sets.Select(s => Told(one, s)), sets.Select(s => Told(other, s)));
    }

    [Fact]
    public void A_patient_counts_once_in_a_cell()
    {
        using var project = Project("research/a");
        var tally = new Tally(project, _bounds);
        tally.Add("p", new HashSet<string> { "x" });
        Assert.Empty(tally.Told());
    }

    [Fact]
    public void Pseudonyms_of_two_projects_and_of_two_institutions_have_nothing_in_common()
    {
        using var a = Project("research/a");
        using var b = Project("research/b");
        using var elsewhere = Project("research/a", "hospital-ankara");
        Assert.Equal(a.Pseudonym("Patient", "1"), a.Pseudonym("Patient", "1"));
        Assert.Equal(5, new[] { a.Pseudonym("Patient", "1"), b.Pseudonym("Patient", "1"), elsewhere.Pseudonym("Patient", "1"), a.Pseudonym("Patient", "2"), a.Pseudonym("Observation", "1") }.Distinct().Count());
        Assert.Matches("^[a-z2-7]{26}$", a.Pseudonym("Patient", "1"));
        Assert.All(Enumerable.Range(0, 500), i => Assert.True(Math.Abs(a.DaysMoved($"p{i}")) is >= 1 and <= 365));
    }

    private DerivedProject Project(string name, string institution = "hospital-izmir") =>
        DerivedProject.Of(Cohort.As(institution, Trust.InstitutionKind.Provider, "HRESCH", name).Caller, _root) ?? throw new InvalidOperationException();

    private long? Told(DerivedProject project, IEnumerable<string> patients)
    {
        var tally = new Tally(project, _bounds);
        foreach (var patient in patients)
        {
            tally.Add(patient, new HashSet<string> { "x" });
        }

        return tally.Told() is [var cell] ? cell.Patients : null;
    }

    private static IEnumerable<string> Names(int from, int count) => Enumerable.Range(from, count).Select(i => $"p{i}");
}
