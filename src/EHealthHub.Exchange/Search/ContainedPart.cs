using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Exchange.Search;

/// <summary>A contained resource out of the JSON of the whole.</summary>
internal static class ContainedPart
{
    /// <summary>Its bytes as they stand there. The facts that named it are bound to this body, so that it is there.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> whole, string id)
    {
        using var document = JsonDocument.Parse(whole);
        foreach (var contained in document.RootElement.GetProperty("contained"u8).EnumerateArray())
        {
            if (contained.TryGetProperty("id"u8, out var local) && local.ValueEquals(id))
            {
                return JsonMarshal.GetRawUtf8Value(contained).ToArray();
            }
        }

        throw new InvalidOperationException("The facts name a contained resource that the body does not have.");
    }
}
