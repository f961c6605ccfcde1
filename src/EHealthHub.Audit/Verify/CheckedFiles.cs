using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>Reads a log's files for the checker: what cannot be read is a finding, not an exception.</summary>
internal sealed class CheckedFiles(FolderReader reader, ProblemList problems)
{
    /// <summary>Full path of the log's folder.</summary>
    public string Root => reader.Root;

    /// <summary>A file's bytes; null when there is none or it cannot be read, which is then among the problems.</summary>
    public byte[]? Read(string path, int lengthMax)
    {
        byte[] buffer = [];
        var length = ReadInto(path, ref buffer, lengthMax);
        return length < 0 ? null : buffer.Length == length ? buffer : buffer[..length];
    }

    /// <summary>As <see cref="Read"/>, into a buffer that is used again. Returns the length, or -1.</summary>
    public int ReadInto(string path, ref byte[] buffer, int lengthMax)
    {
        try
        {
            return reader.ReadInto(path, ref buffer, lengthMax);
        }
        catch (InvalidDataException exception)
        {
            problems.Add(path, -1, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(path, -1, $"It cannot be read: {exception.Message}");
        }

        return -1;
    }
}
