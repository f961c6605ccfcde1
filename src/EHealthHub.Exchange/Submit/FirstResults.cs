using System.Collections.Immutable;
using System.Text.Json;

namespace EHealthHub.Exchange.Submit;

/// <summary>What is remembered, sealed, for a request id: the ends, never content.</summary>
internal static class FirstResults
{
    public static byte[] Encode(ImmutableArray<EntryEnd> ends) => JsonSerializer.SerializeToUtf8Bytes(ends.AsSpan().ToArray());

    public static ImmutableArray<EntryEnd> Decode(ReadOnlySpan<byte> json) =>
        [.. JsonSerializer.Deserialize<EntryEnd[]>(json) ?? throw new InvalidDataException("The remembered result of a request is empty.")];
}
