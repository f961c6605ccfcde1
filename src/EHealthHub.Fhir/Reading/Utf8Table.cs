using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace EHealthHub.Fhir.Reading;

/// <summary>A read-only map from UTF-8 names to values, looked up without making a string. Open addressing, at most half full.</summary>
internal sealed class Utf8Table<T>
    where T : class
{
    private readonly Slot[] _slots;

    public Utf8Table(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var list = entries.ToList();
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, list.Count * 2))];
        Values = [.. list.Select(e => e.Value)];
        foreach (var (name, value) in list)
        {
            var key = Encoding.UTF8.GetBytes(name);
            var hash = Utf8Hash.Of(key);
            var at = (int)hash & (_slots.Length - 1);
            while (_slots[at].Key is { } taken)
            {
                if (taken.AsSpan().SequenceEqual(key))
                {
                    throw new ArgumentException($"The name '{name}' is there twice.", nameof(entries));
                }

                at = (at + 1) & (_slots.Length - 1);
            }

            _slots[at] = new Slot(key, hash, value);
        }
    }

    /// <summary>The values in the order given.</summary>
    public IReadOnlyList<T> Values { get; }

    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out T? value)
    {
        var hash = Utf8Hash.Of(name);
        var slots = _slots;
        for (var at = (int)hash & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly var slot = ref slots[at];
            if (slot.Key is null)
            {
                value = null;
                return false;
            }

            if (slot.Hash == hash && name.SequenceEqual(slot.Key))
            {
                value = slot.Value;
                return true;
            }
        }
    }

    private readonly record struct Slot(byte[] Key, uint Hash, T Value);
}
