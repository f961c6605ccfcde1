using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>One OR-ed value of a criterion, prepared once for all candidates.</summary>
internal abstract class ValueTest
{
    /// <summary>The kind of the values it can be asked of.</summary>
    internal abstract FactKind Kind { get; }

    /// <summary>True when the value at the reader satisfies it.</summary>
    internal abstract bool Accepts(ref FactsReader value);
}

/// <summary><c>code</c>, <c>system|code</c>, <c>|code</c> and <c>system|</c> (R4 3.1.1.4.10). Literal, case and all; only parameters over plain strings go without case.</summary>
internal sealed class TokenTest(string? system, string? code, bool isText) : ValueTest
{
    private readonly PackedKey? _system = system is null ? null : new PackedKey(system.Length == 0 ? null : system);
    private readonly PackedKey? _code = code is null ? null : new PackedKey(code);
    private readonly string? _text = code;

    internal override FactKind Kind => FactKind.Token;

    /// <summary>For <c>_id</c>, which has no system and always keeps its case.</summary>
    internal bool AcceptsCode(in PackedString id) => _system is null && _code is not null && _code.Is(id);

    internal override bool Accepts(ref FactsReader value)
    {
        var system = value.String();
        var code = value.String();
        return (_system is null || _system.Is(system)) && (isText ? string.Equals(code.Make(), _text, StringComparison.OrdinalIgnoreCase) : _code is null || _code.Is(code));
    }
}

/// <summary>A string by its folded beginning, that of one of its words, its folded middle, or exactly (R4 3.1.1.4.8).</summary>
internal sealed class StringTest : ValueTest
{
    // Folding at most doubles a text (æ); the stored text is at most 512 units long, but for exact comparison no bound is needed.
    private const int FoldedMax = 1_088;

    private readonly Way _way;
    private readonly string _folded;
    private readonly PackedKey _exact;

    internal StringTest(string text, Way way)
    {
        var cut = Extraction.FactSink.Cut(text);
        _way = way;
        _folded = SearchText.Fold(cut);
        _exact = new PackedKey(cut);
    }

    /// <summary>How the texts are compared.</summary>
    internal enum Way
    {
        StartsWith,
        WordStartsWith,
        Contains,
        Exact,
    }

    internal override FactKind Kind => FactKind.String;

    internal override bool Accepts(ref FactsReader value)
    {
        var stored = value.String();
        if (_way == Way.Exact)
        {
            return _exact.Is(stored);
        }

        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        var utf8 = stored.Utf8(scratch);
        Span<char> folded = stackalloc char[_way == Way.Contains ? FoldedMax : Math.Min(_folded.Length, FoldedMax)];
        if (_way == Way.Contains)
        {
            return folded[..SearchText.Fold(utf8, folded)].IndexOf(_folded, StringComparison.Ordinal) >= 0;
        }

        for (int word = 0, count = 0; word >= 0 && count < SearchText.WordsMax; word = _way == Way.WordStartsWith ? SearchText.NextWord(utf8, word) : -1, count++)
        {
            if (folded[..SearchText.Fold(utf8[word..], folded)].SequenceEqual(_folded.AsSpan(0, folded.Length)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A range of time (R4 3.1.1.4.7).</summary>
internal sealed class DateTest(Comparison comparison, long from, long to) : ValueTest
{
    internal override FactKind Kind => FactKind.Date;

    internal override bool Accepts(ref FactsReader value)
    {
        value.Date(out var storedFrom, out var storedTo);
        return Accepts(storedFrom, storedTo);
    }

    internal bool Accepts(long storedFrom, long storedTo) => Comparisons.Dates(comparison, storedFrom, storedTo, from, to);
}

/// <summary>A reference by type and id, or by its whole text; a canonical with or without its version (R4 3.1.1.4.12 and 3.1.1.4.13).</summary>
internal sealed class ReferenceTest(string? type, string text, UriTest.Way way) : ValueTest
{
    private readonly PackedKey? _type = type is null ? null : new PackedKey(type);
    private readonly UriTest _text = new(FactKind.Reference, text, way);

    internal override FactKind Kind => FactKind.Reference;

    internal override bool Accepts(ref FactsReader value)
    {
        var storedType = value.String();
        var stored = value.String();
        return (_type is null || _type.Is(storedType)) && _text.Accepts(stored);
    }
}

/// <summary>A URI, case-sensitive; <c>url</c> also finds <c>url|version</c> (R4 3.1.1.4.9 and 3.1.1.4.13).</summary>
internal sealed class UriTest(FactKind kind, string text, UriTest.Way way) : ValueTest
{
    private readonly PackedKey _key = new(text);

    /// <summary>How the texts are compared.</summary>
    internal enum Way
    {
        Same,
        Below,
        Above,
    }

    internal override FactKind Kind => kind;

    internal override bool Accepts(ref FactsReader value) => Accepts(value.String());

    internal bool Accepts(in PackedString stored)
    {
        if (_key.Is(stored))
        {
            return true;
        }

        if (stored.IsNull)
        {
            return false;
        }

        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        var text = stored.Utf8(scratch);
        return way switch
        {
            Way.Same => text.Length > _key.Utf8.Length && text[_key.Utf8.Length] == '|' && text.StartsWith(_key.Utf8),
            Way.Below => IsBelow(text, _key.Utf8),
            _ => IsBelow(_key.Utf8, text),
        };
    }

    // http://acme.org/fhir is below http://acme.org, and http://acme.organic is not; http://acme.org|1.0.2 is below http://acme.org|1.0.
    private static bool IsBelow(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high) =>
        low.Length > high.Length && low.StartsWith(high) && (high is [.., (byte)'/'] || low[high.Length] is (byte)'/' or (byte)'|' || (low[high.Length] == '.' && high.Contains((byte)'|')));
}
