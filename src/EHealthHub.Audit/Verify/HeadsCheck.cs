using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>Checks the heads files as far as that goes without the audit key: each is one of this log, in order, has the root that it states, and covers no more than the log has.</summary>
internal sealed class HeadsCheck(FolderReader reader, string origin, ProblemList problems, long knownSize, Func<bool> hasGrown)
{
    public void Run(CancellationToken cancellationToken)
    {
        foreach (var name in reader.List(LogFolder.Heads))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = $"{LogFolder.Heads}/{name}";
            try
            {
                // One that has gone meanwhile gave way to a newer one.
                if (reader.OpenSource(path) is { } source && ProblemOf(name, source) is { } problem)
                {
                    problems.Add(path, -1, problem);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                problems.Add(path, -1, $"It cannot be read: {exception.Message}");
            }
        }
    }

    private string? ProblemOf(string name, IByteSource source)
    {
        if (HeadsFile.Open(source, origin) is not { } file)
        {
            return "The file is not a heads file of this log.";
        }

        using (file)
        {
            return HeadsHeader.SizeOf(name) != file.Header.Size ? "The file's name is not the number of entries that it covers."
                : file.Header.Size > knownSize && !hasGrown() ? $"The file covers {file.Header.Size} entries, and the log has {knownSize}."
                : file.Check();
        }
    }
}
