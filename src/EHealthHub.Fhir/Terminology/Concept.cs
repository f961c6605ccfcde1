using System.Collections.Immutable;

namespace EHealthHub.Fhir.Terminology;

/// <summary>One concept of a held code system (R4 4.8 CodeSystem.concept). Its place in the hierarchy is set once, while the system is read.</summary>
internal sealed class Concept
{
    public required string Code { get; init; }

    public string? Display { get; init; }

    public string? Definition { get; init; }

    public ImmutableArray<Designation> Designations { get; init; } = [];

    public ImmutableArray<ConceptProperty> Properties { get; init; } = [];

    /// <summary>The concepts directly above; more than one where the system has several hierarchies.</summary>
    public List<Concept> Parents { get; } = [];

    /// <summary>The concepts directly below, in the order of the system.</summary>
    public List<Concept> Children { get; } = [];

    /// <summary>True for a concept that is no longer to be used (properties <c>inactive</c> and <c>status</c>).</summary>
    public bool IsInactive => Properties.Any(p => (p.Code == "inactive" && p.Value == "true") || (p.Code == "status" && p.Value is "retired" or "inactive"));

    /// <summary>True for a concept that only groups others (property <c>notSelectable</c>).</summary>
    public bool IsAbstract => Properties.Any(p => p is { Code: "notSelectable", Value: "true" });

    /// <summary>This concept and all above it; each once.</summary>
    public IEnumerable<Concept> SelfAndAncestors() => Walk(c => c.Parents);

    /// <summary>This concept and all below it; each once.</summary>
    public IEnumerable<Concept> SelfAndDescendants() => Walk(c => c.Children);

    private IEnumerable<Concept> Walk(Func<Concept, List<Concept>> next)
    {
        var seen = new HashSet<Concept> { this };
        var open = new Stack<Concept>([this]);
        while (open.TryPop(out var concept))
        {
            yield return concept;
            var around = next(concept);
            for (var i = around.Count - 1; i >= 0; i--)
            {
                if (seen.Add(around[i]))
                {
                    open.Push(around[i]);
                }
            }
        }
    }
}

/// <summary>A further name of a concept.</summary>
/// <param name="Language">BCP 47; null where not said.</param>
/// <param name="UseSystem">System of the use; null where not said.</param>
/// <param name="UseCode">Code of the use; null where not said.</param>
/// <param name="Value">The name.</param>
internal sealed record Designation(string? Language, string? UseSystem, string? UseCode, string Value)
{
    /// <summary>True for a designation in <paramref name="language"/> or a dialect of it.</summary>
    public bool Speaks(string language) => Languages.Covers(language, Language);
}

/// <summary>A property of a concept, its value as text.</summary>
/// <param name="Code">Which property.</param>
/// <param name="Type">The type of the value: code, Coding, string, integer, boolean, dateTime or decimal.</param>
/// <param name="Value">The value as text; of a Coding its code.</param>
/// <param name="System">Of a Coding its system; else null.</param>
/// <param name="Display">Of a Coding its display; else null.</param>
internal sealed record ConceptProperty(string Code, string Type, string Value, string? System = null, string? Display = null);

/// <summary>Language tags.</summary>
internal static class Languages
{
    /// <summary>True when <paramref name="tag"/> is <paramref name="wanted"/> or a dialect of it (<c>tr-TR</c> for <c>tr</c>).</summary>
    public static bool Covers(string wanted, string? tag) =>
        tag is not null && tag.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) && (tag.Length == wanted.Length || tag[wanted.Length] == '-');
}
