namespace EHealthHub.Audit.Tiles;

/// <summary>Names in the audit folder: one folder per log, named by its origin with '/' written as '+'.</summary>
public static class LogFolder
{
    /// <summary>The signed checkpoint.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The verifier key, a convenience that proves nothing by itself.</summary>
    public const string Key = "key";

    /// <summary>The last checkpoint that witnesses cosigned, with their cosignatures.</summary>
    public const string Witnessed = "witnessed";

    /// <summary>How the log before this one ended; not there in the first log of its writer.</summary>
    public const string Predecessor = "predecessor";

    /// <summary>Empty; the writer holds it locked.</summary>
    public const string Lock = "lock";

    /// <summary>Segments of the journal.</summary>
    public const string Journal = "journal";

    /// <summary>The heads of all patients, one file each time that they were written down.</summary>
    public const string Heads = "heads";

    /// <summary>Files that are being written. Nothing in it is part of the log.</summary>
    public const string New = "new";

    /// <summary>Longest origin in characters.</summary>
    public const int OriginMax = 200;

    /// <summary>Whether a text can be an origin: letters, digits, '.', '_', '-' in parts that '/' separates; no part is empty, "." or "..".</summary>
    public static bool IsOrigin(string origin) =>
        origin.Length is > 0 and <= OriginMax
        && origin.Split('/').All(part => part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    /// <summary>
    /// The log after which another one of the same writer begins: of those of <paramref name="origins"/> in the audit folder, the one that no other names as the log before it. Null when there is none, or when
    /// <paramref name="origin"/> has begun already. Where several have not been followed, the last by name.
    /// </summary>
    public static string? LastBefore(string auditFolder, string origin, Func<string, bool> origins)
    {
        if (File.Exists(Path.Combine(auditFolder, NameOf(origin), Checkpoint)))
        {
            return null;
        }

        var others = LogReader.FoldersIn(auditFolder).Select(folder => (Folder: folder, Origin: OriginOf(Path.GetFileName(folder))!)).Where(log => log.Origin != origin && origins(log.Origin)).ToList();
        var followed = others.Select(log => new FolderReader(log.Folder).Read(Predecessor, PredecessorFile.LengthMax) is { } bytes ? PredecessorFile.Read(bytes)?.Origin : null).ToHashSet();
        return others.Select(log => log.Origin).Where(other => !followed.Contains(other)).Max(StringComparer.Ordinal);
    }

    /// <summary>The folder of a log.</summary>
    public static string NameOf(string origin) =>
        IsOrigin(origin) ? origin.Replace('/', '+') : throw new ArgumentException("Not an origin.", nameof(origin));

    /// <summary>The log of a folder; null when no log can have that folder.</summary>
    public static string? OriginOf(string folderName)
    {
        var origin = folderName.Replace('+', '/');
        return !folderName.Contains('/', StringComparison.Ordinal) && IsOrigin(origin) ? origin : null;
    }
}
