namespace EHealthHub.Architecture.Tests.Arrows;

/// <summary>Who may know whom, as the README's front page says it.</summary>
internal static class ReadmeArrows
{
    /// <summary>Reads the first fenced block whose every line has the form <c>A -> B, C</c>, <c>A, B -> nothing</c> included. Throws when there is none or a room stands on the left twice.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Parse(string readme)
    {
        foreach (var block in FencedBlocks(readme))
        {
            if (block.Count > 0 && block.All(l => l.Contains("->", StringComparison.Ordinal)))
            {
                return ParseBlock(block);
            }
        }

        throw new InvalidDataException("The README has no block of arrows.");
    }

    private static Dictionary<string, IReadOnlySet<string>> ParseBlock(List<string> lines)
    {
        var arrows = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var sides = line.Split("->", 2);
            var targets = Names(sides[1]).Where(n => n != "nothing").ToHashSet(StringComparer.Ordinal);
            foreach (var room in Names(sides[0]))
            {
                if (!arrows.TryAdd(room, targets))
                {
                    throw new InvalidDataException($"The README's arrows name {room} on the left twice.");
                }
            }
        }

        return arrows;
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<List<string>> FencedBlocks(string text)
    {
        List<string>? block = null;
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                if (line.Length > 0)
                {
                    block?.Add(line);
                }
            }
            else if (block is null)
            {
                block = [];
            }
            else
            {
                yield return block;
                block = null;
            }
        }
    }
}
