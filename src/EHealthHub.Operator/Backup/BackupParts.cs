namespace EHealthHub.Operator.Backup;

/// <summary>The two parts of a backup that belong together.</summary>
/// <param name="Folder">The records' part.</param>
/// <param name="Records">Its manifest.</param>
/// <param name="KeysFolder">The keys' part.</param>
/// <param name="Keys">Its manifest.</param>
internal sealed record BackupParts(string Folder, BackupManifest Records, string KeysFolder, BackupManifest Keys)
{
    /// <summary>Name of the keys' part inside a backup that was not told to put it elsewhere.</summary>
    public const string KeysName = "keys";

    /// <summary>
    /// Reads both manifests. Throws <see cref="InvalidDataException"/> with a sentence for people when a part is missing or not whole, or when they do not belong together: the keys may be younger than the records, never older.
    /// </summary>
    public static BackupParts Open(string folder, string? keysFolder)
    {
        folder = Path.GetFullPath(folder);
        keysFolder = keysFolder is null ? Path.Combine(folder, KeysName) : Path.GetFullPath(keysFolder);
        var records = BackupManifest.Read(folder, BackupManifest.Records);
        var keys = BackupManifest.Read(keysFolder, BackupManifest.Keys);
        if (records.Hub != keys.Hub)
        {
            throw new InvalidDataException($"{folder} is a backup of hub {records.Hub}, {keysFolder} of hub {keys.Hub}.");
        }

        return keys.Time >= records.Time
            ? new BackupParts(folder, records, keysFolder, keys)
            : throw new InvalidDataException($"The keys in {keysFolder} are of {Moment(keys.Time)}, older than the records of {Moment(records.Time)}: what was written between could not be opened.");
    }

    /// <summary>Every file of both parts against its manifest, and what is there without being in one; a sentence each.</summary>
    public IReadOnlyList<string> Differences(IProgress<long>? progress, CancellationToken cancel)
    {
        var (problems, done) = (new List<string>(), 0L);
        foreach (var (folder, manifest) in new[] { (Folder, Records), (KeysFolder, Keys) })
        {
            var known = manifest.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
            foreach (var extra in PrivateFiles.Paths(folder).Where(p => !known.Contains(p) && !IsApart(folder, p)))
            {
                problems.Add($"{Path.Combine(folder, extra)} is not of this backup.");
            }

            foreach (var file in manifest.Files)
            {
                cancel.ThrowIfCancellationRequested();
                if (Difference(Path.Combine(folder, file.Path), file) is { } problem)
                {
                    problems.Add(problem);
                }

                progress?.Report(done += file.Bytes);
            }
        }

        return problems;
    }

    /// <summary>A time for people, to the second.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private bool IsApart(string folder, string path) =>
        path is BackupManifest.FileName or StagedFolder.Marker || (folder == Folder && path.StartsWith(KeysName + "/", StringComparison.Ordinal));

    private static string? Difference(string path, BackedFile file)
    {
        if (!File.Exists(path))
        {
            return $"{path} is missing.";
        }

        if (new FileInfo(path).LinkTarget is not null)
        {
            return $"{path} is a link; a backup holds none.";
        }

        var (bytes, hash) = PrivateFiles.Hash(path);
        return bytes != file.Bytes ? $"{path} has {bytes} bytes, not {file.Bytes}." : hash != file.Sha256 ? $"{path} was changed." : null;
    }
}
