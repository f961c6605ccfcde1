using System.Reflection.Metadata;

namespace EHealthHub.Architecture.Tests.Binaries;

/// <summary>No public method gives opened data back unless it asks for a receipt.</summary>
internal static class ReceiptRule
{
    /// <summary>Visible methods whose return type mentions an opened type and whose parameters do not mention the receipt. Accessors of the opened types themselves are no way in: somebody already holds the data.</summary>
    public static IEnumerable<string> Breaches(Room room, IReadOnlySet<string> opened, string receipt)
    {
        foreach (var type in room.Types.Where(room.IsVisible).Where(t => !opened.Contains(room.NameOf(t))))
        {
            foreach (var handle in room.Reader.GetTypeDefinition(type).GetMethods())
            {
                var method = room.Reader.GetMethodDefinition(handle);
                var signature = method.DecodeSignature(MentionedTypes.Provider, null);
                if (Room.IsVisible(method.Attributes) && signature.ReturnType.Any(opened.Contains) && !signature.ParameterTypes.Any(p => p.Contains(receipt)))
                {
                    yield return $"{room.NameOf(type)}.{room.Reader.GetString(method.Name)} gives opened data without asking for {receipt}.";
                }
            }
        }
    }
}
