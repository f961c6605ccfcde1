namespace EHealthHub.Fhir.Search;

/// <summary>
/// What has to be looked up before the candidates of a search can be decided. The executor answers each with a <see cref="LookupAnswer"/>, in the order of <see cref="SearchQuery.Lookups"/>, and goes on with
/// <see cref="SearchQuery.WithAnswers"/>.
/// </summary>
/// <param name="Name">The parameter as the caller wrote it, for refusals.</param>
public abstract record SearchLookup(string Name);

/// <summary>A chain, <c>subject:Patient.name=x</c> (R4 3.1.1.4.15): the answer are the resources that <paramref name="Query"/> finds; a match refers to one of them by <paramref name="Parameter"/>.</summary>
/// <param name="Name">As written.</param>
/// <param name="Parameter">A reference parameter of the searched type.</param>
/// <param name="Query">A search on one type, which may have lookups of its own.</param>
public sealed record ChainLookup(string Name, string Parameter, SearchQuery Query) : SearchLookup(Name);

/// <summary>
/// A reverse chain, <c>_has:Observation:patient:code=x</c> (R4 3.1.1.4.16): of every resource that <paramref name="Query"/> finds, the targets of <paramref name="Parameter"/> are read with <see cref="SearchReferences.Of"/>;
/// the answer are these targets, and a match is one of them.
/// </summary>
/// <param name="Name">As written.</param>
/// <param name="Parameter">A reference parameter of the type that <paramref name="Query"/> searches.</param>
/// <param name="Query">A search on one type, which may have lookups of its own.</param>
public sealed record HasLookup(string Name, string Parameter, SearchQuery Query) : SearchLookup(Name);

/// <summary><c>_list=42</c> (R4 3.1.1.4.18): the answer are the resources that the List's items refer to; a match is one of them.</summary>
/// <param name="Name">As written.</param>
/// <param name="ListId">Logical id of the List.</param>
public sealed record ListLookup(string Name, string ListId) : SearchLookup(Name);

/// <summary><c>code:in</c>, <c>code:not-in</c>, and <c>in</c>, <c>ni</c> of <c>_filter</c>: the answer are the codes of the value set.</summary>
/// <param name="Name">As written.</param>
/// <param name="Parameter">A token parameter of the searched type.</param>
/// <param name="ValueSet">Canonical (<c>url|version</c>), URL, or <c>ValueSet/id</c>.</param>
/// <param name="IsNot">A match has none of the codes; one without any code matches.</param>
public sealed record ValueSetLookup(string Name, string Parameter, string ValueSet, bool IsNot) : SearchLookup(Name);

/// <summary><c>code:below</c>, <c>code:above</c>, and <c>ss</c>, <c>sb</c> of <c>_filter</c>: the answer are the code itself and all that it subsumes, or all that subsume it.</summary>
/// <param name="Name">As written.</param>
/// <param name="Parameter">A token parameter of the searched type.</param>
/// <param name="System">The code's system; null where none was written, and then the code may be of any.</param>
/// <param name="Code">The code.</param>
/// <param name="IsAbove">True for the codes that subsume it.</param>
public sealed record HierarchyLookup(string Name, string Parameter, string? System, string Code, bool IsAbove) : SearchLookup(Name);

/// <summary>Resources that are known already (<see cref="SearchReferences.Referring"/>): a match refers to one of them by <paramref name="Parameter"/>. Answered from the start.</summary>
/// <param name="Name">For refusals.</param>
/// <param name="Parameter">A reference parameter of the searched type.</param>
public sealed record TargetsLookup(string Name, string Parameter) : SearchLookup(Name);

/// <summary>What a lookup gave.</summary>
public sealed class LookupAnswer
{
    /// <summary>Most resources or codes of one answer. An executor that finds more refuses the search as too costly.</summary>
    public const int SizeMax = 100_000;

    private LookupAnswer(IReadOnlyList<(string Type, string Id)> resources, IReadOnlyList<(string? System, string Code)> codes)
    {
        if (resources.Count > SizeMax || codes.Count > SizeMax)
        {
            throw new ArgumentException($"An answer has at most {SizeMax} resources or codes.");
        }

        Resources = resources;
        Codes = codes;
    }

    /// <summary>For chains, reverse chains and lists.</summary>
    public IReadOnlyList<(string Type, string Id)> Resources { get; }

    /// <summary>For chains: their search with its lookups answered, to be asked of the resources that a candidate contains; null where it is not.</summary>
    public SearchQuery? Inside { get; private init; }

    /// <summary>For value sets and hierarchies.</summary>
    public IReadOnlyList<(string? System, string Code)> Codes { get; }

    /// <summary>Resources found.</summary>
    /// <exception cref="ArgumentException">More than <see cref="SizeMax"/>.</exception>
    public static LookupAnswer Of(IReadOnlyList<(string Type, string Id)> resources) => new(resources, []);

    /// <summary>Resources found by a chain, whose search is asked of contained resources besides.</summary>
    /// <exception cref="ArgumentException">More than <see cref="SizeMax"/>.</exception>
    public static LookupAnswer Of(IReadOnlyList<(string Type, string Id)> resources, SearchQuery inside) => new(resources, []) { Inside = inside };

    /// <summary>Codes found.</summary>
    /// <exception cref="ArgumentException">More than <see cref="SizeMax"/>.</exception>
    public static LookupAnswer OfCodes(IReadOnlyList<(string? System, string Code)> codes) => new([], codes);
}
