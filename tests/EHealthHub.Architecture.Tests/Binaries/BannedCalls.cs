using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace EHealthHub.Architecture.Tests.Binaries;

/// <summary>What the list of banned symbols forbids, looked for in what was really compiled.</summary>
internal static class BannedCalls
{
    /// <summary>A banned type, or a member of one. <paramref name="Parameters"/> is -1 where any number is meant.</summary>
    public sealed record Symbol(string Type, string? Member, int Parameters);

    /// <summary>Reads lines of documentation ids, as the analyzer does: <c>P:</c>, <c>M:</c> and <c>T:</c>.</summary>
    public static IEnumerable<Symbol> Parse(string list)
    {
        foreach (var line in list.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var id = line.Split(';')[0];
            var open = id.IndexOf('(', StringComparison.Ordinal);
            var path = open < 0 ? id[2..] : id[2..open];
            var dot = path.LastIndexOf('.');
            yield return id[0] switch
            {
                'T' => new Symbol(path, null, -1),
                'P' => new Symbol(path[..dot], "get_" + path[(dot + 1)..], -1),
                'M' => new Symbol(path[..dot], path[(dot + 1)..].Split('`')[0], open < 0 ? -1 : CountParameters(id.AsSpan(open))),
                _ => throw new InvalidDataException($"The line {line} of the banned symbols is of an unknown kind."),
            };
        }
    }

    /// <summary>Every use of a symbol in an assembly.</summary>
    public static IEnumerable<string> In(Room room, IReadOnlyList<Symbol> symbols)
    {
        var reader = room.Reader;
        foreach (var handle in reader.TypeReferences)
        {
            var type = MentionedTypes.NameOf(reader, handle);
            if (symbols.Any(s => s.Member is null && s.Type == type))
            {
                yield return $"{type} is used.";
            }
        }

        foreach (var member in reader.MemberReferences.Select(reader.GetMemberReference).Where(m => m.GetKind() == MemberReferenceKind.Method && m.Parent.Kind == HandleKind.TypeReference))
        {
            var type = MentionedTypes.NameOf(reader, (TypeReferenceHandle)member.Parent);
            var name = reader.GetString(member.Name);
            var parameters = member.DecodeMethodSignature(MentionedTypes.Provider, null).ParameterTypes.Length;
            if (symbols.Any(s => s.Type == type && s.Member == name && (s.Parameters < 0 || s.Parameters == parameters)))
            {
                yield return $"{type}.{name} is called.";
            }
        }
    }

    private static int CountParameters(ReadOnlySpan<char> list)
    {
        var depth = 0;
        var commas = 0;
        foreach (var c in list)
        {
            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            commas += c == ',' && depth == 0 ? 1 : 0;
        }

        return list is "()" ? 0 : commas + 1;
    }
}
