using System.Numerics;

namespace EHealthHub.Fhir.Validation;

/// <summary>How the presence of two sets of elements must agree.</summary>
internal enum PresenceKind
{
    /// <summary>At least one of the left.</summary>
    Any,

    /// <summary>Any of the left demands all of the right.</summary>
    Implies,

    /// <summary>Not both.</summary>
    NotBoth,

    /// <summary>Exactly one.</summary>
    ExactlyOne,

    /// <summary>Both or neither.</summary>
    Together,

    /// <summary>One alone of the left.</summary>
    OnlyOne,
}

/// <summary>An invariant of R4 that speaks only of which elements are there, decided by two masks.</summary>
/// <param name="Key">R4's key, for example <c>obs-6</c>; it becomes the issue's code.</param>
/// <param name="Text">As written in the table, for the diagnostics.</param>
/// <param name="Kind">How the two sets must agree.</param>
/// <param name="Left">Mask of the left elements.</param>
/// <param name="Right">Mask of the right elements; 0 for <see cref="PresenceKind.Any"/> and <see cref="PresenceKind.OnlyOne"/>.</param>
internal sealed record PresenceRule(string Key, string Text, PresenceKind Kind, ulong Left, ulong Right)
{
    /// <summary>The rule in words.</summary>
    public string Sentence => Kind switch
    {
        PresenceKind.Any => $"{Key}: at least one of these is needed: {Text.TrimEnd(' ', '|')}.",
        PresenceKind.OnlyOne => $"{Key}: exactly one of these is needed: {Text.TrimEnd(' ', '1')}.",
        PresenceKind.Implies => $"{Key}: {Text.Replace(" > ", " needs ", StringComparison.Ordinal)}.",
        PresenceKind.NotBoth => $"{Key}: {Text.Replace(" ! ", " and ", StringComparison.Ordinal)} exclude each other.",
        PresenceKind.ExactlyOne => $"{Key}: exactly one of these is needed: {Text.Replace(" ^ ", " ", StringComparison.Ordinal)}.",
        _ => $"{Key}: {Text.Replace(" = ", " and ", StringComparison.Ordinal)} go together.",
    };

    /// <summary>True when an object with the elements in <paramref name="seen"/> keeps the rule.</summary>
    public bool Holds(ulong seen)
    {
        var left = (seen & Left) != 0;
        var right = (seen & Right) != 0;
        return Kind switch
        {
            PresenceKind.Any => left,
            PresenceKind.Implies => !left || (seen & Right) == Right,
            PresenceKind.NotBoth => !(left && right),
            PresenceKind.ExactlyOne => left != right,
            PresenceKind.OnlyOne => BitOperations.IsPow2(seen & Left),
            _ => left == right,
        };
    }
}
