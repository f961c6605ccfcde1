using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>
/// The two word lists of the facts format: names of search parameters, and strings that occur in many resources. Their line numbers are written into sealed facts, so a list is never edited; a new list is a new format version.
/// </summary>
internal sealed class KnownStrings
{
    /// <summary>Index 1 is the first line; index 0 means null.</summary>
    internal static readonly KnownStrings Strings = new("EHealthHub.Fhir.Search.Packing.strings.v1.txt", 1);

    /// <summary>Index 0 is the first line.</summary>
    internal static readonly KnownStrings Parameters = new("EHealthHub.Fhir.Search.Packing.parameters.v2.txt", 0);

    private readonly int _first;
    private readonly ImmutableArray<string> _words;
    private readonly byte[][] _utf8;
    private readonly FrozenDictionary<string, int> _indexes;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indexesOfSpans;

    // Open addressing over the UTF-8 bytes, at most half full: one lookup costs less than making the string would.
    private readonly int[] _slots;

    private KnownStrings(string resource, int first)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not part of the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        _first = first;
        _words = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(string.Intern)];
        _utf8 = [.. _words.Select(Encoding.UTF8.GetBytes)];
        _indexes = _words.Select((word, i) => KeyValuePair.Create(word, i + first)).ToFrozenDictionary(StringComparer.Ordinal);
        _indexesOfSpans = _indexes.GetAlternateLookup<ReadOnlySpan<char>>();
        _slots = new int[2048];
        for (var i = 0; i < _utf8.Length; i++)
        {
            var slot = Slot(_utf8[i]);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    /// <summary>One past the last index.</summary>
    internal int End => _words.Length + _first;

    /// <summary>The hub's own instance of a string, or null when it is none of the list.</summary>
    internal static string? Find(ReadOnlySpan<byte> utf8)
    {
        var list = Strings;
        for (var slot = Slot(utf8); list._slots[slot] != 0; slot = (slot + 1) & (list._slots.Length - 1))
        {
            var word = list._slots[slot] - 1;
            if (utf8.SequenceEqual(list._utf8[word]))
            {
                return list._words[word];
            }
        }

        return null;
    }

    /// <summary>Its index, or -1.</summary>
    internal int IndexOf(string word) => _indexes.GetValueOrDefault(word, -1);

    /// <summary>Its index, or -1.</summary>
    internal int IndexOf(ReadOnlySpan<char> word) => _indexesOfSpans.TryGetValue(word, out var index) ? index : -1;

    internal string Word(int index) => _words[index - _first];

    internal ReadOnlySpan<byte> Utf8(int index) => _utf8[index - _first];

    private static int Slot(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)utf8.Length * 0x9E3779B1;
        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 16_777_619;
        }

        return (int)((hash ^ (hash >> 15)) & 2047);
    }
}
