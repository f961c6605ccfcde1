using System.Collections.Frozen;
using System.Collections.Immutable;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>
/// All paths of a type's search parameters merged into one tree, so that a resource is walked once. Immutable and shared.
/// </summary>
/// <param name="Root">The resource itself.</param>
/// <param name="Names">Every name that a value may carry, sorted ordinally: the codes, each with <c>:identifier</c>, <c>:of-type</c> and <c>:text</c>, and the components of composites.</param>
/// <param name="Presences">Parameters that always have a value, true or false (<c>deceased</c>): their position in <paramref name="Names"/>.</param>
/// <param name="NotTaken">Ends of paths whose element type cannot carry a value of the parameter's type, for the record: <c>date: Immunization.occurrence (string)</c>.</param>
/// <param name="Traits">What a query by token must know of its parameter, by code; not there for parameters over Codings, Identifiers and the like.</param>
/// <param name="Composites">By the code of a composite parameter: where its repetitions are found.</param>
internal sealed record ExtractionPlan(
    PathNode Root,
    ImmutableArray<string> Names,
    ImmutableArray<ushort> Presences,
    ImmutableArray<string> NotTaken,
    FrozenDictionary<string, TokenTraits> Traits,
    FrozenDictionary<string, CompositePlan> Composites)
{
    /// <summary>Token parameters over Identifiers: those that <c>:of-type</c> may stand at.</summary>
    internal FrozenSet<string> Identifiers { get; init; } = [];

    /// <summary>Reference parameters over canonicals and URIs: those that <c>:below</c> and <c>:above</c> may stand at.</summary>
    internal FrozenSet<string> Canonicals { get; init; } = [];

    /// <summary>String parameters over the names of people: each word of such a name can be what a search begins with.</summary>
    internal FrozenSet<string> PersonNames { get; init; } = [];
}

/// <summary>A token parameter all of whose elements are plain strings or plain codes.</summary>
/// <param name="IsText">Strings: compared without regard to case (R4 3.1.1.4.10).</param>
/// <param name="ImplicitSystems">Codes and booleans: the systems that their value set implies. A query may name one of them; the element never does.</param>
internal sealed record TokenTraits(bool IsText, ImmutableArray<string> ImplicitSystems);

/// <summary>How a composite parameter is decided.</summary>
/// <param name="Implied">
/// The parameters whose values are, all together, those of the components: where the whole resource is one repetition (<c>Observation.code-value-quantity</c>), nothing more is stored. Empty where that does not hold.
/// </param>
/// <param name="IsStored">True where repetitions are stored.</param>
internal sealed record CompositePlan(ImmutableArray<string> Implied, bool IsStored);

/// <summary>A place in the resource.</summary>
internal sealed class PathNode
{
    internal static readonly PathNode Nothing = new();

    /// <summary>Ways on, by member name.</summary>
    internal PathEdge[] Edges { get; init; } = [];

    /// <summary>Places that are the same element again, if a condition holds.</summary>
    internal PathCondition[] Conditions { get; init; } = [];

    /// <summary>What is read here.</summary>
    internal Emitter[] Emitters { get; init; } = [];

    /// <summary>Composite parameters of which the element is a repetition.</summary>
    internal CompositeEmitter[] Composites { get; init; } = [];
}

/// <summary>A way down. <paramref name="FirstOnly"/> takes the first item of an array alone.</summary>
internal readonly record struct PathEdge(byte[] Name, PathNode Node, bool FirstOnly);

/// <summary>The element's member must be a string equal to the literal.</summary>
internal readonly record struct PathCondition(byte[] Member, byte[] Literal, PathNode Node);

/// <summary>Reads values of one shape as one kind, for one or several parameters.</summary>
/// <param name="Shape">What the JSON looks like.</param>
/// <param name="Kind">What it is read as.</param>
/// <param name="Uses">The parameters.</param>
internal readonly record struct Emitter(ValueShape Shape, FactKind Kind, EmitterUse[] Uses);

/// <summary>Reads one repetition of a composite parameter.</summary>
/// <param name="Name">Position of the first component's name in <see cref="ExtractionPlan.Names"/>; the others follow it.</param>
/// <param name="Parts">Where each component's values are.</param>
internal readonly record struct CompositeEmitter(ushort Name, CompositePart[] Parts);

/// <summary>A component's own tree, from the repetition on or from the resource on.</summary>
internal readonly record struct CompositePart(PathNode Node, bool FromResource);

/// <summary>One parameter that takes a value.</summary>
/// <param name="Name">Position of its code in <see cref="ExtractionPlan.Names"/>.</param>
/// <param name="AsideName">Position of <c>code:identifier</c> for a reference, of <c>code:of-type</c> for a token; <see cref="None"/> for a component.</param>
/// <param name="TextName">Position of <c>code:text</c>; <see cref="None"/> for a component.</param>
/// <param name="Target">Only references to this type; null for all.</param>
internal readonly record struct EmitterUse(ushort Name, ushort AsideName, ushort TextName, string? Target)
{
    /// <summary>What is left out.</summary>
    internal const ushort None = ushort.MaxValue;
}
