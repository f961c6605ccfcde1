using System.Reflection;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace EHealthHub.Architecture.Tests.Binaries;

/// <summary>Compares what an assembly shows with what its documentation file explains.</summary>
internal static class Documentation
{
    /// <summary>Visible types and members without a documentation entry. Overloads are counted, not told apart: the compiler does that; constructors are left to it.</summary>
    public static IEnumerable<string> Missing(Room room, XDocument documentation)
    {
        var members = documentation.Descendants("member").ToLookup(m => WithoutParameters((string?)m.Attribute("name") ?? ""), StringComparer.Ordinal);
        foreach (var handle in room.Types.Where(room.IsVisible))
        {
            var type = room.Reader.GetTypeDefinition(handle);
            if (room.IsCompilerGenerated(type.GetCustomAttributes()))
            {
                continue;
            }

            var name = room.NameOf(handle).Replace('+', '.');
            if (!members.Contains("T:" + name))
            {
                yield return "T:" + name;
                continue;
            }

            // The parameters of a positional record are explained on the record.
            var positional = members["T:" + name].Descendants("param").Select(p => (string?)p.Attribute("name")).ToHashSet();
            foreach (var member in Members(room, type).Where(m => !positional.Contains(m[2..])).GroupBy(m => m, StringComparer.Ordinal))
            {
                var id = $"{member.Key[..2]}{name}.{member.Key[2..]}";
                if (members[id].Count() < member.Count())
                {
                    yield return id;
                }
            }
        }
    }

    private static IEnumerable<string> Members(Room room, TypeDefinition type)
    {
        var reader = room.Reader;
        var isDelegate = room.NamesOf(type.BaseType).Contains("System.MulticastDelegate");
        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            var name = reader.GetString(method.Name);
            var isOperator = name.StartsWith("op_", StringComparison.Ordinal);
            if (!isDelegate && Room.IsVisible(method.Attributes) && (!method.Attributes.HasFlag(MethodAttributes.SpecialName) || isOperator) && !room.IsCompilerGenerated(method.GetCustomAttributes()))
            {
                yield return "M:" + name;
            }
        }

        foreach (var property in type.GetProperties().Select(reader.GetPropertyDefinition))
        {
            var name = reader.GetString(property.Name);
            var accessors = property.GetAccessors();
            if (name != "EqualityContract" && new[] { accessors.Getter, accessors.Setter }.Any(a => !a.IsNil && Room.IsVisible(reader.GetMethodDefinition(a).Attributes)))
            {
                yield return "P:" + name;
            }
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if ((field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family && !field.Attributes.HasFlag(FieldAttributes.SpecialName))
            {
                yield return "F:" + reader.GetString(field.Name);
            }
        }
    }

    private static string WithoutParameters(string id)
    {
        var end = id.IndexOf('(', StringComparison.Ordinal);
        id = end < 0 ? id : id[..end];
        var arity = id.IndexOf("``", StringComparison.Ordinal);
        return arity < 0 ? id : id[..arity];
    }
}
