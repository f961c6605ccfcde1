using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Packing;
using EHealthHub.Fhir.Search.Units;

namespace EHealthHub.Fhir.Search;

/// <summary>What one candidate is sorted by. Compared by the <see cref="SearchSorter"/> that made it.</summary>
public sealed class SearchSortKey
{
    internal SearchSortKey(SortPart[] parts, string id)
    {
        Parts = parts;
        Id = id;
    }

    /// <summary>Logical id and type: what decides between candidates that are the same in every key.</summary>
    public string Id { get; }

    internal SortPart[] Parts { get; }

    /// <summary>The key as bytes, at most 3,000: where a page ended, for its continuation. Clinical content: not to be shown.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Id);
        writer.Write((byte)Parts.Length);
        foreach (var part in Parts)
        {
            writer.Write(part.IsThere);
            writer.Write(part.Time);
            writer.Write(part.Number);
            writer.Write(part.Text is not null);
            writer.Write(part.Text ?? "");
        }

        return stream.ToArray();
    }

    /// <summary>What <see cref="Write"/> wrote for so many keys; null for anything else.</summary>
    public static SearchSortKey? Read(byte[] bytes, int keys)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes));
            var id = reader.ReadString();
            if (reader.ReadByte() != keys)
            {
                return null;
            }

            var parts = new SortPart[keys];
            for (var i = 0; i < parts.Length; i++)
            {
                var (isThere, time, number, hasText, text) = (reader.ReadBoolean(), reader.ReadInt64(), reader.ReadDecimal(), reader.ReadBoolean(), reader.ReadString());
                parts[i] = new SortPart(isThere, time, number, hasText ? text : null);
            }

            return new SearchSortKey(parts, id);
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>One key's value; only what its kind uses is set.</summary>
internal readonly record struct SortPart(bool IsThere, long Time, decimal Number, string? Text);

/// <summary>
/// The order of <c>_sort</c> (R4 3.1.1.5.2), over facts. Of several values the lowest counts when ascending and the highest when descending; a candidate without a value comes last either way; equal ones are ordered by id. Strings go by
/// their folded form, tokens by code and then system, references by type and id, quantities by number in UCUM's base units, periods by their begin (descending by their end).
/// </summary>
public sealed class SearchSorter : IComparer<SearchSortKey>
{
    // Longer texts are ordered by their beginnings, so that every key fits into a continuation.
    private const int TextMax = 100;

    private readonly IReadOnlyList<SearchSort> _keys;

    /// <summary>For the keys of a search.</summary>
    public SearchSorter(IReadOnlyList<SearchSort> keys) => _keys = keys;

    /// <summary>What a candidate is sorted by.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public SearchSortKey KeyOf(ReadOnlySpan<byte> facts) => KeyOf(facts, null);

    /// <summary>With a place of its own for what decides between equal ones: of a contained resource, whose id is unique in its container alone.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded facts.</exception>
    public SearchSortKey KeyOf(ReadOnlySpan<byte> facts, string? place)
    {
        var parts = new SortPart[_keys.Count];
        var reader = new FactsReader(facts);
        _ = reader.Byte();
        var type = reader.String().Make();
        var id = reader.String().Make() ?? throw FactsReader.Broken("lacks what every version has");
        _ = reader.Count(int.MaxValue);
        var time = reader.Signed();
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = _keys[i].Parameter switch
            {
                CommonParameters.Id => new SortPart(true, 0, 0, id),
                CommonParameters.LastUpdated => new SortPart(true, time, 0, null),
                _ => default,
            };
        }

        var values = ValueCursor.Of(facts);
        while (values.Next())
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var key = _keys[i];
                if (values.Ending == 0 && values.Kind == key.Kind && values.NameIs(key.Parameter))
                {
                    var payload = values.Payload;
                    var part = Read(ref payload, key);
                    parts[i] = IsBetter(part, parts[i], key) ? part : parts[i];
                }
            }
        }

        return new SearchSortKey(parts, place ?? id + "/" + type);
    }

    // A quantity is there twice where its unit has a code and a name: only the first converts.
    private static bool IsBetter(in SortPart part, in SortPart other, SearchSort key) =>
        !other.IsThere || (key.Kind == FactKind.Quantity && part.Text != other.Text ? part.Text is not null : Compare(part, other, key.Kind) < 0 != key.IsDescending);

    /// <inheritdoc/>
    public int Compare(SearchSortKey? x, SearchSortKey? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        for (var i = 0; i < _keys.Count; i++)
        {
            var (one, other) = (x.Parts[i], y.Parts[i]);
            if (one.IsThere != other.IsThere)
            {
                return one.IsThere ? -1 : 1;
            }

            var order = one.IsThere ? Compare(one, other, _keys[i].Kind) : 0;
            if (order != 0)
            {
                return _keys[i].IsDescending ? -order : order;
            }
        }

        return string.CompareOrdinal(x.Id, y.Id);
    }

    private static int Compare(in SortPart one, in SortPart other, FactKind kind) => kind switch
    {
        FactKind.Date => one.Time.CompareTo(other.Time),
        FactKind.Number or FactKind.Quantity => one.Number.CompareTo(other.Number),
        _ => string.CompareOrdinal(one.Text, other.Text),
    };

    private static SortPart Read(ref FactsReader value, SearchSort key)
    {
        switch (key.Kind)
        {
            case FactKind.Date:
                value.Date(out var from, out var to);
                return new SortPart(true, key.IsDescending ? to : from, 0, null);
            case FactKind.Number:
                var number = value.Number(out var numberTo);
                return new SortPart(true, 0, key.IsDescending ? numberTo ?? number : number, null);
            case FactKind.Quantity:
                var measured = value.Number(out var measuredTo);
                measured = key.IsDescending ? measuredTo ?? measured : measured;
                var system = value.String().Make();
                var unit = value.String().Make();
                return system == Ucum.System && unit is not null && Ucum.Find(unit) is { } ucum
                    ? new SortPart(true, 0, ucum.ToBase(measured), Ucum.System)
                    : new SortPart(true, 0, measured, null);
            case FactKind.String:
                return new SortPart(true, 0, 0, Short(SearchText.Fold(value.String().Make() ?? "")));
            case FactKind.Uri:
                return new SortPart(true, 0, 0, Short(value.String().Make() ?? ""));
            case FactKind.Reference:
                var type = value.String().Make();
                return new SortPart(true, 0, 0, Short(type + "/" + value.String().Make()));
            default:
                var codeSystem = value.String().Make();
                return new SortPart(true, 0, 0, Short(value.String().Make() + "\n" + codeSystem));
        }
    }

    private static string Short(string text) => text.Length <= TextMax ? text : text[..TextMax];
}
