using System.Buffers;

namespace EHealthHub.Fhir.Reading;

/// <summary>The names of the members of all open objects, as a stack of keyed hashes with their places, to find a duplicate. Pooled; bounded by depth times members.</summary>
internal sealed class MemberNames : IDisposable
{
    private const int Initial = 256;
    private uint[] _hashes = ArrayPool<uint>.Shared.Rent(Initial);
    private long[] _places = ArrayPool<long>.Shared.Rent(Initial);

    public int Count { get; private set; }

    public void Truncate(int count) => Count = count;

    /// <summary>False when the object, whose names begin at <paramref name="from"/>, has this name already.</summary>
    public bool TryAdd(ReadOnlySpan<byte> text, int from, int start, int length)
    {
        var name = text.Slice(start, length);
        var hash = Utf8Hash.Of(name);
        for (var at = from; ; at++)
        {
            var next = _hashes.AsSpan(at, Count - at).IndexOf(hash);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (text.Slice((int)(_places[at] >> 32), (int)_places[at]).SequenceEqual(name))
            {
                return false;
            }
        }

        if (Count == Math.Min(_hashes.Length, _places.Length))
        {
            Grow();
        }

        _hashes[Count] = hash;
        _places[Count++] = ((long)start << 32) | (uint)length;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<uint>.Shared.Return(_hashes);
        ArrayPool<long>.Shared.Return(_places);
        _hashes = [];
        _places = [];
    }

    private void Grow()
    {
        var hashes = ArrayPool<uint>.Shared.Rent(Count * 2);
        var places = ArrayPool<long>.Shared.Rent(Count * 2);
        _hashes.AsSpan(0, Count).CopyTo(hashes);
        _places.AsSpan(0, Count).CopyTo(places);
        Dispose();
        _hashes = hashes;
        _places = places;
    }
}
