using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>
/// Where one search may look, and what was asked: fixed before anything is opened, and what the receipt is bound to. Every step of the search (chains, reverse chains, includes) stays within it: the compartment, what is linked to it,
/// and the directory, which is public within the hub.
/// </summary>
/// <param name="Compartment">Kind of the compartment.</param>
/// <param name="CompartmentName">As <see cref="ResourceLocation.CompartmentName"/>; null only for <see cref="AllCompartments"/>.</param>
/// <param name="AllCompartments">System scopes only: everywhere.</param>
/// <param name="Interaction">What is done, for example <c>search-type</c> or <c>$everything</c>.</param>
/// <param name="Type">Resource type; empty for several.</param>
/// <param name="Parameters">What was asked, as it is told in the self link.</param>
/// <param name="Continuation">Opened continuation, or empty.</param>
public sealed record SearchScope(
    CompartmentKind Compartment, string? CompartmentName, bool AllCompartments, string Interaction, string Type, IReadOnlyList<KeyValuePair<string, string>> Parameters, string Continuation = "")
{
    /// <summary>What the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.Start("scope/1");
        hash.Add((int)Compartment);
        hash.Add(CompartmentName);
        hash.Add(AllCompartments ? 1 : 0);
        hash.Add(Interaction);
        hash.Add(Type);
        hash.Add(Parameters.Count);
        foreach (var (name, value) in Parameters)
        {
            hash.Add(name);
            hash.Add(value);
        }

        hash.Add(Continuation);
        return hash.Finish();
    }
}

/// <summary>A match with its facts, which are opened; its body is still sealed.</summary>
/// <param name="Location">Where it lies.</param>
/// <param name="Facts">Its facts as <see cref="SearchFacts.Encode"/> wrote them.</param>
/// <param name="Patients">The patients that it is about.</param>
public sealed record SearchMatch(ResourceLocation Location, ReadOnlyMemory<byte> Facts, IReadOnlyList<string> Patients)
{
    /// <summary>The contained resources that satisfy a search in contained resources; empty for a match by itself.</summary>
    public IReadOnlyList<ContainedMatch> Contained { get; init; } = [];

    /// <summary>True for one of which the caller may know that it is there, and no more: <see cref="Facts"/> are what may be known (<see cref="MaskedFacts"/>), and its body is not opened.</summary>
    public bool IsMasked { get; init; }

    internal static IReadOnlyList<string> PatientsOf(OpenedFacts opened) => PatientsOf(opened.LinkedPatients, opened.Facts.PatientId);

    internal static IReadOnlyList<string> PatientsOf(IReadOnlyList<string> linked, string? patientId) => patientId is null ? linked : [.. linked, patientId];
}

/// <summary>What one step of a search found.</summary>
/// <param name="Matches">In the order of their places.</param>
/// <param name="Total">All matches, where they were all decided; null where the scan was bounded.</param>
/// <param name="NextPosition">For the next page; 0 when this is the last.</param>
/// <param name="TooCostly">True when the bound was met and nothing drove the search: what was found is not all.</param>
public sealed record SearchStep(IReadOnlyList<SearchMatch> Matches, int? Total, long NextPosition, bool TooCostly);
