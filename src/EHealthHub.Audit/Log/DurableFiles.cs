using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// Puts whole files in place, durably. Each is written and flushed under another name, then renamed, then its folder is synced: a crash leaves the old file or the new one, or a file in <c>new/</c> that the next start deletes.
/// </summary>
internal sealed class DurableFiles
{
    /// <summary>Threads that flush one batch: the file system commits what several wait for together. Few, and only for the rare large batch.</summary>
    private const int FlushersMax = 4;

    private readonly ILogFiles _files;
    private readonly HashSet<string> _folders = [];

    public DurableFiles(ILogFiles files) => _files = files;

    /// <summary>Puts one file in place.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        using (var file = WriteNew(NewName(0), content))
        {
            file.Flush();
        }

        Publish([path]);
    }

    /// <summary>Puts several files in place. When it throws, some may be in place; calling it again with the same files is right.</summary>
    public void ReplaceAll(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Content)> batch)
    {
        var open = new List<ILogFile>(batch.Count);
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                open.Add(WriteNew(NewName(i), batch[i].Content.Span));
            }

            FlushAll(open);
        }
        finally
        {
            open.ForEach(file => file.Dispose());
        }

        Publish([.. batch.Select(file => file.Path)]);
    }

    /// <summary>Deletes what a crash left half-written.</summary>
    public void DeleteNew()
    {
        foreach (var name in _files.List(LogFolder.New))
        {
            _files.Delete($"{LogFolder.New}/{name}");
        }
    }

    private void Publish(IReadOnlyList<string> paths)
    {
        var touched = new HashSet<string>();
        for (var i = 0; i < paths.Count; i++)
        {
            var folder = FolderOf(paths[i]);
            if (touched.Add(folder))
            {
                MakeFolder(folder);
            }

            _files.Rename(NewName(i), paths[i]);
        }

        foreach (var folder in touched)
        {
            _files.SyncFolder(folder);
        }
    }

    /// <summary>Makes a folder and makes its name durable in the one above it, and so on up to one that is known to be durable.</summary>
    private void MakeFolder(string folder)
    {
        if (_folders.Contains(folder) || folder.Length == 0)
        {
            return;
        }

        _files.MakeFolder(folder);
        var above = folder;
        do
        {
            above = FolderOf(above);
            _files.SyncFolder(above);
        }
        while (above.Length > 0 && !_folders.Contains(above));
        for (; folder.Length > 0; folder = FolderOf(folder))
        {
            _folders.Add(folder);
        }
    }

    /// <summary>Deletes a folder with its files.</summary>
    public void DeleteFolder(string folder)
    {
        _files.DeleteFolder(folder);
        _folders.Remove(folder);
    }

    private ILogFile WriteNew(string path, ReadOnlySpan<byte> content)
    {
        MakeFolder(LogFolder.New);
        var file = _files.Create(path);
        try
        {
            file.Write(content, 0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void FlushAll(List<ILogFile> files)
    {
        if (files.Count <= FlushersMax)
        {
            files.ForEach(file => file.Flush());
            return;
        }

        // Threads of their own: a flush blocks for milliseconds, and the pool's threads are the requests'.
        var failures = new Exception?[FlushersMax];
        var threads = Enumerable.Range(0, FlushersMax).Select(part => new Thread(() =>
        {
            try
            {
                for (var i = part; i < files.Count; i += FlushersMax)
                {
                    files[i].Flush();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failures[part] = exception;
            }
        })
        { IsBackground = true, Name = "audit flush" }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (Array.Find(failures, failure => failure is not null) is { } first)
        {
            throw new IOException("A file could not be flushed.", first);
        }
    }

    private static string NewName(int number) => $"{LogFolder.New}/{number}";

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";
}
