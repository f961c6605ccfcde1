namespace EHealthHub.Audit.Tests.Verify;

/// <summary>What somebody with a hand on the disk can do to a log's folder.</summary>
internal static class Tampering
{
    /// <summary>Relative paths of all files.</summary>
    public static List<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    /// <summary>Copies a folder, also under the hands of a writer: files that go meanwhile are left out, and the locked file too.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Files(from))
        {
            if (Path.GetFileName(file) == "lock")
            {
                continue;
            }

            var target = Path.Combine(to, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                File.Copy(Path.Combine(from, file), target, overwrite: true);
            }
            catch (IOException) when (!File.Exists(Path.Combine(from, file)))
            {
                File.Delete(target);
            }
        }
    }

    /// <summary>Changes one byte, lets look, and changes it back.</summary>
    public static void WithByteChanged(string file, int at, byte mask, Action look)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= mask;
        File.WriteAllBytes(file, bytes);
        try
        {
            look();
        }
        finally
        {
            bytes[at] ^= mask;
            File.WriteAllBytes(file, bytes);
        }
    }
}
