namespace EHealthHub.Records.Store;

/// <summary>A stretch of time of a history (R4 3.1.0.12, <c>_since</c> and <c>_at</c>); microseconds since 1970, both ends within.</summary>
/// <param name="From">Written at or after.</param>
/// <param name="To">Written at or before.</param>
/// <param name="Current">Also what was written before and was current at <paramref name="From"/>: <c>_at</c>.</param>
public sealed record HistoryWindow(long From, long To, bool Current)
{
    /// <summary>No bound.</summary>
    public static HistoryWindow Always { get; } = new(long.MinValue, long.MaxValue, false);

    /// <summary>Versions written at or after a moment.</summary>
    public static HistoryWindow Since(DateTimeOffset time) => new(Microseconds.From(time), long.MaxValue, false);

    internal void AddTo(AskHash hash)
    {
        hash.Add(From);
        hash.Add(To);
        hash.Add(Current ? 1 : 0);
    }
}

/// <summary>A place in the history of the whole store, which is ordered by time, compartment, slot and version, newest first.</summary>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Key">Compartment.</param>
/// <param name="Slot">Slot in it.</param>
/// <param name="Version">Version.</param>
public readonly record struct HistoryPosition(long Time, long Key, int Slot, int Version);

/// <summary>A page of the history of a type, or of everything. For system scopes.</summary>
/// <param name="Type">Resource type; null for all.</param>
/// <param name="Window">Stretch of time.</param>
/// <param name="CountMax">Most versions on the page.</param>
/// <param name="Before">Continue before this; null from the newest on.</param>
public sealed record HistoryWalkAsk(string? Type, HistoryWindow Window, int CountMax, HistoryPosition? Before)
{
    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("history-walk/1");
        hash.Add(Type);
        Window.AddTo(hash);
        hash.Add(CountMax);
        hash.Add(Before is null ? 0 : 1);
        if (Before is { } before)
        {
            hash.Add(before.Time);
            hash.Add(before.Key);
            hash.Add(before.Slot);
            hash.Add(before.Version);
        }

        return hash.Finish();
    }
}

/// <summary>A page of the history of a type or of everything; the bodies are still sealed.</summary>
/// <param name="Versions">Newest first. May be fewer than asked for, even none, while there is a next page: a page looks at a bounded number of versions.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
/// <param name="PatientIds">The distinct patients of the versions.</param>
public sealed record HistoryPage(IReadOnlyList<ResourceLocation> Versions, HistoryPosition? Next, IReadOnlyList<string> PatientIds)
{
    /// <summary>What the second receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("history-release/1");
        hash.Add(Versions.Count);
        foreach (var version in Versions)
        {
            version.AddTo(hash);
        }

        hash.Add(PatientIds.Count);
        foreach (var patient in PatientIds)
        {
            hash.Add(patient);
        }

        return hash.Finish();
    }
}
