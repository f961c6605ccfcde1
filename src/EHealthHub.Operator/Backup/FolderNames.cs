namespace EHealthHub.Operator.Backup;

/// <summary>How folders lie to one another, by their names.</summary>
internal static class FolderNames
{
    /// <summary>True when they are one folder, or one lies in the other.</summary>
    public static bool Overlap(string one, string other)
    {
        var (a, b) = (Closed(one), Closed(other));
        return a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);
    }

    /// <summary>The full name without a separator at its end.</summary>
    public static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static string Closed(string folder) => Full(folder) + Path.DirectorySeparatorChar;
}
