using System.Buffers.Binary;
using System.Text;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Exchange.Derived;

/// <summary>
/// What somebody derives for: public health, or one research project, as the registry gave it by name; with a key of its own, so that pseudonyms of two projects, or of two institutions with projects of the same name, cannot be joined.
/// Dispose it with the question.
/// </summary>
internal sealed class DerivedProject : IDisposable
{
    private readonly Prf _function;

    private DerivedProject(string name, Prf function) => (Name, _function) = (name, function);

    /// <summary>The scope by which the registry gave it: <c>public-health</c>, <c>research/diabetes-2026</c>.</summary>
    public string Name { get; }

    /// <summary>The one that the caller's token is for; null where it is for none.</summary>
    public static DerivedProject? Of(Caller caller, DataKey root)
    {
        var named = caller.Scopes.Where(s => NamedScope.PurposeOf(s) == caller.Purpose).Take(2).ToList();
        return named is [var name] && caller.Institution is { } institution
            ? new DerivedProject(name, new Prf(root, "derived project", Encoding.UTF8.GetBytes($"{institution.Length}:{institution}{name}")))
            : null;
    }

    /// <summary>The pseudonym of a resource: an id that says nothing without the key, 26 letters and digits.</summary>
    public string Pseudonym(string type, string id)
    {
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        _function.Tag(tag, "id"u8, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(id));
        return string.Create(26, BinaryPrimitives.ReadUInt128BigEndian(tag), static (text, value) =>
        {
            for (var i = text.Length - 1; i >= 0; i--, value >>= 5)
            {
                text[i] = "abcdefghijklmnopqrstuvwxyz234567"[(int)(value & 31)];
            }
        });
    }

    /// <summary>By how many days a patient's dates are moved, the same for all of them: one to 365, backwards or forwards.</summary>
    public int DaysMoved(string patient)
    {
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        _function.Tag(tag, "days"u8, Encoding.UTF8.GetBytes(patient));
        var days = (int)(BinaryPrimitives.ReadUInt64BigEndian(tag) % 730) - 365;
        return days >= 0 ? days + 1 : days;
    }

    /// <summary>What a patient adds to the mark of a set: sets are marked by the sum of their members, in whatever order they come.</summary>
    public UInt128 Mark(string patient)
    {
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        _function.Tag(tag, "member"u8, Encoding.UTF8.GetBytes(patient));
        return BinaryPrimitives.ReadUInt128BigEndian(tag);
    }

    /// <summary>A number that nobody without the key can tell ahead, the same for the same set of patients whatever was asked.</summary>
    public ulong Chance(UInt128 set)
    {
        Span<byte> mark = stackalloc byte[16];
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        BinaryPrimitives.WriteUInt128BigEndian(mark, set);
        _function.Tag(tag, "set"u8, mark);
        return BinaryPrimitives.ReadUInt64BigEndian(tag);
    }

    /// <inheritdoc/>
    public void Dispose() => _function.Dispose();
}
