using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EHealthHub.Architecture.Tests.Repository;

/// <summary>Rules about project files and about what may lie in the repository at all.</summary>
internal static partial class RepositoryRules
{
    /// <summary>What every project gets from Directory.Build.props, and no project may take back.</summary>
    public static readonly IReadOnlyDictionary<string, string> Habits = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TreatWarningsAsErrors"] = "true",
        ["Nullable"] = "enable",
        ["AnalysisLevel"] = "latest-recommended",
        ["EnforceCodeStyleInBuild"] = "true",
        ["Deterministic"] = "true",
        ["RestorePackagesWithLockFile"] = "true",
        ["InvariantGlobalization"] = "true",
        ["GenerateDocumentationFile"] = "true",
    };

    /// <summary>Names that must not lie in git whatever they hold.</summary>
    public static bool IsKeyFile(string path) => Path.GetExtension(path).ToUpperInvariant() is ".KEY" or ".PFX" or ".P12" or ".JKS" or ".KEYSTORE";

    /// <summary>A private key in PEM armour.</summary>
    public static bool HoldsPrivateKey(string text) => PrivateKey().IsMatch(text);

    /// <summary>What a project file may not do.</summary>
    public static IEnumerable<string> CheckProject(string path, string xml)
    {
        var project = XDocument.Parse(xml, LoadOptions.PreserveWhitespace);
        foreach (var element in project.Descendants())
        {
            var name = element.Name.LocalName;
            if (Habits.ContainsKey(name) || name is "WarningsNotAsErrors" or "ManagePackageVersionsCentrally")
            {
                yield return $"{path}: {name} is set once, in Directory.Build.props.";
            }

            if (name is "NoWarn" && !HasCommentAbove(element))
            {
                yield return $"{path}: NoWarn has no reason above it.";
            }

            if (name is "PackageReference" && (element.Attribute("Version") ?? element.Attribute("VersionOverride")) is not null)
            {
                yield return $"{path}: the version of {(string?)element.Attribute("Include")} belongs into Directory.Packages.props.";
            }
        }
    }

    /// <summary>Habits that Directory.Build.props does not hold, and whether the analyzer of banned calls is wired.</summary>
    public static IEnumerable<string> CheckProps(string xml)
    {
        var props = XDocument.Parse(xml);
        foreach (var (name, value) in Habits)
        {
            if (props.Descendants(name).All(e => e.Value != value))
            {
                yield return $"Directory.Build.props does not set {name} to {value}.";
            }
        }

        if (props.Descendants("PackageReference").All(e => (string?)e.Attribute("Include") != "Microsoft.CodeAnalysis.BannedApiAnalyzers"))
        {
            yield return "Directory.Build.props does not reference the analyzer of banned calls.";
        }

        if (props.Descendants("AdditionalFiles").All(e => ((string?)e.Attribute("Include"))?.EndsWith("BannedSymbols.txt", StringComparison.Ordinal) != true))
        {
            yield return "Directory.Build.props does not give the analyzer its list.";
        }
    }

    /// <summary>Project paths of a classic solution file, with forward slashes.</summary>
    public static IEnumerable<string> ProjectsOf(string solution) => SolutionProject().Matches(solution).Select(m => m.Groups[1].Value.Replace('\\', '/'));

    private static bool HasCommentAbove(XElement element)
    {
        var node = element.PreviousNode;
        while (node is XText text && string.IsNullOrWhiteSpace(text.Value))
        {
            node = node.PreviousNode;
        }

        return node is XComment;
    }

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIV[A]TE KEY-----", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    [GeneratedRegex("""^Project\("[^"]*"\) = "[^"]*", "([^"]*\.csproj)",""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex SolutionProject();
}
