using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EHealthHub.Keys.Files;

/// <summary>Small files that only their owner may read, written whole or not at all, durable when a method returns.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Writes a new file; false, and nothing changed, when it exists. A crash may leave a file named <c>.*.tmp</c> behind, never half of the file itself.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = WriteTemporary(path, content);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                File.Move(temporary, path, overwrite: false);
            }
            else
            {
                // A move looks first and renames then, and of two at once both would win: two keys of one name. A second name is given to one alone.
                Directories.Link(temporary, path);
            }
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }

        Directories.Sync(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Writes or replaces a file.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        File.Move(WriteTemporary(path, content), path, overwrite: true);
        Directories.Sync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a file of at most <paramref name="sizeMax"/> bytes; the caller clears the bytes. Throws <see cref="InvalidDataException"/> when it is longer or others can read it.</summary>
    public static byte[] Read(string path, int sizeMax)
    {
        using var handle = File.OpenHandle(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & Others) != 0)
        {
            throw new InvalidDataException($"{path} can be read by others than its owner; its keys must be taken as known. Make new ones, or chmod 600 if you know better.");
        }

        var length = RandomAccess.GetLength(handle);
        if (length > sizeMax)
        {
            throw new InvalidDataException($"{path} is longer than {sizeMax} bytes.");
        }

        var content = new byte[length];
        for (var at = 0; at < content.Length;)
        {
            var read = RandomAccess.Read(handle, content.AsSpan(at), at);
            at += read > 0 ? read : throw new InvalidDataException($"{path} ended while it was read.");
        }

        return content;
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
        }

        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var stream = new FileStream(temporary, options);
        try
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }
}

/// <summary>fsync of a folder, so that a name in it survives a power cut; .NET opens no folders.</summary>
internal static class Directories
{
    private const int ReadOnlyFlag = 0;

    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnlyFlag);
        if (descriptor < 0)
        {
            throw new IOException($"{folder} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"{folder} cannot be made durable (errno {error}).");
        }
    }

    /// <summary>Gives a file a second name; an <see cref="IOException"/> where that is taken.</summary>
    public static void Link(string existing, string name)
    {
        if (LinkNames(existing, name) != 0)
        {
            throw new IOException($"{name} cannot be made (errno {Marshal.GetLastPInvokeError()}).");
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkNames([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
