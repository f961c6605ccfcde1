using System.Text;
using EHealthHub.Fhir.Search.Extraction;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>The comparisons of <c>_filter</c> (R4 3.1.3): as those of search, but that values are never case-sensitive and that there are more of them.</summary>
internal static class FilterTests
{
    internal static ValueTest Of(SearchValue value) => value.Kind switch
    {
        FactKind.Token => new FoldedTokenTest(value.System, value.Text ?? "", value.Prefix == "ne"),
        FactKind.String => new FoldedTextTest(FactKind.String, value.Text ?? "", value.Prefix),
        FactKind.Uri => new FoldedTextTest(FactKind.Uri, value.Text ?? "", value.Prefix),
        FactKind.Date when value.Prefix == "co" => new DateSpanTest(value.From, value.To, contains: true),
        FactKind.Date when value.Prefix == "po" => new DateSpanTest(value.From, value.To, contains: false),
        FactKind.Date => new DateTest(Comparisons.Parse(value.Prefix), value.From, value.To),
        FactKind.Number when value.Prefix == "co" => new NumberSpanTest(value.Number!.Value),
        FactKind.Number or FactKind.Quantity => NumberTest.Of(value),
        FactKind.Reference => new ReferenceTest(value.System, value.Text ?? "", UriTest.Way.Same),
        _ => throw new InvalidOperationException($"A filter compares nothing of kind {value.Kind}."),
    };
}

/// <summary>A code, and its system where one is written, without regard to case; <paramref name="isUnequal"/> accepts a code that is another one.</summary>
internal sealed class FoldedTokenTest(string? system, string code, bool isUnequal) : ValueTest
{
    internal override FactKind Kind => FactKind.Token;

    internal override bool Accepts(ref FactsReader value)
    {
        var storedSystem = value.String();
        var storedCode = value.String();
        return Is(storedSystem, storedCode) != isUnequal;
    }

    private bool Is(in PackedString storedSystem, in PackedString storedCode) =>
        (system is null || string.Equals(storedSystem.Make() ?? "", system, StringComparison.OrdinalIgnoreCase))
        && (code.Length == 0 || string.Equals(storedCode.Make(), code, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A text by its folded form: equal, unequal, beginning, middle, end, or its place in the order of code points.</summary>
internal sealed class FoldedTextTest(FactKind kind, string text, string op) : ValueTest
{
    private readonly string _folded = SearchText.Fold(FactSink.Cut(text));

    internal override FactKind Kind => kind;

    internal override bool Accepts(ref FactsReader value)
    {
        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        var stored = SearchText.Fold(FactSink.Cut(Encoding.UTF8.GetString(value.String().Utf8(scratch))));
        return op switch
        {
            "eq" => stored == _folded,
            "ne" => stored != _folded,
            "co" => stored.Contains(_folded, StringComparison.Ordinal),
            "sw" => stored.StartsWith(_folded, StringComparison.Ordinal),
            "ew" => stored.EndsWith(_folded, StringComparison.Ordinal),
            "gt" or "sa" => string.CompareOrdinal(stored, _folded) > 0,
            "lt" or "eb" => string.CompareOrdinal(stored, _folded) < 0,
            "ge" => string.CompareOrdinal(stored, _folded) >= 0,
            "le" => string.CompareOrdinal(stored, _folded) <= 0,
            _ => throw new InvalidOperationException($"A text is not compared by {op}."),
        };
    }
}

/// <summary>A stored range of time that contains the asked one, or overlaps it.</summary>
internal sealed class DateSpanTest(long from, long to, bool contains) : ValueTest
{
    internal override FactKind Kind => FactKind.Date;

    internal override bool Accepts(ref FactsReader value)
    {
        value.Date(out var storedFrom, out var storedTo);
        return contains ? storedFrom <= from && storedTo >= to : storedFrom <= to && storedTo >= from;
    }
}

/// <summary>A stored number whose digits leave the asked one open: 5.4 contains 5.42. A Range contains what lies between its ends.</summary>
internal sealed class NumberSpanTest(decimal number) : ValueTest
{
    internal override FactKind Kind => FactKind.Number;

    internal override bool Accepts(ref FactsReader value)
    {
        var from = value.Number(out var to);
        if (to is { } end)
        {
            return number >= from && number <= end;
        }

        // Beyond what a query can ask, and too near the end of what a decimal holds.
        if (Math.Abs(from) >= 1e28m)
        {
            return false;
        }

        var half = new decimal(5, 0, 0, false, (byte)Math.Min(from.Scale + 1, 28));
        return number >= from - half && number < from + half;
    }
}
