using System.Collections.Immutable;

namespace EHealthHub.Access.Policy;

/// <summary>Looking into lists that may be left out, without allocating.</summary>
internal static class Lists
{
    public static bool Has(ImmutableArray<string> list, string text)
    {
        if (list.IsDefault)
        {
            return false;
        }

        foreach (var one in list)
        {
            if (string.Equals(one, text, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the two have an entry in common.</summary>
    public static bool Meet(ImmutableArray<string> some, ImmutableArray<string> others)
    {
        foreach (var one in some)
        {
            if (Has(others, one))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the reference is <c>type/id</c>.</summary>
    public static bool Names(string reference, string type, string id) =>
        reference.Length == type.Length + 1 + id.Length && reference[type.Length] == '/' && reference.StartsWith(type, StringComparison.Ordinal) && reference.EndsWith(id, StringComparison.Ordinal);
}
