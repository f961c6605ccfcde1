using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Why a query is refused. The parameter's name is said, never its value: values are clinical content.</summary>
internal static class QueryFailures
{
    private const int NameMax = 64;

    internal static Failure UnknownType() => Failure.Of(404, "not-supported", "resource-type-unknown", "The path names no resource type of R4 that can be searched.");

    internal static Failure Unknown(string name) => Failure.Of(400, "not-supported", "search-parameter-unknown", $"The search parameter {Name(name)} is not known for this type.");

    internal static Failure Reindexing(string name) => Failure.Of(
        503, "transient", "search-parameter-reindexing", $"The search parameter {Name(name)} was defined or changed, and what is stored is being searched through for its values. It can be asked by when that is done; SearchParameter/$status tells how far it is.");

    internal static Failure NotSupported(string name, string what) => Failure.Of(400, "not-supported", "search-not-supported", $"{Name(name)}: {what} not supported.");

    internal static Failure Modifier(string name, string modifier) =>
        Failure.Of(400, "not-supported", "search-modifier-not-supported", $"The modifier :{Name(modifier)} is not supported at the search parameter {Name(name)}.");

    internal static Failure Value(string name, string expected) => Failure.Of(400, "value", "search-value-invalid", $"A value of the search parameter {Name(name)} is not valid: {expected}.");

    internal static Failure Repeated(string name) => Failure.Of(400, "invalid", "search-parameter-repeated", $"{Name(name)} may be given once.");

    internal static Failure TooLarge(string name, string bound) => Failure.Of(400, "too-long", "search-too-large", $"{Name(name)}: a search has at most {bound}.");

    internal static Failure Syntax(string name, string expected, int at) => Failure.Of(400, "value", "search-value-invalid", $"{Name(name)} is not understood at character {at + 1}: {expected} is expected.");

    internal static Failure TypeExpected(string name) =>
        Failure.Of(400, "invalid", "search-value-invalid", $"{Name(name)}: the reference may lead to several types; name one, as in subject:Patient.name.");

    internal static Failure TooLarge(string bound) => Failure.Of(400, "too-long", "search-too-large", $"A search has at most {bound}.");

    // A name is the caller's text: cut, and without what could not be a name.
    internal static string Name(string name)
    {
        var shown = name.Length <= NameMax ? name : name[..NameMax];
        return string.Concat(shown.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':' or '.' ? c : '?'));
    }
}
