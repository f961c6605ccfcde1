namespace EHealthHub.Records.Sealing;

/// <summary>
/// Compression dictionaries by id, from 1 on; read from this assembly when first used. An id is never reused and a dictionary never changes: records refer to it for as long as they live. They are trained on synthetic patients and on names of the
/// specification only (the benchmarks' <c>dictionaries</c>): one trained on records would contain records.
/// </summary>
internal static class Dictionaries
{
    /// <summary>The dictionary for new bodies.</summary>
    public const byte Bodies = 1;

    /// <summary>The dictionary for new facts.</summary>
    public const byte Facts = 2;

    /// <summary>All, in the order of their ids.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [Load("bodies.1"), Load("facts.2")];

    private static byte[] Load(string name)
    {
        using var stream = typeof(Dictionaries).Assembly.GetManifestResourceStream($"EHealthHub.Records.Sealing.{name}") ?? throw new InvalidOperationException($"The dictionary {name} is not part of this build.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
