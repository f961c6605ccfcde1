using System.Collections.Immutable;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>What one step of a path does.</summary>
internal enum StepKind
{
    /// <summary>Goes down to the child elements of a name.</summary>
    Child,

    /// <summary>Keeps values of one type (<c>as X</c>, <c>.as(X)</c>, <c>.ofType(X)</c>).</summary>
    As,

    /// <summary>Keeps elements whose child equals a literal (<c>.where(system='phone')</c>).</summary>
    WhereEquals,

    /// <summary>Keeps references to one resource type (<c>.where(resolve() is Patient)</c>).</summary>
    WhereResolves,

    /// <summary>Keeps the first item (<c>[0]</c>).</summary>
    First,
}

/// <summary>One step. <paramref name="Name"/> is the child, the type, or the compared child.</summary>
internal readonly record struct PathStep(StepKind Kind, string Name, string Literal = "");

/// <summary>One alternative of a search parameter's expression: a straight way from the resource down to its values.</summary>
/// <param name="Head">The resource type that it starts with; null where it starts at whatever resource it is asked of.</param>
/// <param name="Steps">The way down.</param>
/// <param name="IsPresence">True for <c>X.exists() and X != false</c>: the value is whether there is anything but false at the end of the way.</param>
internal sealed record SearchPath(string? Head, ImmutableArray<PathStep> Steps, bool IsPresence = false)
{
    internal bool StartsAt(string type) => Head is null or "Resource" or "DomainResource" || Head == type;

    internal SearchPath Then(PathStep step) => this with { Steps = Steps.Add(step) };

    internal bool SameWayAs(SearchPath other) => Head == other.Head && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());
}
