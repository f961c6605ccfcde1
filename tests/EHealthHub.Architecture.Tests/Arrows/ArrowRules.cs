using System.Xml.Linq;

namespace EHealthHub.Architecture.Tests.Arrows;

/// <summary>Compares the arrows with what the project files really reference.</summary>
internal static class ArrowRules
{
    private static readonly string[] ForbiddenRooms = ["Common", "Core", "Shared", "Abstractions", "Infrastructure", "Utilities", "Helpers"];

    /// <summary>Rooms that a project file references, by their short names.</summary>
    public static IReadOnlySet<string> References(string projectXml) =>
        XDocument.Parse(projectXml).Descendants("ProjectReference")
            .Select(e => RoomOf((string?)e.Attribute("Include") ?? throw new InvalidDataException("A ProjectReference without Include.")))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Everything in which the two differ, one sentence each.</summary>
    public static IEnumerable<string> Compare(IReadOnlyDictionary<string, IReadOnlySet<string>> arrows, IReadOnlyDictionary<string, IReadOnlySet<string>> projects)
    {
        foreach (var (room, references) in projects)
        {
            if (ForbiddenRooms.Any(f => room.Split('.').Contains(f)))
            {
                yield return $"There is no room {room}: its parts belong to the rooms that need them.";
            }

            if (!arrows.TryGetValue(room, out var allowed))
            {
                yield return $"{room} is not in the README's arrows.";
                continue;
            }

            foreach (var extra in references.Except(allowed))
            {
                yield return $"{room} references {extra}, which the README does not allow.";
            }

            foreach (var missing in allowed.Except(references))
            {
                yield return $"The README says {room} -> {missing}, but the project has no such reference.";
            }
        }

        foreach (var room in arrows.Keys.Concat(arrows.Values.SelectMany(t => t)).Distinct().Where(r => !projects.ContainsKey(r)))
        {
            yield return $"The README's arrows name {room}, which is no project in src.";
        }
    }

    private static string RoomOf(string include)
    {
        var name = include.Replace('\\', '/').Split('/')[^1];
        name = name.EndsWith(".csproj", StringComparison.Ordinal) ? name[..^".csproj".Length] : name;
        return name.StartsWith("EHealthHub.", StringComparison.Ordinal) ? name["EHealthHub.".Length..] : name;
    }
}
