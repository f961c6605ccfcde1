using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>What never changes about a compartment, with its name opened.</summary>
/// <param name="Key">Leading key of all its rows.</param>
/// <param name="Number">Ordinal of its making, from 1: the order of scans over all compartments.</param>
/// <param name="Handle">Keyed handle of kind and name.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Name">Logical id of the patient, registered id of the institution, or empty.</param>
internal sealed record CompartmentInfo(long Key, long Number, UInt128 Handle, CompartmentKind Kind, string Name)
{
    /// <summary>Logical id of the patient whose compartment it is, or null.</summary>
    public string? Patient => Kind == CompartmentKind.Patient ? Name : null;
}

/// <summary>The row of a compartment as the database has it.</summary>
internal sealed class CompartmentRow
{
    public required long Key { get; init; }

    public required long Number { get; init; }

    public required UInt128 Handle { get; init; }

    public required int Kind { get; init; }

    public required byte[] Name { get; init; }

    public int NextSlot { get; set; }

    /// <summary>How many commits touched the compartment.</summary>
    public long Counter { get; set; }

    /// <summary>Keyed multiset hash over all versions, 32 bytes.</summary>
    public required byte[] Contents { get; init; }

    public required byte[] Mac { get; init; }
}

/// <summary>A row of the table of versions; the body is there only where it was asked for.</summary>
internal sealed class VersionRow
{
    private const int MadeByUpdateFlag = 1 << 16;
    private const int GenerationMax = Reindexing.SearchGenerations.NumberMax;

    public required long Key { get; init; }

    public required int Slot { get; init; }

    public required int Version { get; init; }

    /// <summary>Bit 0: a deletion. Bits 1 to 15: generation of the facts. Bit 16: made by an update where nothing was.</summary>
    public required int Flags { get; init; }

    public required long Time { get; init; }

    public required int Submitter { get; init; }

    public required int Epoch { get; init; }

    public required byte[] Previous { get; init; }

    public required byte[] Hash { get; init; }

    public required byte[] Facts { get; init; }

    public required byte[] Body { get; init; }

    public bool Deleted => (Flags & 1) != 0;

    public int FactsGeneration => (Flags >> 1) & GenerationMax;

    /// <summary>True for a version by which an update made the resource, or brought it back: it bears the caller's own id, or that of what was deleted.</summary>
    public bool MadeByUpdate => (Flags & MadeByUpdateFlag) != 0;

    public static int FlagsOf(bool deleted, bool madeByUpdate, int factsGeneration) => (factsGeneration << 1) | (deleted ? 1 : 0) | (madeByUpdate ? MadeByUpdateFlag : 0);

    /// <summary>The flags with facts of another generation.</summary>
    public int FlagsWith(int factsGeneration) => (Flags & ~(GenerationMax << 1)) | (factsGeneration << 1);
}
