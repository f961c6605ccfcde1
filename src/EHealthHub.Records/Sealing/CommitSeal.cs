using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Sealing;

/// <summary>The MAC of a commit's row, under a key of the hub: a row of the commit log cannot be made up or changed. Used by the writer thread and by the verifier.</summary>
internal sealed class CommitSeal : IDisposable
{
    private readonly Prf _prf;

    public CommitSeal(IKeyVault vault)
    {
        using var root = vault.Derive("records/commits");
        _prf = new Prf(root, "commit 1", pooledMax: 1);
    }

    public byte[] Mac(long sequence, ReadOnlySpan<byte> origin, long intent, UInt128? request, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> sealedResult)
    {
        var fields = new byte[8 + 8 + 1 + 16];
        BinaryPrimitives.WriteInt64BigEndian(fields, sequence);
        BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(8), intent);
        fields[16] = request is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt128BigEndian(fields.AsSpan(17), request ?? default);
        var mac = new byte[32];
        _prf.Tag(mac, fields, origin, SHA256.HashData(hashes), SHA256.HashData(sealedResult));
        return mac;
    }

    public void Dispose() => _prf.Dispose();
}
