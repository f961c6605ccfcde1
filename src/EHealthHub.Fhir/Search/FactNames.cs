namespace EHealthHub.Fhir.Search;

/// <summary>Endings of the names under which a parameter's by-values are kept.</summary>
internal static class FactNames
{
    /// <summary>After a reference parameter: identifiers inside references, compared as tokens (R4 3.1.1.4.12).</summary>
    internal const string Identifier = ":identifier";

    /// <summary>After a token parameter: the texts that belong to it, for the modifier <c>:text</c> (R4 3.1.1.4.10).</summary>
    internal const string Text = ":text";
}
