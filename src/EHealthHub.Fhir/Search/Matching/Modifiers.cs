namespace EHealthHub.Fhir.Search.Matching;

/// <summary>The modifiers that the hub serves (R4 3.1.1.4.4), beside the type of a reference's target.</summary>
internal static class Modifiers
{
    internal const string Missing = "missing";
    internal const string Not = "not";
    internal const string Text = "text";
    internal const string Exact = "exact";
    internal const string Contains = "contains";
    internal const string Identifier = "identifier";
    internal const string Below = "below";
    internal const string Above = "above";

    /// <summary>True where the modifier may stand at a parameter of this kind.</summary>
    internal static bool IsServed(FactKind kind, string modifier) => modifier switch
    {
        Missing => true,
        Not or Text => kind == FactKind.Token,
        Exact or Contains => kind == FactKind.String,
        Identifier => kind == FactKind.Reference,
        Below or Above => kind == FactKind.Uri,
        _ => false,
    };
}
