using EHealthHub.Records;

namespace EHealthHub.Operator.Running;

/// <summary>Whether anything runs on a data directory, whoever started it.</summary>
internal static class HubInUse
{
    /// <summary>What runs, for people; null when nothing does.</summary>
    public static string? By(HubLayout layout, TimeProvider time)
    {
        foreach (var name in new[] { "gateway", "auditor" })
        {
            if (new HubService(name, "", layout, time).Running is { } process)
            {
                return $"The {name} runs (process {process.Id})";
            }
        }

        // A gateway that another service manager started has no record here, but the store's lock.
        var path = Path.Combine(layout.Databases, "lock");
        if (!File.Exists(path))
        {
            return null;
        }

        using var turn = DirectoryTurn.TryTake(path);
        return turn is null ? "Another process holds the store" : null;
    }
}
