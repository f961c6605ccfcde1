namespace EHealthHub.Records.Sealing;

/// <summary>Compression dictionaries by id, from 1 on. An id is never reused and a dictionary never changes: records refer to it for as long as they live.</summary>
internal static class Dictionaries
{
    /// <summary>The dictionary for new bodies; 0 is none.</summary>
    public const byte Bodies = 0;

    /// <summary>The dictionary for new facts; 0 is none.</summary>
    public const byte Facts = 0;

    /// <summary>All, in the order of their ids.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [];
}
