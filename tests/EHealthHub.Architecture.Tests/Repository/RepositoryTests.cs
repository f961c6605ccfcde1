using System.Diagnostics;
using System.Text.Json;

namespace EHealthHub.Architecture.Tests.Repository;

public sealed class RepositoryTests
{
    private const string Begins = "<<<<<<< ";
    private const string Ends = ">>>>>>> ";

    private static IEnumerable<string> Projects => Tree.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Habits_are_set_once_for_all_projects()
    {
        Assert.Empty(RepositoryRules.CheckProps(Tree.Read("Directory.Build.props")));
        Assert.Empty(Projects.SelectMany(p => RepositoryRules.CheckProject(p, Tree.Read(p))));
        Assert.Equal(["Directory.Build.props"], Tree.Files.Where(f => Path.GetFileName(f).StartsWith("Directory.Build.", StringComparison.Ordinal)));
        Assert.Equal([".editorconfig"], Tree.Files.Where(f => Path.GetFileName(f) == ".editorconfig"));
    }

    [Theory]
    [InlineData("src/EHealthHub.Records/EHealthHub.Records.csproj", "true")]
    [InlineData("src/EHealthHub.Gateway/EHealthHub.Gateway.csproj", "true")]
    [InlineData("tests/EHealthHub.Records.Tests/EHealthHub.Records.Tests.csproj", "false")]
    public async Task Habits_are_in_force_when_a_project_is_evaluated(string project, string documented)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(Tree.Root, project), "-getProperty:" + string.Join(',', RepositoryRules.Habits.Keys), "-getItem:AdditionalFiles,PackageReference", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };
        // The test host's own MSBuild settings would be inherited.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        using var evaluated = JsonDocument.Parse(output);
        foreach (var (name, value) in RepositoryRules.Habits)
        {
            Assert.Equal((name, name == "GenerateDocumentationFile" ? documented : value), (name, evaluated.RootElement.GetProperty("Properties").GetProperty(name).GetString()));
        }

        var items = evaluated.RootElement.GetProperty("Items");
        Assert.Contains(items.GetProperty("AdditionalFiles").EnumerateArray(), i => i.GetProperty("Filename").GetString() == "BannedSymbols");
        Assert.Contains(items.GetProperty("PackageReference").EnumerateArray(), i => i.GetProperty("Identity").GetString() == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
    }

    [Fact]
    public void The_solution_lists_every_project() =>
        Assert.Equal(Projects.Order(StringComparer.Ordinal), RepositoryRules.ProjectsOf(Tree.Read("EHealthHub.sln")).Order(StringComparer.Ordinal));

    [Fact]
    public void No_text_holds_both_sides_of_a_merge()
    {
        var texts = Tree.Files.Where(f => Path.GetExtension(f) is ".md" or ".cs" or ".csproj" or ".props" or ".json" or ".sql" or ".yml");
        Assert.DoesNotContain(texts, f => File.ReadLines(Path.Combine(Tree.Root, f)).Any(l => l.StartsWith(Begins, StringComparison.Ordinal) || l.StartsWith(Ends, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_project_has_its_lock_file()
    {
        foreach (var project in Projects)
        {
            Assert.Contains(Path.GetDirectoryName(project)!.Replace('\\', '/') + "/packages.lock.json", Tree.Files);
        }
    }

    [Fact]
    public void Nothing_secret_lies_in_the_repository()
    {
        Assert.DoesNotContain(Tree.Files, RepositoryRules.IsKeyFile);
        Assert.DoesNotContain(Tree.Files, f => new FileInfo(Path.Combine(Tree.Root, f)).Length < 4 * 1024 * 1024 && RepositoryRules.HoldsPrivateKey(Tree.Read(f)));
    }

    [Fact]
    public void Every_room_and_the_front_door_have_their_papers()
    {
        Assert.Equal([], Tree.Rooms.Select(r => $"src/EHealthHub.{r}/README.md").Except(Tree.Files));
        Assert.Equal([], new[] { "README.md", "LICENSE", "SECURITY.md", "CHANGELOG.md", "hub", "test", ".ci/run", "global.json", "BannedSymbols.txt" }.Except(Tree.Files));
    }

    [Theory]
    [InlineData("<Project><PropertyGroup><Nullable>disable</Nullable></PropertyGroup></Project>", "Nullable is set once")]
    [InlineData("<Project><PropertyGroup><TreatWarningsAsErrors>false</TreatWarningsAsErrors></PropertyGroup></Project>", "TreatWarningsAsErrors")]
    [InlineData("<Project><PropertyGroup><NoWarn>CS1591</NoWarn></PropertyGroup></Project>", "NoWarn has no reason")]
    [InlineData("<Project><ItemGroup><PackageReference Include=\"Polly\" Version=\"8.0.0\" /></ItemGroup></Project>", "version of Polly")]
    public void A_project_that_takes_a_habit_back_is_found(string xml, string problem) =>
        Assert.Contains(problem, Assert.Single(RepositoryRules.CheckProject("a.csproj", xml)), StringComparison.Ordinal);

    [Fact]
    public void A_reason_above_makes_a_NoWarn_good() =>
        Assert.Empty(RepositoryRules.CheckProject("a.csproj", "<Project><PropertyGroup>\n<!-- because -->\n<NoWarn>CS1591</NoWarn></PropertyGroup></Project>"));

    [Fact]
    public void Props_without_the_habits_are_found() =>
        Assert.Equal(RepositoryRules.Habits.Count + 2, RepositoryRules.CheckProps("<Project><PropertyGroup><Nullable>disable</Nullable></PropertyGroup></Project>").Count());

    [Fact]
    public void Keys_are_recognized_by_name_and_by_content()
    {
        Assert.True(RepositoryRules.IsKeyFile("a/b.P12"));
        Assert.True(RepositoryRules.HoldsPrivateKey("-----BEGIN EC PRIV" + "ATE KEY-----"));
        Assert.False(RepositoryRules.IsKeyFile("keys.md"));
        Assert.False(RepositoryRules.HoldsPrivateKey("-----BEGIN PUBLIC KEY-----"));
    }

    [Fact]
    public void Projects_are_read_from_a_solution() =>
        Assert.Equal(["src/A/A.csproj"], RepositoryRules.ProjectsOf("Project(\"{X}\") = \"src\", \"src\", \"{Y}\"\nProject(\"{X}\") = \"A\", \"src\\A\\A.csproj\", \"{Z}\"\n"));
}
