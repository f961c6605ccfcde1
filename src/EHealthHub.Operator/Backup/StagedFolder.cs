namespace EHealthHub.Operator.Backup;

/// <summary>
/// A folder that is made beside its place and put there when it is whole. Disposing of it before takes it away; a crash leaves it under its own name, where the next run clears it.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    /// <summary>Says that the folder is ours to clear.</summary>
    public const string Marker = ".unfinished";

    private readonly string _place;
    private bool _kept;

    private StagedFolder(string place, string path) => (_place, Path) = (place, path);

    /// <summary>Where it is being made.</summary>
    public string Path { get; }

    /// <summary>Begins with an empty folder at <paramref name="place"/> with <paramref name="suffix"/>. Throws <see cref="IOException"/> where that name is taken by something else.</summary>
    public static StagedFolder Begin(string place, string suffix)
    {
        var path = place + suffix;
        if (Directory.Exists(path))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(System.IO.Path.Combine(path, Marker)))
            {
                throw new IOException($"{path}, where the copy is made first, holds something else: move it away.");
            }

            Directory.Delete(path, recursive: true);
        }

        PrivateFiles.MakeFolder(path);
        PrivateFiles.Create(System.IO.Path.Combine(path, Marker)).Dispose();
        return new StagedFolder(place, path);
    }

    /// <summary>Makes the folder durable and puts it in its place; what was there goes to <paramref name="aside"/>.</summary>
    public void Finish(string aside)
    {
        EHealthHub.Records.DurableFile.SyncFileSystem(Path);
        FolderSwap.Put(Path, _place, aside);
        _kept = true;
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
    }
}
