namespace EHealthHub.Records.Store;

/// <summary>A candidate's place, and its position in the order of results: the compartment's number, then the slot; linked resources after the compartment's own.</summary>
internal readonly struct Place(CompartmentInfo compartment, int slot, bool linked)
{
    private const long AfterOwn = 1L << 62;

    public CompartmentInfo Compartment { get; } = compartment;

    public int Slot { get; } = slot;

    public long Position { get; } = (linked ? AfterOwn : 0) + (compartment.Number << 31) + slot;

    public static long Number(long position) => (position & (AfterOwn - 1)) >> 31;

    public static int SlotOf(long position) => (int)(position & int.MaxValue);
}

/// <summary>A candidate whose facts were opened.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Row">Its newest version.</param>
/// <param name="Submitter">Who submitted that.</param>
/// <param name="Facts">As they are sealed (<see cref="Opener.Encode"/>); where it is masked, what may be known of it.</param>
/// <param name="Masked">Whether it is.</param>
internal readonly record struct Candidate(Place Place, VersionRow Row, string Submitter, byte[] Facts, bool Masked);
