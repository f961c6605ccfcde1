using System.Buffers.Binary;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Store;

/// <summary>Seals what a request was first told, bound to the request's token: only a retry of the same request is told again. Thread-safe.</summary>
internal sealed class RequestResults(IKeyVault vault, HubIdentity hub) : IDisposable
{
    private readonly DataKey _key = vault.Derive("records/results");

    public byte[] Seal(UInt128 request, ReadOnlySpan<byte> result) => Sealer.Seal(_key, result, Associated(request));

    public ReadOnlyMemory<byte> Open(UInt128 request, byte[] sealedResult)
    {
        if (sealedResult.Length == 0)
        {
            return default;
        }

        var result = new byte[Math.Max(0, sealedResult.Length - Sealer.Overhead)];
        return Sealer.TryOpen(_key, sealedResult, Associated(request), result) ? result : throw new RecordsTamperedException("The remembered result of a request does not open");
    }

    public void Dispose() => _key.Dispose();

    private byte[] Associated(UInt128 request)
    {
        var associated = new byte[32];
        hub.Id.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(associated.AsSpan(16), request);
        return associated;
    }
}
