using System.Buffers.Binary;
using System.Numerics;

namespace EHealthHub.Operator.Synthetic;

/// <summary>
/// A stream of numbers that is the same on every machine for the same seed: xoshiro256** (Blackman and Vigna), seeded through splitmix64. Good for made-up patients and for nothing that must be secret. Not thread-safe.
/// </summary>
internal sealed class SeededSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Each stream of a seed is its own sequence: a patient does not depend on how many were made before.</summary>
    public SeededSource(ulong seed, ulong stream)
    {
        var state = seed;
        state = Split(ref state) ^ stream;
        _s0 = Split(ref state);
        _s1 = Split(ref state);
        _s2 = Split(ref state);
        _s3 = Split(ref state);
    }

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>From 0 to below <paramref name="bound"/>.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>From <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + (int)Below(last - (long)first + 1);

    /// <summary>True in <paramref name="perMille"/> of a thousand cases.</summary>
    public bool Chance(int perMille) => Below(1_000) < perMille;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[(int)Below(items.Count)];

    /// <summary>One of them, the first ones more often: as names and diagnoses are spread.</summary>
    public T PickSkewed<T>(IReadOnlyList<T> items) => items[(int)Math.Min(Below(items.Count), Below(items.Count))];

    /// <summary>Bell-shaped around <paramref name="mean"/>, never further than three times <paramref name="deviation"/>; whole numbers only, so that no machine's floating point shows.</summary>
    public int Around(int mean, int deviation) => mean + (Between(-deviation, deviation) + Between(-deviation, deviation) + Between(-deviation, deviation));

    /// <summary>A UUID of version 4.</summary>
    public Guid Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Next());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
