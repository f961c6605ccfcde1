using System.Security.Cryptography;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>Content for tests: received, committed, read again.</summary>
internal static class ContentMake
{
    public const string Stub = "{\"resourceType\":\"Binary\",\"contentType\":\"application/dicom\",\"securityContext\":{\"reference\":\"Patient/p1\"}}";

    public static byte[] Bytes(long length)
    {
        var bytes = new byte[length];
        RandomNumberGenerator.Fill(bytes);
        return bytes;
    }

    public static async Task<ContentUpload> Upload(StoreFixture hub, ReadOnlyMemory<byte> bytes, string patient = "p1", int piece = 100_000)
    {
        var upload = await hub.Store.Contents.Begin(CompartmentKind.Patient, patient, default);
        try
        {
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(piece, bytes.Length)..])
            {
                await upload.Add(bytes[..Math.Min(piece, bytes.Length)], default);
            }

            return upload;
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>A Binary of patient p1 with content beside it.</summary>
    public static async Task<CommitResult> Create(StoreFixture hub, string id, ReadOnlyMemory<byte> bytes)
    {
        await using var upload = await Upload(hub, bytes);
        return await hub.Commit(Make.Ask(Make.Create(Make.Resource(Stub), id, "p1") with { Content = await upload.Finish(default) }));
    }

    public static async Task<byte[]> Content(StoreFixture hub, RecordVersion version)
    {
        using var reader = hub.Store.Contents.Open(version.Content!);
        var (all, buffer) = (new MemoryStream(), new byte[ContentReader.ChunkBytes]);
        for (var chunk = 0; chunk < reader.Chunks; chunk++)
        {
            all.Write(buffer, 0, await reader.Read(chunk, buffer, default));
        }

        return all.ToArray();
    }

    public static async Task<byte[]> Content(StoreFixture hub, string id) => await Content(hub, await hub.Read("Binary", id));

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
