using System.Collections.Immutable;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// Scopes that the registry gives by name and no wildcard holds: to write down patients' consents, to derive for public health, and a research project. The last two are what a token is for: who asks for one of them gets a token of that
/// purpose, which reads nobody's record.
/// </summary>
public static class NamedScope
{
    /// <summary>An institution writes down consents that patients give on paper (IHE PCF, Consent Capture).</summary>
    public const string ConsentCapture = "consent-capture";

    /// <summary>Figures and de-identified data for public health: for the registry's authority.</summary>
    public const string PublicHealth = "public-health";

    /// <summary>Before the name of a research project, 1 to 40 lower-case letters, digits and hyphens: <c>research/diabetes-2026</c>.</summary>
    public const string ResearchPrefix = "research/";

    private const int ProjectLengthMax = 40;

    /// <summary>True for a scope of this kind that is well formed.</summary>
    public static bool IsNamed(string scope) => scope is ConsentCapture || PurposeOf(scope) is not null;

    /// <summary>The purpose of a token that holds the scope; null for a scope that says nothing of purposes.</summary>
    public static string? PurposeOf(string scope) => scope == PublicHealth ? Purposes.PublicHealth : IsResearch(scope) ? Purposes.Research : null;

    /// <summary>Whether an institution of this kind may hold it.</summary>
    internal static bool Fits(InstitutionKind kind, string scope) => scope switch
    {
        ConsentCapture => kind is InstitutionKind.Provider or InstitutionKind.Authority,
        PublicHealth => kind == InstitutionKind.Authority,
        _ => IsResearch(scope) && kind is InstitutionKind.Provider or InstitutionKind.Authority,
    };

    /// <summary>The one of these scopes that says what the token is for; null where none does. False where several do: a token has one purpose.</summary>
    internal static bool TryPurpose(ImmutableArray<string> scopes, out string? purpose)
    {
        var telling = scopes.Where(s => PurposeOf(s) is not null).Take(2).ToList();
        purpose = telling is [var one] ? PurposeOf(one) : null;
        return telling.Count < 2;
    }

    private static bool IsResearch(string scope) =>
        scope.StartsWith(ResearchPrefix, StringComparison.Ordinal) && scope.Length - ResearchPrefix.Length is > 0 and <= ProjectLengthMax
        && scope.Skip(ResearchPrefix.Length).All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
