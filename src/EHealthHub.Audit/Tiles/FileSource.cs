using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Audit.Tiles;

/// <summary>A file that does not change any more, to read from here and there. Thread-safe.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from an offset; throws <see cref="InvalidDataException"/> where the file ends before that.</summary>
    void Read(Span<byte> buffer, long offset);
}

/// <summary>On the disk. Read and not mapped: a file that somebody cuts is then an exception here, and not the end of the process.</summary>
internal sealed class FileSource(SafeFileHandle handle) : IByteSource
{
    public long Length { get; } = RandomAccess.GetLength(handle);

    public void Read(Span<byte> buffer, long offset)
    {
        if (FolderReader.Fill(handle, buffer, offset) != buffer.Length)
        {
            throw new InvalidDataException("A file ended before what it should hold.");
        }
    }

    public void Dispose() => handle.Dispose();
}
