using System.Text.RegularExpressions;

namespace EHealthHub.Architecture.Tests.Documents;

/// <summary>Documents that prove a claim by naming its test: the name stands in backticks in the last cell of the table's row.</summary>
internal static partial class NamedTests
{
    /// <summary>Names of all test methods in C# source.</summary>
    public static IEnumerable<string> MethodsOf(string source) => TestMethod().Matches(source).Select(m => m.Groups[1].Value);

    /// <summary>Rows of a document's tables whose claim nothing proves: no test named, or one that does not exist.</summary>
    /// <param name="document">Markdown.</param>
    /// <param name="tests">Names of the tests that there are.</param>
    public static IEnumerable<string> Unproven(string document, IReadOnlySet<string> tests)
    {
        foreach (var cells in Rows(document))
        {
            var names = Backticked().Matches(cells[^1]).Select(m => m.Groups[1].Value).ToArray();
            if (names.Length == 0)
            {
                yield return $"\"{cells[0]}\" names no test.";
            }

            foreach (var name in names.Where(n => !tests.Contains(n)))
            {
                yield return $"\"{cells[0]}\" names {name}, which is no test.";
            }
        }
    }

    /// <summary>The cells of every row of every table, headings apart.</summary>
    public static IEnumerable<string[]> Rows(string document)
    {
        var lines = document.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var isHeading = i + 1 < lines.Length && Rule().IsMatch(lines[i + 1]);
            if (lines[i].StartsWith('|') && !Rule().IsMatch(lines[i]) && !isHeading)
            {
                yield return [.. lines[i].Trim().Trim('|').Split('|').Select(c => c.Trim())];
            }
        }
    }

    [GeneratedRegex(@"\[\w*(?:Fact|Theory)[\](](?s:.{0,20000}?)public (?:async )?(?:Task|void) (\w+)\(", RegexOptions.CultureInvariant)]
    private static partial Regex TestMethod();

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Backticked();

    [GeneratedRegex(@"^\|(?:\s*:?-+:?\s*\|)+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();
}
