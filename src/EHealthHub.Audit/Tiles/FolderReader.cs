using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Audit.Tiles;

/// <summary>Reads files of a log's folder, while a writer may be at work on it.</summary>
internal sealed class FolderReader(string root)
{
    /// <summary>Full path of the folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>A file's bytes, or null when there is none. Throws <see cref="InvalidDataException"/> for one of more than <paramref name="lengthMax"/> bytes.</summary>
    public byte[]? Read(string path, int lengthMax)
    {
        byte[] buffer = [];
        var length = ReadInto(path, ref buffer, lengthMax);
        return length < 0 ? null : buffer.Length == length ? buffer : buffer[..length];
    }

    /// <summary>As <see cref="Read"/>, into a buffer that is replaced by a larger one where it is too small. Returns the length, or -1 when there is no file.</summary>
    public int ReadInto(string path, ref byte[] buffer, int lengthMax)
    {
        using var handle = Open(path);
        if (handle is null)
        {
            return -1;
        }

        var length = RandomAccess.GetLength(handle);
        if (length > lengthMax)
        {
            throw new InvalidDataException($"{path} has {length} bytes; at most {lengthMax} are read.");
        }

        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }

        var read = Fill(handle, buffer.AsSpan(0, (int)length), 0);
        return read == length ? read : throw new IOException($"{path} became shorter while it was read.");
    }

    /// <summary>The bytes of a file from <paramref name="offset"/> on, at most <paramref name="lengthMax"/>; null when there is no file.</summary>
    public byte[]? ReadFrom(string path, long offset, int lengthMax)
    {
        using var handle = Open(path);
        if (handle is null)
        {
            return null;
        }

        var bytes = new byte[Math.Clamp(RandomAccess.GetLength(handle) - offset, 0, lengthMax)];
        return bytes[..Fill(handle, bytes, offset)];
    }

    /// <summary>A file to read from here and there; null when there is none.</summary>
    public FileSource? OpenSource(string path) => Open(path) is { } handle ? new FileSource(handle) : null;

    /// <summary>Names of the files in a folder, in ordinal order; empty when there is none.</summary>
    public List<string> List(string folder)
    {
        try
        {
            var names = Directory.EnumerateFiles(Path.Combine(Root, folder)).Select(file => Path.GetFileName(file)).ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Fills the buffer from an offset of a file; returns how many bytes there were.</summary>
    public static int Fill(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(handle, buffer[read..], offset + read) is > 0 and var more)
        {
            read += more;
        }

        return read;
    }

    private SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(Path.Combine(Root, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
