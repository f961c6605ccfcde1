using System.Runtime.InteropServices;

namespace EHealthHub.Operator.Backup;

/// <summary>Puts a finished folder in the place of another one.</summary>
internal static class FolderSwap
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint ExchangeFlag = 2; // RENAME_EXCHANGE

    /// <summary>
    /// Puts <paramref name="finished"/> at <paramref name="place"/> and what was there, if anything, at <paramref name="aside"/>, where nothing is. In one step where the system can exchange two names, so that at no moment nothing is at the place;
    /// else in two, between which a crash leaves both folders under their other names.
    /// </summary>
    public static void Put(string finished, string place, string aside)
    {
        if (Directory.Exists(place) && !Directory.EnumerateFileSystemEntries(place).Any())
        {
            Directory.Delete(place);
        }

        if (!Directory.Exists(place))
        {
            Directory.Move(finished, place);
        }
        else if (TryExchange(finished, place))
        {
            Directory.Move(finished, aside);
        }
        else
        {
            Directory.Move(place, aside);
            Directory.Move(finished, place);
        }

        EHealthHub.Records.DurableFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(place))!);
    }

    private static bool TryExchange(string one, string other)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return Rename(CurrentFolder, Path.GetFullPath(one), CurrentFolder, Path.GetFullPath(other), ExchangeFlag) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library: two steps, then.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(int oneFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string one, int otherFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string other, uint flags);
}
