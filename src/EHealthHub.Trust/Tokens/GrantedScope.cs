using System.Collections.Immutable;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// A scope in the syntax of SMART App Launch 2.2 without search refinement: <c>level/Type.cruds</c>, the letters in this order. Levels: <c>system</c> for institutions, <c>user</c> for persons, <c>patient</c> for the own record.
/// A scope bounds what its holder may ask; whether it is granted for a patient is decided in the room Access.
/// </summary>
internal readonly record struct GrantedScope(string Level, string Type, string Permissions)
{
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

        var (level, type, permissions) = (text[..slash], text[(slash + 1)..dot], text[(dot + 1)..]);
        if (level is not ("system" or "user" or "patient") || !(type == "*" || type.All(char.IsAsciiLetter)) || !AreOrdered(permissions))
        {
            return false;
        }

        scope = new GrantedScope(level, type, permissions);
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
        return both.Length == 0 ? null : new GrantedScope(Level, Type == "*" ? other.Type : Type, both);
    }

    /// <summary>The part of <paramref name="held"/> that the space-separated request asks for; all of it where nothing is asked for.</summary>
    internal static ImmutableArray<string> Narrow(ImmutableArray<string> held, string? requested)
    {
        if (requested is null)
        {
            return held;
        }

        var granted = ImmutableArray.CreateBuilder<string>();
        foreach (var text in requested.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(text, out var asked))
            {
                continue;
            }

            foreach (var own in held)
            {
                if (TryParse(own, out var scope) && scope.Intersect(asked) is { } both && !granted.Contains(both.ToString()))
                {
                    granted.Add(both.ToString());
                }
            }
        }

        return granted.ToImmutable();
    }

    public override string ToString() => $"{Level}/{Type}.{Permissions}";

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
