using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Operator.Checking;

/// <summary>
/// The public keys that the logs of a data directory must be signed with. From the hub's key file where it is; from the auditors' key file otherwise, so that a copy for an auditor needs no key of the hub. Never from the audit folder
/// itself, which is what is examined.
/// </summary>
internal static class CheckpointKeys
{
    // As the auditor's process writes it; the two rooms do not know each other.
    private const string KeptFolder = "checkpoints";

    /// <summary>Keys by origin, for every log in the folder whose key is known. Throws <see cref="InvalidDataException"/> when neither file can be used.</summary>
    public static IReadOnlyDictionary<string, byte[]> Of(HubLayout layout)
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var ringPath = Path.Combine(layout.Auditor, AuditKeyRing.FileName);
        var hasRing = File.Exists(ringPath);
        if (hasRing)
        {
            using var ring = AuditKeyRing.Read(ringPath);
            foreach (var (origin, key) in ring.CheckpointKeys)
            {
                keys[origin] = key;
            }
        }

        if (HubIdentity.Open(layout.Root, null) is not { } hub || !Directory.Exists(layout.Keys) || !Directory.EnumerateFiles(layout.Keys).Any())
        {
            return hasRing ? keys : throw new InvalidDataException($"There is neither the hub's key file in {layout.Keys} nor the auditors' in {layout.Auditor}: nothing says who must have signed.");
        }

        using var vault = DevelopmentVault.Open(layout.Keys, hub.Id, create: false);
        foreach (var (origin, key) in OfHub(layout, hub, vault))
        {
            keys[origin] = key;
        }

        return keys;
    }

    /// <summary>The hub's own key, for each of its logs in the folder.</summary>
    public static IReadOnlyDictionary<string, byte[]> OfHub(HubLayout layout, HubIdentity hub, IKeyVault vault)
    {
        var own = vault.PublicKeyEd25519(HubLayout.CheckpointKey);
        return Origins(layout.Audit).Where(o => IsOf(o, hub)).ToDictionary(o => o, _ => own, StringComparer.Ordinal);
    }

    /// <summary>Checkpoints that the auditor kept: each log must extend them.</summary>
    public static IReadOnlyList<string> Kept(HubLayout layout)
    {
        var folder = Path.Combine(layout.Auditor, KeptFolder);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Where(IsKept).Order(StringComparer.Ordinal).Select(File.ReadAllText)] : [];
    }

    /// <summary>A file is named as its log's folder; one that is being written ends with .new and does not count yet.</summary>
    private static bool IsKept(string file) => !file.EndsWith(".new", StringComparison.Ordinal) && LogFolder.OriginOf(Path.GetFileName(file)) is not null;

    private static IEnumerable<string> Origins(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(d => LogFolder.OriginOf(Path.GetFileName(d))).OfType<string>() : [];

    /// <summary>True for a log of this hub, of whatever half-year.</summary>
    private static bool IsOf(string origin, HubIdentity hub) => origin[..(origin.LastIndexOf('/') + 1)] == HubLayout.AuditOrigin(hub, "");
}
