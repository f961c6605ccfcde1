using System.Runtime.CompilerServices;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Access.Scopes;

/// <summary>Where the resource lies that a scope is asked about.</summary>
/// <param name="IsDirectory">True for the directory, which is nobody's record.</param>
/// <param name="Patient">Logical id of the patient whose compartment it is; null elsewhere.</param>
public readonly record struct ScopePlace(bool IsDirectory, string? Patient);

/// <summary>
/// SMART App Launch 2.2 scopes, <c>context/type.cruds</c>, read strictly: a scope that is not exactly of this form covers nothing, nor does the old form (<c>.read</c>, <c>.write</c>). A finer-grained scope (<c>?category=…</c>) covers single
/// resources, whose facts must be looked at: to whoever does not look it covers nothing, since without its query it would be wider.
/// </summary>
public static class SmartScope
{
    /// <summary>Scopes of a caller whose queries are looked at; further ones cover nothing.</summary>
    public const int ScopesMax = 64;

    private const string Letters = "cruds";

    /// <summary>The scope of an institution that captures consents on paper for patients (IHE PCF, Consent Capture). It is given by the registry by name: no wildcard holds it.</summary>
    public const string ConsentCapture = NamedScope.ConsentCapture;

    // Parsed once for each scope of a token or a registration: their texts live as long as the caller that Trust remembers.
    private static readonly ConditionalWeakTable<string, Query> Queries = [];

    /// <summary>True when the registry lets the caller write down a patient's consent.</summary>
    public static bool MayCaptureConsents(Caller caller) => caller.Scopes.Contains(ConsentCapture, StringComparer.Ordinal);

    /// <summary>True when one of the caller's scopes covers the interaction on every resource of the type, wherever it lies but in one patient's context.</summary>
    public static bool Covers(Caller caller, Interaction interaction, string resourceType) => Covers(caller, interaction, resourceType, default);

    /// <summary>True when one of the caller's scopes covers the interaction on every resource of the type that lies there.</summary>
    public static bool Covers(Caller caller, Interaction interaction, string resourceType, ScopePlace place)
    {
        foreach (var scope in caller.Scopes)
        {
            if (!scope.Contains('?', StringComparison.Ordinal) && Covers(scope, caller, interaction, resourceType, place))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The same for one resource, which satisfies the queries of these scopes (<see cref="Satisfied"/>); for all scopes with a query: whether some resource there may be covered, each of which must then be asked about.
    /// </summary>
    public static bool Covers(Caller caller, Interaction interaction, string resourceType, ScopePlace place, ulong satisfied)
    {
        for (var i = 0; i < caller.Scopes.Length; i++)
        {
            var scope = caller.Scopes[i];
            var question = scope.IndexOf('?', StringComparison.Ordinal);
            if (question < 0
                ? Covers(scope, caller, interaction, resourceType, place)
                : i < ScopesMax && (satisfied & (1UL << i)) != 0 && Covers(scope.AsSpan(0, question), caller, interaction, resourceType, place) && QueryOf(scope) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The caller's scopes whose query the resource with these facts satisfies, a bit for each by its position among the caller's scopes; none for a caller without such scopes.</summary>
    public static ulong Satisfied(Caller caller, ReadOnlySpan<byte> facts)
    {
        var satisfied = 0UL;
        for (var i = 0; i < Math.Min(caller.Scopes.Length, ScopesMax); i++)
        {
            if (caller.Scopes[i].Contains('?', StringComparison.Ordinal) && QueryOf(caller.Scopes[i])?.Matches(facts) == true)
            {
                satisfied |= 1UL << i;
            }
        }

        return satisfied;
    }

    /// <summary>True when the caller holds a finer-grained scope.</summary>
    public static bool IsFiner(Caller caller)
    {
        foreach (var scope in caller.Scopes)
        {
            if (scope.Contains('?', StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The resource types that the caller's scopes name, <c>*</c> among them where one names all; a scope that covers nothing may name one too.</summary>
    public static IEnumerable<string> TypesOf(Caller caller) => caller.Scopes
        .Select(s => s.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? s[..at] : s)
        .Where(s => s.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 && s.LastIndexOf('.') > slash)
        .Select(s => s[(s.IndexOf('/', StringComparison.Ordinal) + 1)..s.LastIndexOf('.')])
        .Distinct(StringComparer.Ordinal);

    private static ScopeQuery? QueryOf(string scope) => Queries.GetValue(scope, Query.Of).Value;

    private static bool Covers(ReadOnlySpan<char> scope, Caller caller, Interaction interaction, string resourceType, ScopePlace place)
    {
        var slash = scope.IndexOf('/');
        var dot = scope.LastIndexOf('.');
        return slash > 0
            && dot > slash
            && IsContextOf(caller, scope[..slash], place)
            && (scope[(slash + 1)..dot] is "*" || scope[(slash + 1)..dot].SequenceEqual(resourceType))
            && IsInOrder(scope[(dot + 1)..])
            && scope[(dot + 1)..].Contains(LetterOf(interaction));
    }

    /// <summary>
    /// A system acts as itself, people as users. The patient context is one record: that of the launch, where there was one, and else a citizen's own, which says less than <c>IsOwnRecord</c> asks for anyway.
    /// </summary>
    private static bool IsContextOf(Caller caller, ReadOnlySpan<char> context, ScopePlace place) => caller.PersonKind switch
    {
        PersonKind.None => context is "system",
        PersonKind.Citizen => context is "user" || (context is "patient" && (caller.Patient is null || IsLaunched(caller, place))),
        PersonKind.Clinician => context is "user" || (context is "patient" && IsLaunched(caller, place)),
        PersonKind.Auditor or PersonKind.Operator => context is "user",
        _ => false,
    };

    private static bool IsLaunched(Caller caller, ScopePlace place) =>
        caller.Patient is { } patient && (place.IsDirectory || string.Equals(place.Patient, patient, StringComparison.Ordinal));

    /// <summary>At least one letter, each at most once, in the order of <c>cruds</c>.</summary>
    private static bool IsInOrder(ReadOnlySpan<char> permissions)
    {
        var last = -1;
        foreach (var letter in permissions)
        {
            var at = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (at <= last)
            {
                return false;
            }

            last = at;
        }

        return last >= 0;
    }

    private static char LetterOf(Interaction interaction) => interaction switch
    {
        Interaction.Read or Interaction.Derive => 'r',
        Interaction.Search => 's',
        Interaction.Create => 'c',
        Interaction.Update => 'u',
        Interaction.Delete => 'd',
        _ => throw new ArgumentOutOfRangeException(nameof(interaction)),
    };

    private sealed class Query
    {
        public ScopeQuery? Value { get; private init; }

        public static Query Of(string scope)
        {
            var (slash, question) = (scope.IndexOf('/', StringComparison.Ordinal), scope.IndexOf('?', StringComparison.Ordinal));
            var dot = scope.LastIndexOf('.', question);
            var type = slash > 0 && dot > slash ? scope[(slash + 1)..dot] : "";
            return new Query { Value = ScopeQuery.TryParse(type, scope[(question + 1)..], out var query) ? query : null };
        }
    }
}
