using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Scopes;

/// <summary>
/// SMART App Launch 2.2 scopes, <c>context/type.cruds</c>, read strictly: a scope that is not exactly of this form covers nothing. So do the old form (<c>.read</c>, <c>.write</c>) and finer-grained scopes (<c>?category=…</c>), which would
/// cover too much where their query were dropped.
/// </summary>
public static class SmartScope
{
    private const string Letters = "cruds";

    /// <summary>True when one of the caller's scopes covers the interaction on the type, in the context in which the caller acts.</summary>
    public static bool Covers(Caller caller, Interaction interaction, string resourceType)
    {
        foreach (var scope in caller.Scopes)
        {
            if (Covers(scope, caller, interaction, resourceType))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Covers(ReadOnlySpan<char> scope, Caller caller, Interaction interaction, string resourceType)
    {
        var slash = scope.IndexOf('/');
        var dot = scope.LastIndexOf('.');
        return slash > 0
            && dot > slash
            && IsContextOf(caller, scope[..slash])
            && (scope[(slash + 1)..dot] is "*" || scope[(slash + 1)..dot].SequenceEqual(resourceType))
            && IsInOrder(scope[(dot + 1)..])
            && scope[(dot + 1)..].Contains(LetterOf(interaction));
    }

    /// <summary>A system acts as itself, people as users; a citizen's app may also carry the patient context, which says less than <c>IsOwnRecord</c> asks for anyway.</summary>
    private static bool IsContextOf(Caller caller, ReadOnlySpan<char> context) => caller.PersonKind switch
    {
        PersonKind.None => context is "system",
        PersonKind.Citizen => context is "patient" or "user",
        PersonKind.Clinician or PersonKind.Auditor or PersonKind.Operator => context is "user",
        _ => false,
    };

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
        Interaction.Read => 'r',
        Interaction.Search => 's',
        Interaction.Create => 'c',
        Interaction.Update => 'u',
        Interaction.Delete => 'd',
        _ => throw new ArgumentOutOfRangeException(nameof(interaction)),
    };
}
