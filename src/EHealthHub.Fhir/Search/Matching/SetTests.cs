using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>Texts of two parts, looked up by their UTF-8 without making a string.</summary>
internal sealed class PairSet
{
    // Codes and ids are short; what is longer is looked up as a string.
    private const int ScratchMax = 512;

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _pairs;

    internal PairSet(IEnumerable<string> pairs) => _pairs = pairs.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    internal static string Pair(string? first, string second) => first + "\n" + second;

    internal bool Contains(in PackedString first, in PackedString second)
    {
        Span<byte> firstScratch = stackalloc byte[PackedString.ScratchLength];
        Span<byte> secondScratch = stackalloc byte[PackedString.ScratchLength];
        return Contains(first.Utf8(firstScratch), second.Utf8(secondScratch));
    }

    internal bool Contains(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length + 1;
        var chars = length <= ScratchMax ? stackalloc char[length] : new char[length];
        var at = Encoding.UTF8.GetChars(first, chars);
        chars[at++] = '\n';
        at += Encoding.UTF8.GetChars(second, chars[at..]);
        return _pairs.Contains(chars[..at]);
    }
}

/// <summary>A reference to one of the resources that a chain led to, or to a contained one that satisfies the chain's search itself (R4 3.1.1.5.5).</summary>
internal sealed class ReferenceSetTest(IReadOnlyList<(string Type, string Id)> resources, QueryPlan? inside) : ValueTest
{
    private readonly PairSet _resources = new(resources.Select(r => PairSet.Pair(r.Type, r.Id)));

    internal override FactKind Kind => FactKind.Reference;

    internal override bool Accepts(ref FactsReader value)
    {
        var type = value.String();
        var text = value.String();
        return _resources.Contains(type, text) || (inside is not null && !Unsafe.IsNullRef(ref value.Looks) && IsInside(inside, text, value));
    }

    private static bool IsInside(QueryPlan inside, in PackedString text, FactsReader value)
    {
        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        if (text.IsNull || text.Utf8(scratch) is not [(byte)'#', .. var local] || local.IsEmpty)
        {
            return false;
        }

        Span<byte> idScratch = stackalloc byte[PackedString.ScratchLength];
        for (var contained = new ContainedCursor(value.Whole); contained.Next();)
        {
            contained.Name(out var type, out var id);
            if (inside.Type.Is(type) && id.Utf8(idScratch).SequenceEqual(local))
            {
                return --value.Looks >= 0 && SearchMatcher.Matches(inside, contained.Current, value.Whole, ref value.Looks);
            }
        }

        return false;
    }
}

/// <summary>One of the resources that a reverse chain or a list led to, by its id: their type is the searched one.</summary>
internal sealed class IdSetTest(IReadOnlyList<(string Type, string Id)> resources) : ValueTest
{
    private readonly PairSet _ids = new(resources.Select(r => PairSet.Pair(r.Type, r.Id)));

    internal override FactKind Kind => FactKind.Token;

    internal bool AcceptsId(in PackedString type, in PackedString id) => _ids.Contains(type, id);

    internal override bool Accepts(ref FactsReader value) => false;
}

/// <summary>One of the codes of a value set or of a hierarchy. Without regard to the system where the set has none for the code, or the element has none (a plain code's system is implied by its value set).</summary>
internal sealed class TokenSetTest : ValueTest
{
    private readonly PairSet _codes;
    private readonly PairSet _bare;

    internal TokenSetTest(IReadOnlyList<(string? System, string Code)> codes)
    {
        _codes = new PairSet(codes.Select(c => PairSet.Pair(c.System, c.Code)));
        _bare = new PairSet(codes.Select(c => PairSet.Pair(null, c.Code)));
    }

    internal override FactKind Kind => FactKind.Token;

    internal override bool Accepts(ref FactsReader value)
    {
        var system = value.String();
        var code = value.String();
        if (code.IsNull)
        {
            return false;
        }

        Span<byte> scratch = stackalloc byte[PackedString.ScratchLength];
        Span<byte> systemScratch = stackalloc byte[PackedString.ScratchLength];
        var text = code.Utf8(scratch);
        return system.IsNull ? _bare.Contains(default, text) : _codes.Contains(system.Utf8(systemScratch), text) || _codes.Contains(default, text);
    }
}

/// <summary>A position within a distance, along the great circle of a sphere of 6,371,008.8 m.</summary>
internal sealed class NearTest(double latitude, double longitude, double metres) : ValueTest
{
    private const double EarthRadius = 6_371_008.8;

    internal override FactKind Kind => FactKind.Number;

    internal override bool Accepts(ref FactsReader value)
    {
        var storedLatitude = value.Number(out var storedLongitude);
        return storedLongitude is { } stored && Distance((double)storedLatitude, (double)stored) <= metres;
    }

    private double Distance(double otherLatitude, double otherLongitude)
    {
        var half = Square(Math.Sin(Radians(otherLatitude - latitude) / 2))
            + (Math.Cos(Radians(latitude)) * Math.Cos(Radians(otherLatitude)) * Square(Math.Sin(Radians(otherLongitude - longitude) / 2)));
        return 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    private static double Square(double number) => number * number;

    private static double Radians(double degrees) => degrees * (Math.PI / 180);
}
