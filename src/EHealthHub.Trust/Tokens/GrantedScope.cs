using System.Collections.Immutable;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// A scope in the syntax of SMART App Launch 2.2: <c>level/Type.cruds</c>, the letters in this order, perhaps with a query (<c>?category=…</c>) that what it covers must satisfy. Levels: <c>system</c> for institutions, <c>user</c> for
/// persons, <c>patient</c> for one record. A scope bounds what its holder may ask; whether it is granted for a patient, and what a query means, is decided in the room Access.
/// </summary>
/// <param name="Level">system, user or patient.</param>
/// <param name="Type">A type of resource, or <c>*</c>; never <c>*</c> with a query.</param>
/// <param name="Permissions">Letters.</param>
/// <param name="Query">Parameters of search, AND-ed, without the question mark; null for none.</param>
internal readonly record struct GrantedScope(string Level, string Type, string Permissions, string? Query = null)
{
    /// <summary>Longest query, in characters.</summary>
    internal const int QueryLengthMax = 512;

    /// <summary>Most parameters of a query.</summary>
    internal const int ParametersMax = 4;

    private const string Letters = "cruds";
    private const int TypeLengthMax = 64;

    internal static bool TryParse(string text, out GrantedScope scope)
    {
        scope = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (slash < 1 || dot < slash + 2 || dot - slash > TypeLengthMax)
        {
            return false;
        }

        var question = text.IndexOf('?', StringComparison.Ordinal);
        var end = question < 0 ? text.Length : question;
        if (end < dot)
        {
            return false;
        }

        var (level, type, permissions) = (text[..slash], text[(slash + 1)..dot], text[(dot + 1)..end]);
        var query = question < 0 ? null : text[(question + 1)..];
        if (level is not ("system" or "user" or "patient") || !(type == "*" ? query is null : type.All(char.IsAsciiLetter)) || !AreOrdered(permissions) || (query is not null && !IsQuery(query)))
        {
            return false;
        }

        scope = new GrantedScope(level, type, permissions, query);
        return true;
    }

    /// <summary>What both grant: asking for more than one holds yields what one holds, never more.</summary>
    internal GrantedScope? Intersect(GrantedScope other)
    {
        if (Level != other.Level || (Type != other.Type && Type != "*" && other.Type != "*"))
        {
            return null;
        }

        var both = string.Concat(Permissions.Where(other.Permissions.Contains));
        return both.Length > 0 && TryJoin(Query, other.Query, out var query) ? new GrantedScope(Level, Type == "*" ? other.Type : Type, both, query) : null;
    }

    /// <summary>
    /// The part of <paramref name="held"/> that the space-separated request asks for; all of it where nothing is asked for. A scope with a query is left out where <paramref name="keeps"/> (type, query) says that it could not be kept:
    /// without its query it would be wider. Scopes with a name of their own are given where they are asked for by it; those that say what a token is for only then.
    /// </summary>
    internal static ImmutableArray<string> Narrow(ImmutableArray<string> held, string? requested, Func<string, string, bool> keeps)
    {
        var granted = ImmutableArray.CreateBuilder<string>();
        if (requested is null)
        {
            return [.. held.Where(own => TryParse(own, out var scope) ? scope.IsKept(keeps) : own == NamedScope.ConsentCapture)];
        }

        foreach (var text in requested.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(text, out var asked))
            {
                if (NamedScope.IsNamed(text) && held.Contains(text) && !granted.Contains(text))
                {
                    granted.Add(text);
                }

                continue;
            }

            foreach (var own in held)
            {
                if (TryParse(own, out var scope) && scope.Intersect(asked) is { } both && both.IsKept(keeps) && !granted.Contains(both.ToString()))
                {
                    granted.Add(both.ToString());
                }
            }
        }

        return granted.ToImmutable();
    }

    public override string ToString() => Query is null ? $"{Level}/{Type}.{Permissions}" : $"{Level}/{Type}.{Permissions}?{Query}";

    private bool IsKept(Func<string, string, bool> keeps) => Query is null || keeps(Type, Query);

    /// <summary>Both queries at once: parameters of a search are AND-ed. False where that is more than a scope may hold.</summary>
    private static bool TryJoin(string? one, string? other, out string? joined)
    {
        joined = one is null || other is null ? one ?? other : string.Join('&', one.Split('&').Union(other.Split('&'), StringComparer.Ordinal));
        return joined is null || IsQuery(joined);
    }

    /// <summary><c>name=value</c>, several with ampersands between, in the characters of a scope (RFC 6749, 3.3); what they mean is not looked at here.</summary>
    private static bool IsQuery(string query)
    {
        if (query.Length is 0 or > QueryLengthMax || !query.All(c => c is > ' ' and < '\u007f' and not ('"' or '\\' or '?' or '#')))
        {
            return false;
        }

        var parameters = query.Split('&');
        return parameters.Length <= ParametersMax && parameters.All(p => p.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && at < p.Length - 1);
    }

    private static bool AreOrdered(string permissions)
    {
        var next = 0;
        foreach (var letter in permissions)
        {
            var at = Letters.IndexOf(letter, next);
            if (at < 0)
            {
                return false;
            }

            next = at + 1;
        }

        return permissions.Length > 0;
    }
}
