using System.Text.RegularExpressions;

namespace EHealthHub.Auditor.Tests.Support;

/// <summary>Enough of a parser to see that a page's tags close in order and its ids are unique.</summary>
internal static partial class Markup
{
    private static readonly HashSet<string> Void = ["meta", "link", "input", "br"];

    /// <summary>What is wrong with a page; empty when nothing.</summary>
    public static IReadOnlyList<string> Faults(string page)
    {
        var faults = new List<string>();
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(page))
        {
            var name = tag.Groups["name"].Value;
            if (tag.Groups["close"].Length == 0)
            {
                if (!Void.Contains(name) && !tag.Value.EndsWith("/>", StringComparison.Ordinal))
                {
                    open.Push(name);
                }
            }
            else if (open.Count == 0 || open.Pop() != name)
            {
                faults.Add($"{tag.Value} at {tag.Index} closes something else");
            }
        }

        faults.AddRange(open.Select(name => $"<{name}> stays open"));
        faults.AddRange(Id().Matches(page).GroupBy(m => m.Value).Where(g => g.Count() > 1).Select(g => $"{g.Key} stands twice"));
        return faults;
    }

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z0-9]+)[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(" id=\"[^\"]*\"")]
    private static partial Regex Id();
}
