using EHealthHub.Architecture.Tests.Repository;

namespace EHealthHub.Architecture.Tests.Arrows;

public sealed class ArrowTests
{
    private const string Readme = """
        # A hub
        ```
        not arrows
        ```
        ```
        Door -> Room
        Room -> Ground, Cellar
        Ground, Cellar -> nothing
        ```
        """;

    [Fact]
    public void Projects_reference_each_other_exactly_along_the_arrows_of_the_README() =>
        Assert.Empty(ArrowRules.Compare(ReadmeArrows.Parse(Tree.Read("README.md")), Tree.Rooms.ToDictionary(r => r, r => ArrowRules.References(ProjectOf(r)))));

    [Fact]
    public void Every_room_has_a_test_project_that_references_it()
    {
        foreach (var room in Tree.Rooms)
        {
            var project = $"tests/EHealthHub.{room}.Tests/EHealthHub.{room}.Tests.csproj";
            Assert.Contains(project, Tree.Files);
            Assert.Contains(room, ArrowRules.References(Tree.Read(project)));
        }
    }

    [Fact]
    public void Ten_rooms_stand_in_src() => Assert.Equal(10, Tree.Rooms.Count);

    [Fact]
    public void Arrows_are_read_from_the_first_block_that_has_only_arrows()
    {
        var arrows = ReadmeArrows.Parse(Readme);
        Assert.Equal(["Cellar", "Door", "Ground", "Room"], arrows.Keys.Order());
        Assert.Equal(["Cellar", "Ground"], arrows["Room"].Order());
        Assert.Empty(arrows["Cellar"]);
    }

    [Fact]
    public void A_README_without_arrows_or_with_a_room_named_twice_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => ReadmeArrows.Parse("no arrows here"));
        Assert.Throws<InvalidDataException>(() => ReadmeArrows.Parse("```\nA -> B\nA -> C\n```"));
    }

    [Theory]
    [InlineData("Room", "Ground,Cellar,Door", "Room references Door")]
    [InlineData("Room", "Ground", "Room -> Cellar")]
    [InlineData("Shed", "", "Shed is not in")]
    [InlineData("Common", "", "no room Common")]
    [InlineData("Cellar", null, "name Cellar, which is no project")]
    public void Any_difference_is_named(string room, string? references, string problem)
    {
        var arrows = ReadmeArrows.Parse(Readme);
        var projects = new Dictionary<string, IReadOnlySet<string>>(arrows);
        Assert.Empty(ArrowRules.Compare(arrows, projects));
        if (references is null)
        {
            projects.Remove(room);
        }
        else
        {
            projects[room] = references.Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        }

        Assert.Contains(ArrowRules.Compare(arrows, projects), p => p.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void References_are_read_with_either_slash() =>
        Assert.Equal(
            ["Fhir", "Keys"],
            ArrowRules.References("""<Project><ItemGroup><ProjectReference Include="..\EHealthHub.Keys\EHealthHub.Keys.csproj" /><ProjectReference Include="../EHealthHub.Fhir/EHealthHub.Fhir.csproj" /></ItemGroup></Project>""").Order());

    private static string ProjectOf(string room) => Tree.Read($"src/EHealthHub.{room}/EHealthHub.{room}.csproj");
}
