using EHealthHub.Fhir.Search.Expressions;

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
    internal const string OfType = "of-type";
    internal const string In = "in";
    internal const string NotIn = "not-in";

    /// <summary>Not a modifier that anybody can write: the criterion stands in a <c>_filter</c>, and its values' prefixes are operators.</summary>
    internal const string Filter = "_filter";

    /// <summary>True where the modifier may stand at the parameter.</summary>
    internal static bool IsServed(TypeParameters type, SearchParameter parameter, string modifier)
    {
        if (parameter.Code is CommonParameters.Id or CommonParameters.LastUpdated)
        {
            return modifier == Not && parameter.Kind == FactKind.Token;
        }

        return modifier switch
        {
            Missing => true,
            Not or Text or In or NotIn => parameter.Kind == FactKind.Token,
            OfType => parameter.Kind == FactKind.Token && type.Plan.Identifiers.Contains(parameter.Code),
            Exact or Contains => parameter is { Kind: FactKind.String, IsPhonetic: false },
            Identifier => parameter.Kind == FactKind.Reference,
            Below or Above => parameter.Kind is FactKind.Uri or FactKind.Token || type.Plan.Canonicals.Contains(parameter.Code),
            _ => parameter.Kind == FactKind.Reference && parameter.Targets.Contains(modifier),
        };
    }
}
