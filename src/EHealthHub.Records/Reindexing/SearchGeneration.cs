using System.Collections.Frozen;
using System.Collections.Immutable;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Reindexing;

/// <summary>A search parameter of the hub's own that is active in the directory.</summary>
/// <param name="Id">Logical id of the SearchParameter.</param>
/// <param name="Json">The resource.</param>
public sealed record SearchDefinition(string Id, ReadOnlyMemory<byte> Json);

/// <summary>How an own search parameter stands.</summary>
/// <param name="Id">Logical id of the SearchParameter.</param>
/// <param name="Url">Canonical URL.</param>
/// <param name="Code">The code that queries name.</param>
/// <param name="InForce">True when it can be asked by; false while what is stored is searched through for its values.</param>
public sealed record SearchParameterState(string Id, string Url, string Code, bool InForce);

/// <summary>How far a re-indexing is.</summary>
/// <param name="Generation">The generation that facts are extracted for.</param>
/// <param name="Running">True until everything has been looked at.</param>
/// <param name="Compartments">Compartments that were looked through.</param>
/// <param name="CompartmentsAll">Compartments that there are.</param>
/// <param name="Resources">Resources whose facts were extracted again.</param>
public sealed record ReindexProgress(int Generation, bool Running, long Compartments, long CompartmentsAll, long Resources);

/// <summary>A parameter of a generation.</summary>
/// <param name="Since">The first generation whose facts hold its values.</param>
/// <param name="Definition">As it lies in the directory.</param>
/// <param name="Parameter">Compiled.</param>
internal sealed record HeldParameter(int Since, SearchDefinition Definition, CustomSearchParameter Parameter);

/// <summary>
/// What facts are extracted by, and what may be asked by: R4's parameters and the hub's own beside them. Immutable; a new set of own parameters is a new generation. Facts bear the number of theirs, and those of an older one lack the values
/// of what came later, until the re-indexing has been through.
/// </summary>
internal sealed class SearchGeneration
{
    public SearchGeneration(int number, bool isDone, ImmutableArray<HeldParameter> held, int lastDone, ReindexPosition position, SearchSettings settings)
    {
        (Number, IsDone, Held, LastDone, Position) = (number, isDone, held, isDone ? number : lastDone, position);
        var (ready, pending) = (held.Where(h => h.Since <= LastDone).ToList(), held.Where(h => h.Since > LastDone).ToList());
        Writing = settings with { Tables = SearchTables.Base.With([.. held.Select(h => h.Parameter)], number) };
        Asking = settings with { Tables = SearchTables.Base.With([.. ready.Select(h => h.Parameter)], [.. pending.Select(h => h.Parameter)], number) };
        Required = SinceByType(ready);
        Wanted = SinceByType(held);
    }

    /// <summary>From 1: R4's parameters alone.</summary>
    public int Number { get; }

    /// <summary>True when every current version has facts as <see cref="Wanted"/> says.</summary>
    public bool IsDone { get; }

    public ImmutableArray<HeldParameter> Held { get; }

    /// <summary>The last generation that was done.</summary>
    public int LastDone { get; }

    /// <summary>Where the re-indexing stands.</summary>
    public ReindexPosition Position { get; }

    /// <summary>What new versions' facts are extracted with.</summary>
    public SearchSettings Writing { get; }

    /// <summary>What queries are parsed with.</summary>
    public SearchSettings Asking { get; }

    /// <summary>By type, the generation that facts of a current version must have, or a search by what is in force would be answered by half.</summary>
    public FrozenDictionary<string, int> Required { get; }

    /// <summary>By type, the generation that the re-indexing brings facts to.</summary>
    public FrozenDictionary<string, int> Wanted { get; }

    private static FrozenDictionary<string, int> SinceByType(IEnumerable<HeldParameter> held) => held
        .SelectMany(h => h.Parameter.Types, (h, type) => (Type: type, h.Since))
        .GroupBy(t => t.Type, t => t.Since, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.Max(), StringComparer.Ordinal);
}

/// <summary>Up to where a re-indexing has looked, in the order of compartments' numbers and their slots.</summary>
/// <param name="Compartment">Number of the compartment at hand.</param>
/// <param name="Slot">Last slot in it that was looked at.</param>
/// <param name="Resources">Facts that were extracted again up to here.</param>
internal readonly record struct ReindexPosition(long Compartment, int Slot, long Resources);
