using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// What the writer needs of a disk, under one log's folder; paths are relative and use '/'. Every failure is an exception, and a call that failed may have had its effect all the same. Nothing is durable until it is flushed, and no
/// name until its folder is synced. One implementation is the disk; the other one, in the tests, fails each call twice: not stored, and stored anyway.
/// </summary>
internal interface ILogFiles
{
    /// <summary>Takes the lock that keeps other processes out; disposing it releases it. Throws <see cref="IOException"/> when it is held.</summary>
    IDisposable Lock(string path);

    /// <summary>Makes a folder and those above it.</summary>
    void MakeFolder(string path);

    /// <summary>Whether there is such a folder.</summary>
    bool HasFolder(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncFolder(string path);

    /// <summary>Names of the files in a folder, in ordinal order; empty when there is none.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>A file's bytes, or null when there is none. Refuses files of more than <paramref name="lengthMax"/> bytes.</summary>
    byte[]? Read(string path, int lengthMax);

    /// <summary>A file that does not change any more, to read from here and there; null when there is none.</summary>
    IByteSource? OpenSource(string path);

    /// <summary>Creates a file, or opens it to be overwritten from its start.</summary>
    ILogFile Create(string path);

    /// <summary>Opens a file that exists.</summary>
    ILogFile Open(string path);

    /// <summary>Gives a file another name, in place of whatever had that name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file if it exists.</summary>
    void Delete(string path);

    /// <summary>Deletes a folder with its files, if it exists.</summary>
    void DeleteFolder(string path);

    /// <summary>Bytes that this process may still write.</summary>
    long FreeBytes();
}

/// <summary>An open file.</summary>
internal interface ILogFile : IDisposable
{
    /// <summary>Writes at an offset.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts the file.</summary>
    void SetLength(long length);

    /// <summary>Makes the content and the length durable.</summary>
    void Flush();

    /// <summary>Makes the content durable, and of what is known about the file only what is needed to find it again.</summary>
    void FlushData();
}
