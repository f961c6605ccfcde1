using System.Collections.Immutable;
using System.Security.Cryptography;

namespace EHealthHub.Operator.Backup;

/// <summary>Files and folders that nobody but their owner may look into, from the moment when they appear.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const int BlockBytes = 1024 * 1024;

    /// <summary>Makes a folder, and those above it where they are missing.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
        }
    }

    /// <summary>A new file to write.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, options);
    }

    /// <summary>Copies the files of a folder, with those below it, but for locks and drafts of files that somebody is writing. Nothing where there is no such folder.</summary>
    public static void CopyFolder(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }

        MakeFolder(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !IsPassing(Path.GetFileName(f))))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            MakeFolder(Path.GetDirectoryName(target)!);
            _ = Copy(file, target);
        }
    }

    /// <summary>Copies a file to a new one and gives its length and hash.</summary>
    public static (long Bytes, string Sha256) Copy(string from, string to)
    {
        using var source = Open(from);
        using var target = Create(to);
        return Read(source, target.Write);
    }

    /// <summary>Takes the tree for its owner alone, and takes down every file but <paramref name="except"/>, in ordinal order of paths. <paramref name="progress"/> is told bytes.</summary>
    public static ImmutableArray<BackedFile> Take(string folder, Func<string, bool> except, IProgress<long>? progress, CancellationToken cancel)
    {
        var files = ImmutableArray.CreateBuilder<BackedFile>();
        var done = 0L;
        if (!OperatingSystem.IsWindows())
        {
            foreach (var below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
            {
                File.SetUnixFileMode(below, OwnerFolder);
            }
        }

        foreach (var path in Paths(folder).Where(p => !except(p)))
        {
            cancel.ThrowIfCancellationRequested();
            var full = Path.Combine(folder, path);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(full, OwnerFile);
            }

            var (bytes, hash) = Hash(full);
            files.Add(new BackedFile(path, bytes, hash));
            progress?.Report(done += bytes);
        }

        return files.ToImmutable();
    }

    /// <summary>Length and hash of a file.</summary>
    public static (long Bytes, string Sha256) Hash(string path)
    {
        using var source = Open(path);
        return Read(source, _ => { });
    }

    /// <summary>Every file below a folder, with '/', in ordinal order.</summary>
    public static IReadOnlyList<string> Paths(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });

    private static (long Bytes, string Sha256) Read(FileStream source, ReadOnlySpanAction write)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[Math.Clamp(source.Length, 1, BlockBytes)];
        var bytes = 0L;
        for (int read; (read = source.Read(block)) > 0; bytes += read)
        {
            hash.AppendData(block, 0, read);
            write(block.AsSpan(0, read));
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>A lock holds nothing, and a draft is not there yet.</summary>
    private static bool IsPassing(string name) => name.EndsWith("lock", StringComparison.Ordinal) || name.EndsWith(".new", StringComparison.Ordinal) || name.StartsWith('.');

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
