namespace EHealthHub.Fhir.Search.Matching;

/// <summary>R4's prefixes (3.1.1.4.5).</summary>
internal enum Comparison : byte
{
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// <summary>How prefixes compare ranges (R4 3.1.1.4.5 and 3.1.1.4.7).</summary>
internal static class Comparisons
{
    private const long Day = 86_400_000_000;

    internal static Comparison Parse(string prefix) => prefix switch
    {
        "eq" => Comparison.Eq,
        "ne" => Comparison.Ne,
        "gt" => Comparison.Gt,
        "lt" => Comparison.Lt,
        "ge" => Comparison.Ge,
        "le" => Comparison.Le,
        "sa" => Comparison.Sa,
        "eb" => Comparison.Eb,
        "ap" => Comparison.Ap,
        _ => throw new ArgumentException($"{prefix} is no prefix of R4.", nameof(prefix)),
    };

    /// <summary>
    /// The stored range against the asked one, all ends inclusive. <c>eq</c> is containment, not overlap. <c>ap</c> takes what overlaps the asked range widened on both sides by a tenth of its length, and by a day at least:
    /// R4 suggests a tenth of the distance to now, but then one and the same page of a search would change while it is read.
    /// </summary>
    internal static bool Dates(Comparison comparison, long from, long to, long askedFrom, long askedTo) => comparison switch
    {
        Comparison.Eq => Contains(askedFrom, askedTo, from, to),
        Comparison.Ne => !Contains(askedFrom, askedTo, from, to),
        Comparison.Gt => to > askedTo,
        Comparison.Lt => from < askedFrom,
        Comparison.Ge => to > askedTo || Contains(askedFrom, askedTo, from, to),
        Comparison.Le => from < askedFrom || Contains(askedFrom, askedTo, from, to),
        Comparison.Sa => from > askedTo,
        Comparison.Eb => to < askedFrom,
        _ => Widening(askedFrom, askedTo) is var by && from <= askedTo + by && to >= askedFrom - by,
    };

    private static bool Contains(long askedFrom, long askedTo, long from, long to) => from >= askedFrom && to <= askedTo;

    private static long Widening(long askedFrom, long askedTo) => Math.Max(Day, (askedTo - askedFrom) / 10);
}
