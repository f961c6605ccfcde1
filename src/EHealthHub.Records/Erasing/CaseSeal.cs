using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Erasing;

/// <summary>Seals the patient's id and the details of a case, and puts a MAC on its row (FORMAT.md): nobody without the key can take away a hold, call something erased, or say whom a case is about. Thread-safe.</summary>
internal sealed class CaseSeal : IDisposable
{
    private readonly HubIdentity _hub;
    private readonly DataKey _key;
    private readonly Prf _prf;
    private readonly Prf _marks;

    public CaseSeal(IKeyVault vault, HubIdentity hub)
    {
        _hub = hub;
        _key = vault.Derive("records/cases");
        using var root = vault.Derive("records/cases/rows");
        _prf = new Prf(root, "case 1", pooledMax: 1);
        _marks = new Prf(root, "erased 1", pooledMax: 1);
    }

    /// <summary>The row of a case; its number is known.</summary>
    public CaseRow Row(PatientCase known, UInt128 handle, long compartment, long compartmentKey, byte[] hashes)
    {
        var id = Encoding.UTF8.GetBytes(known.PatientId);
        byte[] plain = [(byte)id.Length, .. id, .. known.Details.Span];
        var row = new CaseRow(known.Number, (int)known.Kind, (int)known.State, handle, compartment, compartmentKey, hashes, Sealer.Seal(_key, plain, Associated(known.Number)), []);
        CryptographicOperations.ZeroMemory(plain);
        return row with { Mac = Mac(row) };
    }

    /// <summary>True for a row that the hub wrote.</summary>
    public bool Holds(CaseRow row) => CryptographicOperations.FixedTimeEquals(Mac(row), row.Mac);

    /// <summary>The case of a row; null for one that the hub did not write.</summary>
    public PatientCase? Open(CaseRow row)
    {
        var plain = new byte[Math.Max(0, row.Details.Length - Sealer.Overhead)];
        return plain.Length > 0 && Holds(row) && Sealer.TryOpen(_key, row.Details, Associated(row.Number), plain) && plain[0] < plain.Length
            ? new PatientCase(row.Number, (CaseKind)row.Kind, (CaseState)row.State, Encoding.UTF8.GetString(plain, 1, plain[0]), plain.AsMemory(1 + plain[0]))
            : null;
    }

    /// <summary>The mark that goes beside the keys when those of a compartment are destroyed. Its hashes begin with that of its first version.</summary>
    public ErasedKey Mark(CaseRow erased) => new(erased.Handle, erased.Hashes[..32], MarkMac(erased.Handle, erased.Hashes.AsSpan(0, 32)));

    /// <summary>True for a mark that the hub wrote.</summary>
    public bool Holds(ErasedKey mark) => CryptographicOperations.FixedTimeEquals(MarkMac(mark.Handle, mark.First), mark.Mac);

    public void Dispose()
    {
        _prf.Dispose();
        _marks.Dispose();
        _key.Dispose();
    }

    private byte[] Mac(CaseRow row)
    {
        var fields = new byte[8 + 4 + 4 + 16 + 8 + 8 + 32];
        BinaryPrimitives.WriteInt64BigEndian(fields, row.Number);
        BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(8), row.Kind);
        BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(12), row.State);
        BinaryPrimitives.WriteUInt128BigEndian(fields.AsSpan(16), row.Handle);
        BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(32), row.Compartment);
        BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(40), row.CompartmentKey);
        SHA256.HashData(row.Hashes, fields.AsSpan(48));
        var mac = new byte[32];
        _prf.Tag(mac, fields, SHA256.HashData(row.Details));
        return mac;
    }

    private byte[] MarkMac(UInt128 handle, ReadOnlySpan<byte> first)
    {
        var fields = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(fields, handle);
        var mac = new byte[32];
        _marks.Tag(mac, fields, first);
        return mac;
    }

    private byte[] Associated(long number)
    {
        var associated = new byte[24];
        _hub.Id.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(associated.AsSpan(16), number);
        return associated;
    }
}
