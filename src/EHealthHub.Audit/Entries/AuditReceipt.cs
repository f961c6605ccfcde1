using System.Security.Cryptography;

namespace EHealthHub.Audit.Entries;

/// <summary>Where an entry stands.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Index">Its index, from 0.</param>
/// <param name="LeafHash">RFC 6962 leaf hash, 32 bytes.</param>
public sealed record LogPosition(string Origin, long Index, ReadOnlyMemory<byte> LeafHash)
{
    /// <summary><c>origin/index/leaf-hash</c>, the hash in lower-case hex: the value of EHealthHub-Receipt.</summary>
    public override string ToString() => $"{Origin}/{Index}/{Convert.ToHexStringLower(LeafHash.Span)}";
}

/// <summary>
/// Proof that an access is in the log and durable. Only <c>AuditLog</c> can make one; the room Records asks for one before it touches patient data. Single use, short-lived, and bound to the hash of what was asked.
/// </summary>
public sealed class AuditReceipt
{
    /// <summary>How long after it was made a receipt can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly byte[] _askHash;
    private readonly long _madeAt;
    private readonly TimeProvider _time;
    private int _used;

    internal AuditReceipt(LogPosition position, ReadOnlySpan<byte> askHash, TimeProvider time)
    {
        Position = position;
        _askHash = askHash.ToArray();
        _time = time;
        _madeAt = time.GetTimestamp();
    }

    /// <summary>Where the entry stands.</summary>
    public LogPosition Position { get; }

    /// <summary>Uses the receipt for exactly what was asked; throws <see cref="AuditReceiptException"/> when it was used before, is too old, or was made for something else.</summary>
    public void Use(ReadOnlySpan<byte> askHash)
    {
        if (!CryptographicOperations.FixedTimeEquals(askHash, _askHash))
        {
            throw new AuditReceiptException("The receipt was made for something else.");
        }

        if (_time.GetElapsedTime(_madeAt) > Lifetime)
        {
            throw new AuditReceiptException("The receipt is too old.");
        }

        if (Interlocked.Exchange(ref _used, 1) != 0)
        {
            throw new AuditReceiptException("The receipt was used before.");
        }
    }
}

/// <summary>A receipt that does not allow what was tried: a bug in the caller, never an expected failure.</summary>
public sealed class AuditReceiptException : Exception
{
    /// <summary>With its reason.</summary>
    public AuditReceiptException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public AuditReceiptException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public AuditReceiptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
