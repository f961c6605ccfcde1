using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>A read of one located version.</summary>
/// <param name="Location">From Locate.</param>
public sealed record ReadAsk(ResourceLocation Location)
{
    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("read/1");
        Location.AddTo(hash);
        return hash.Finish();
    }
}

/// <summary>The versions of one resource, newest first.</summary>
/// <param name="Location">Its current version.</param>
/// <param name="CountMax">At most this many.</param>
/// <param name="BeforeVersion">Only versions below; null from the newest on.</param>
public sealed record HistoryAsk(ResourceLocation Location, int CountMax, int? BeforeVersion)
{
    /// <summary>Only versions of this stretch of time.</summary>
    public HistoryWindow Window { get; init; } = HistoryWindow.Always;

    /// <summary>True when versions that were opened have so many bytes of JSON (64 MiB) that the page ends with them.</summary>
    public static bool FillsPage(IReadOnlyList<RecordVersion> versions) => versions.Sum(v => (long)v.Json.Length) >= 64L * 1024 * 1024;

    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("history/1");
        Location.AddTo(hash);
        hash.Add(CountMax);
        hash.Add(BeforeVersion ?? -1);
        Window.AddTo(hash);
        return hash.Finish();
    }
}

/// <summary>A search inside one compartment, in the directory, or (identifier) by national token.</summary>
/// <param name="Query">The criteria.</param>
/// <param name="Compartment">Where.</param>
/// <param name="CompartmentName">As <see cref="ResourceLocation.CompartmentName"/>; null only for <see cref="AllCompartments"/>.</param>
/// <param name="AfterPosition">Continue after this position, from <see cref="SearchPage.NextPosition"/>; 0 from the start.</param>
/// <param name="AllCompartments">System scopes only: over all compartments, driven by identifier or id tokens, or a bounded scan.</param>
public sealed record SearchAsk(SearchQuery Query, CompartmentKind Compartment, string? CompartmentName, long AfterPosition, bool AllCompartments)
{
    /// <summary>Whether all matches are counted, where that is cheap; else the search ends as soon as it knows that there are more than the page holds.</summary>
    public bool CountAll { get; init; } = true;

    /// <summary>Resources that contain one of the query's type which satisfies it, instead of those that satisfy it themselves.</summary>
    public bool InContained { get; init; }

    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("search/1");
        hash.Add((int)Compartment);
        hash.Add(CompartmentName);
        hash.Add(AfterPosition);
        hash.Add(AllCompartments ? 1 : 0);
        hash.Add(Query.Digest());
        return hash.Finish();
    }
}

/// <summary>A page of matches, decided from facts; the bodies are still sealed.</summary>
/// <param name="Matches">At most Query.Count.</param>
/// <param name="Total">All matches, where they were all decided; null where the scan was bounded.</param>
/// <param name="NextPosition">For the next page; 0 when this is the last.</param>
/// <param name="TooCostly">True when the bound was reached before the scan was done and nothing drove it.</param>
/// <param name="PatientIds">The distinct patients of the matches.</param>
public sealed record SearchPage(IReadOnlyList<ResourceLocation> Matches, int? Total, long NextPosition, bool TooCostly, IReadOnlyList<string> PatientIds)
{
    /// <summary>What the second receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("release/1");
        hash.Add(Matches.Count);
        foreach (var match in Matches)
        {
            match.AddTo(hash);
        }

        hash.Add(PatientIds.Count);
        foreach (var patient in PatientIds)
        {
            hash.Add(patient);
        }

        return hash.Finish();
    }
}
