namespace EHealthHub.Architecture.Tests.Binaries;

/// <summary>Can code of one namespace reach code of another within its assembly, by whatever way round?</summary>
internal static class Reach
{
    /// <summary>For each type of <paramref name="forbidden"/> (the namespace and those below it) that <paramref name="from"/> reaches: the shortest way there.</summary>
    public static IEnumerable<string> Ways(Room room, string from, string forbidden)
    {
        var mentions = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var type in room.Types)
        {
            var name = Outermost(room.NameOf(type));
            if (!mentions.TryGetValue(name, out var set))
            {
                mentions[name] = set = new HashSet<string>(StringComparer.Ordinal);
            }

            set.UnionWith(room.MentionedBy(type).Select(Outermost));
        }

        var ways = mentions.Keys.Where(n => IsIn(n, from)).ToDictionary(n => n, n => n, StringComparer.Ordinal);
        var waiting = new Queue<string>(ways.Keys.Order(StringComparer.Ordinal));
        while (waiting.TryDequeue(out var name))
        {
            foreach (var next in mentions[name].Order(StringComparer.Ordinal).Where(mentions.ContainsKey))
            {
                if (!ways.TryAdd(next, ways[name] + " -> " + next))
                {
                    continue;
                }

                if (IsIn(next, forbidden))
                {
                    yield return ways[next];
                }
                else
                {
                    waiting.Enqueue(next);
                }
            }
        }
    }

    private static bool IsIn(string type, string space) => type.StartsWith(space + ".", StringComparison.Ordinal);

    private static string Outermost(string name) => name.Split('+')[0];
}
