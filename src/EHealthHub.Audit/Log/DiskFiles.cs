using System.Runtime.InteropServices;
using EHealthHub.Audit.Tiles;
using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Audit.Log;

/// <summary>The disk.</summary>
internal sealed class DiskFiles : ILogFiles
{
    private readonly string _root;
    private readonly FolderReader _reader;

    public DiskFiles(string root)
    {
        _root = Path.GetFullPath(root);
        _reader = new FolderReader(_root);
        Directory.CreateDirectory(_root);
    }

    public IDisposable Lock(string path) => new FileStream(Full(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public void MakeFolder(string path) => Directory.CreateDirectory(Full(path));

    public bool HasFolder(string path) => Directory.Exists(Full(path));

    public void SyncFolder(string path) => FolderSync.Sync(Full(path));

    public IReadOnlyList<string> List(string folder) => _reader.List(folder);

    public byte[]? Read(string path, int lengthMax) => _reader.Read(path, lengthMax);

    public IByteSource? OpenSource(string path) => _reader.OpenSource(path);

    public ILogFile Create(string path) => new DiskFile(File.OpenHandle(Full(path), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public ILogFile Open(string path) => new DiskFile(File.OpenHandle(Full(path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public void Rename(string from, string to) => File.Move(Full(from), Full(to), overwrite: true);

    public void Delete(string path)
    {
        try
        {
            File.Delete(Full(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder, which is what was asked for.
        }
    }

    public void DeleteFolder(string path)
    {
        if (Directory.Exists(Full(path)))
        {
            Directory.Delete(Full(path), recursive: true);
        }
    }

    public long FreeBytes() => new DriveInfo(_root).AvailableFreeSpace;

    private string Full(string path) => path.Length == 0 ? _root : Path.Combine(_root, path);

    private sealed class DiskFile(SafeFileHandle handle) : ILogFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (ArgumentOutOfRangeException exception)
            {
                throw TooLong(exception);
            }
        }

        public void SetLength(long length)
        {
            try
            {
                RandomAccess.SetLength(handle, length);
            }
            catch (ArgumentOutOfRangeException exception)
            {
                throw TooLong(exception);
            }
        }

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void FlushData() => DataSync.Sync(handle);

        public void Dispose() => handle.Dispose();

        /// <summary>.NET takes a file that may not grow (EFBIG) for a bad argument; to a log it is one more disk that takes nothing.</summary>
        private static IOException TooLong(ArgumentOutOfRangeException exception) => new("The file may not grow any further.", exception);
    }
}

/// <summary>fdatasync, for which .NET has no call: what was written into room that the file has already needs no commit of the file system's journal. Elsewhere than on Linux everything is flushed.</summary>
internal static partial class DataSync
{
    private const int Interrupted = 4;

    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (NativeSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException($"The file cannot be synced (errno {error}).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int NativeSync(SafeFileHandle file);
}

/// <summary>fsync of a folder, for which .NET has no call. On Windows a rename is in the file system's own journal, and folders cannot be flushed.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = NativeOpen(folder, ReadOnly);
        if (handle < 0)
        {
            throw new IOException($"The folder cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        var result = NativeSync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = NativeClose(handle);
        if (result != 0)
        {
            throw new IOException($"The folder cannot be synced (errno {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int NativeSync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int NativeClose(int handle);
}
