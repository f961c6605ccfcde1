namespace EHealthHub.Fhir.Search;

/// <summary>Endings of the names under which a parameter's by-values are kept.</summary>
internal static class FactNames
{
    /// <summary>After a reference parameter: identifiers inside references, compared as tokens (R4 3.1.1.4.12).</summary>
    internal const string Identifier = ":identifier";

    /// <summary>After a token parameter: the texts that belong to it, for the modifier <c>:text</c> (R4 3.1.1.4.10).</summary>
    internal const string Text = ":text";

    /// <summary>After a token parameter over identifiers: the type's system, and its code with the value (<see cref="TypedValue"/>), for the modifier <c>:of-type</c>.</summary>
    internal const string OfType = ":of-type";

    /// <summary>Most components of a composite parameter.</summary>
    internal const int PartsMax = 3;

    /// <summary>Length of the ending that <see cref="Part"/> makes.</summary>
    internal const int PartLength = 2;

    /// <summary>
    /// After a composite parameter: <c>$1</c> to <c>$3</c>, the values of its components. Values of one repetition stand together, in the order of the components, each component with one value at least: a new repetition begins where
    /// the component's number falls back to 1.
    /// </summary>
    internal static string Part(string composite, int component) => $"{composite}${(char)('1' + component)}";

    /// <summary>The component's number from 0 that a name ends with, or -1.</summary>
    internal static int PartOf(string name) => name is [.., '$', >= '1' and <= '4' and var number] ? number - '1' : -1;

    /// <summary>An identifier's type code and its value as one text, told apart by the first bar that is not escaped.</summary>
    internal static string TypedValue(string typeCode, string value) =>
        (typeCode.AsSpan().IndexOfAny('|', '\\') < 0 ? typeCode : typeCode.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)) + "|" + value;
}
