using System.Runtime.InteropServices;

namespace EHealthHub.Records;

/// <summary>Writes a small file so that after a crash it is either whole or absent, never half.</summary>
public static class DurableFile
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on Linux

    /// <summary>Creates <paramref name="path"/> with the content; false when it exists already, which then stays as it is.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (File.Exists(path))
            {
                return false;
            }

            if (OperatingSystem.IsLinux())
            {
                // A move looks first and renames then, and of two at once both would win. A second name is given to one alone.
                if (Link(temporary, path) != 0)
                {
                    throw new IOException($"The file cannot be given its name (errno {Marshal.GetLastPInvokeError()}).");
                }
            }
            else
            {
                File.Move(temporary, path, overwrite: false);
            }
        }
        catch (IOException) when (File.Exists(path))
        {
            return false; // another process was first; its file is the one that counts
        }
        finally
        {
            File.Delete(temporary);
        }

        SyncFolder(folder);
        return true;
    }

    /// <summary>Makes the names in a folder durable: a renamed file whose folder was not synced can vanish with the power.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // NTFS journals the rename itself
        }

        WithFolder(folder, Sync);
    }

    /// <summary>Makes everything durable that was written to the file system of a folder: for a tree of many small files, where a sync of each would take hours. Elsewhere than on Linux it does nothing.</summary>
    public static void SyncFileSystem(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            WithFolder(folder, SyncAll);
        }
    }

    private static void WithFolder(string folder, Func<int, int> sync)
    {
        var descriptor = Open(folder, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw new IOException($"The folder cannot be opened to be synced (errno {Marshal.GetLastPInvokeError()}).");
        }

        var synced = sync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (synced != 0)
        {
            throw new IOException($"The folder cannot be synced (errno {error}).");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncAll(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
