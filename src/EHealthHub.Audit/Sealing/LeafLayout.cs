using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Audit.Sealing;

/// <summary>
/// Where the parts of a leaf stand (FORMAT.md): a header of version, salt, number of patients and length of the account; the account; a part for each patient, behind its length; the rest. What is public of an entry is its length and how
/// many patients it names.
/// </summary>
internal readonly ref struct LeafLayout
{
    public const byte Version = 2;
    public const int SaltSize = 16;
    public const int HeaderSize = 1 + SaltSize + 2 + 2;

    /// <summary>Bytes in front of a patient's part.</summary>
    public const int LengthSize = 2;

    /// <summary>Number of the account among the parts.</summary>
    public const int Account = 0;

    /// <summary>Number of the rest.</summary>
    public const int Rest = 1;

    /// <summary>Number of the first patient's part.</summary>
    public const int FirstPatient = 2;

    /// <summary>Longest associated data.</summary>
    public const int AssociatedDataMax = 64 + Tiles.LogFolder.OriginMax + HeaderSize + 2;

    /// <summary>Bytes of the context from which a part's secret is derived.</summary>
    public const int ContextSize = 1 + SaltSize + 2;

    private const int CountAt = 1 + SaltSize;
    private const int AccountLengthAt = CountAt + 2;
    private const byte PartContext = 1;

    private readonly ReadOnlySpan<byte> _leaf;
    private readonly int _patientsAt;

    private LeafLayout(ReadOnlySpan<byte> leaf, int count, int patientsAt, int restAt)
    {
        _leaf = leaf;
        Count = count;
        _patientsAt = patientsAt;
        RestAt = restAt;
    }

    /// <summary>Patients that the leaf names.</summary>
    public int Count { get; }

    /// <summary>Where the rest starts.</summary>
    public int RestAt { get; }

    /// <summary>The sealed account.</summary>
    public ReadOnlySpan<byte> AccountPart => _leaf[HeaderSize.._patientsAt];

    /// <summary>The sealed rest.</summary>
    public ReadOnlySpan<byte> RestPart => _leaf[RestAt..];

    /// <summary>The patients' parts, one behind the other.</summary>
    public PatientParts Patients => new(_leaf[_patientsAt..RestAt]);

    /// <summary>Whether the leaf is one that an earlier build wrote, before entries had parts.</summary>
    public static bool IsOfEarlierBuild(ReadOnlySpan<byte> leaf) => leaf is [1, ..];

    /// <summary>Reads a leaf; false for anything that is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> leaf, out LeafLayout layout)
    {
        layout = default;
        if (leaf.Length < HeaderSize || leaf[0] != Version)
        {
            return false;
        }

        var count = BinaryPrimitives.ReadUInt16BigEndian(leaf[CountAt..]);
        var patientsAt = HeaderSize + PartCipher.Overhead + BinaryPrimitives.ReadUInt16BigEndian(leaf[AccountLengthAt..]);
        var at = patientsAt;
        for (var i = 0; i < count; i++)
        {
            if (at + LengthSize > leaf.Length)
            {
                return false;
            }

            at += LengthSize + PartCipher.Overhead + BinaryPrimitives.ReadUInt16BigEndian(leaf[at..]);
        }

        if (at + PartCipher.Overhead > leaf.Length)
        {
            return false;
        }

        layout = new LeafLayout(leaf, count, patientsAt, at);
        return true;
    }

    /// <summary>Writes the header.</summary>
    public static void WriteHeader(Span<byte> leaf, ReadOnlySpan<byte> salt, int count, int accountLength)
    {
        leaf[0] = Version;
        salt.CopyTo(leaf[1..]);
        BinaryPrimitives.WriteUInt16BigEndian(leaf[CountAt..], checked((ushort)count));
        BinaryPrimitives.WriteUInt16BigEndian(leaf[AccountLengthAt..], checked((ushort)accountLength));
    }

    /// <summary>What every part's associated data begin with.</summary>
    public static byte[] AssociatedPrefix(string origin) => Encoding.UTF8.GetBytes($"EHealthHub audit entry v2\n{origin}\n");

    /// <summary>Writes what binds a part to its log, its leaf and its place in it; returns the length.</summary>
    public static int AssociatedData(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> leaf, int number, Span<byte> destination)
    {
        prefix.CopyTo(destination);
        leaf[..HeaderSize].CopyTo(destination[prefix.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(prefix.Length + HeaderSize)..], (ushort)number);
        return prefix.Length + HeaderSize + 2;
    }

    /// <summary>Writes the context from which a part's secret is derived, <see cref="ContextSize"/> bytes.</summary>
    public static void Context(ReadOnlySpan<byte> leaf, int number, Span<byte> destination)
    {
        destination[0] = PartContext;
        leaf.Slice(1, SaltSize).CopyTo(destination[1..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(1 + SaltSize)..], (ushort)number);
    }
}

/// <summary>The patients' parts of a leaf that has been read, in order.</summary>
internal ref struct PatientParts(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The next part; false when there is none.</summary>
    public bool TryNext(out ReadOnlySpan<byte> part)
    {
        part = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = PartCipher.Overhead + BinaryPrimitives.ReadUInt16BigEndian(_rest);
        part = _rest.Slice(LeafLayout.LengthSize, length);
        _rest = _rest[(LeafLayout.LengthSize + length)..];
        return true;
    }
}
