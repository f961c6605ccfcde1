using System.Collections.Frozen;
using System.Collections.Immutable;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>
/// All paths of a type's search parameters merged into one tree, so that a resource is walked once. Immutable and shared.
/// </summary>
/// <param name="Root">The resource itself.</param>
/// <param name="Names">Every name that a value may carry, sorted ordinally: the codes, and each with <c>:identifier</c> and <c>:text</c>.</param>
/// <param name="Presences">Parameters that always have a value, true or false (<c>deceased</c>): their position in <paramref name="Names"/>.</param>
/// <param name="NotTaken">Ends of paths whose element type cannot carry a value of the parameter's type, for the record: <c>date: Immunization.occurrence (string)</c>.</param>
/// <param name="Traits">What a query by token must know of its parameter, by code; not there for parameters over Codings, Identifiers and the like.</param>
internal sealed record ExtractionPlan(
    PathNode Root, ImmutableArray<string> Names, ImmutableArray<ushort> Presences, ImmutableArray<string> NotTaken, FrozenDictionary<string, TokenTraits> Traits);

/// <summary>A token parameter all of whose elements are plain strings or plain codes.</summary>
/// <param name="IsText">Strings: compared without regard to case (R4 3.1.1.4.10).</param>
/// <param name="ImplicitSystems">Codes and booleans: the systems that their value set implies. A query may name one of them; the element never does.</param>
internal sealed record TokenTraits(bool IsText, ImmutableArray<string> ImplicitSystems);

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

/// <summary>One parameter that takes a value.</summary>
/// <param name="Name">Position of its code in <see cref="ExtractionPlan.Names"/>.</param>
/// <param name="IdentifierName">Position of <c>code:identifier</c>.</param>
/// <param name="TextName">Position of <c>code:text</c>.</param>
/// <param name="Target">Only references to this type; null for all.</param>
internal readonly record struct EmitterUse(ushort Name, ushort IdentifierName, ushort TextName, string? Target);
