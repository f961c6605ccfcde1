using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// <c>_text</c> or <c>_content</c> (R4 3.1.1.4.14): words, <c>"phrases"</c>, a word's beginning with <c>*</c>, <c>AND</c> (also by standing side by side), <c>OR</c>, <c>NOT</c> and parentheses. Words are folded as strings are.
/// </summary>
/// <param name="IsNarrativeOnly">True for <c>_text</c>: the narrative alone; else every text of the resource.</param>
/// <param name="Expression">As written; one that <see cref="SearchQuery.Parse"/> took.</param>
public sealed record TextCriterion(bool IsNarrativeOnly, string Expression)
{
    private TextExpression? _parsed;

    internal TextExpression Parsed => _parsed ??= TextExpression.Parse(Expression) ?? throw new InvalidOperationException("The expression is none that a search takes.");
}
