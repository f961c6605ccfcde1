using EHealthHub.Operator.Running;
using EHealthHub.Records;

namespace EHealthHub.Operator.Backup;

/// <summary>
/// A folder that is made beside its place and put there when it is whole. Disposing of it before takes it away; a crash leaves it under its own name, where the next run clears it.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    /// <summary>Says that the folder is ours to clear, unless its maker still holds it.</summary>
    public const string Marker = ".unfinished";

    private readonly string _place;
    private readonly IDisposable _held;
    private bool _kept;

    private StagedFolder(string place, string path, IDisposable held) => (_place, Path, _held) = (place, path, held);

    /// <summary>Where it is being made.</summary>
    public string Path { get; }

    /// <summary>Begins with an empty folder at <paramref name="place"/> with <paramref name="suffix"/>. Throws <see cref="IOException"/> where that name is taken by something else.</summary>
    public static StagedFolder Begin(string place, string suffix)
    {
        var path = place + suffix;
        if (Directory.Exists(path))
        {
            Clear(path);
        }

        PrivateFiles.MakeFolder(path);
        var held = DirectoryTurn.TryTake(System.IO.Path.Combine(path, Marker)) ?? throw Busy(path);
        return new StagedFolder(place, path, held);
    }

    /// <summary>Makes the folder durable and puts it in its place; what was there goes to <paramref name="aside"/>.</summary>
    public void Finish(string aside)
    {
        DurableFile.SyncFileSystem(Path);
        FolderSwap.Put(Path, _place, aside);
        _kept = true;
        _held.Dispose();
        File.Delete(System.IO.Path.Combine(_place, Marker));
    }

    /// <summary>Leaves it where it is, for somebody to look at.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (!_kept && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _held.Dispose();
    }

    private static void Clear(string path)
    {
        var marker = System.IO.Path.Combine(path, Marker);
        if (Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(marker))
        {
            throw new IOException($"{path}, where the copy is made first, holds something else: move it away.");
        }

        using (DirectoryTurn.TryTake(marker) ?? throw Busy(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static IOException Busy(string path) => new($"Another command is making {path} just now.");
}
