namespace EHealthHub.Operator.Demonstration;

/// <summary>Copies that the demonstration may damage.</summary>
internal static class FileCopies
{
    /// <summary>Copies a folder with all that lies below it. Files that vanish meanwhile, as a running hub retires some, are left out.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        
        // A lock is held by the running hub and holds nothing.
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).EndsWith("lock", StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new FileStream(target, FileMode.Create, FileAccess.Write);
                source.CopyTo(copy);
            }
            catch (FileNotFoundException)
            {
                // Retired between the listing and the copy.
                continue;
            }
        }
    }

    /// <summary>Changes one byte in the middle of <paramref name="content"/> in the first file below the folder that holds it; the file, or null when none does.</summary>
    public static string? FlipByteOf(string folder, ReadOnlySpan<byte> content)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(file);
            var at = bytes.AsSpan().IndexOf(content);
            if (at >= 0)
            {
                bytes[at + (content.Length / 2)] ^= 1;
                File.WriteAllBytes(file, bytes);
                return file;
            }
        }

        return null;
    }
}
