using System.Security.Cryptography;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Operator.Running;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Preparing;

/// <summary>What a preparation led to.</summary>
/// <param name="Hub">The hub's identity; null on a fault.</param>
/// <param name="Fault">Why not, for people; null when prepared.</param>
internal sealed record PreparedData(HubIdentity? Hub, string? Fault);

/// <summary>
/// Makes a data directory whole: identity, keys, development PKI, registry, the auditors' keys, folders. What is there is kept, what is missing is made, so that a crash at any point is mended by the next run; what belongs to another hub is
/// refused. The order is that of need: everything else is bound to the identity and the key file.
/// </summary>
internal static class HubData
{
    private const string Node = "node-1";
    private const string Province = "06";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(60);

    /// <summary>Prepares the directory for gateway and auditor. <paramref name="port"/> enters the identity at the first start and is not looked at later. <paramref name="say"/> hears what was made.</summary>
    public static PreparedData Prepare(string data, int port, TimeProvider time, Action<string> say)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        try
        {
            if (ForeignContent(layout) is { } foreign)
            {
                return new PreparedData(null, foreign);
            }

            MakeFolders(layout);
            using var turn = DirectoryTurn.Take(Path.Combine(layout.Logs, "prepare.lock"), TurnWithin, time, CancellationToken.None).GetAwaiter().GetResult();
            return Prepare(layout, port, time, say);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            return new PreparedData(null, $"{layout.Root} cannot be prepared: {e.Message}");
        }
    }

    private static PreparedData Prepare(HubLayout layout, int port, TimeProvider time, Action<string> say)
    {
        var isNew = !File.Exists(Path.Combine(layout.Root, "hub.json"));

        // Keys without an identity are another hub's, or what is left of one: a new identity would make them useless without a word.
        if (isNew && Directory.EnumerateFileSystemEntries(layout.Keys).Any())
        {
            return new PreparedData(null, $"{layout.Keys} holds keys but there is no hub.json: put the hub.json back, or choose an empty directory.");
        }

        var hub = HubIdentity.Open(layout.Root, () => new HubIdentity(NewId(), Node, Province, $"https://localhost:{port}"))!;
        if (isNew)
        {
            say($"new hub {hub.Id} in {layout.Root}");
        }

        // A missing key file would be replaced by a new one that opens nothing: only a hub that has stored nothing yet may get one.
        var isEmpty = !Directory.EnumerateFileSystemEntries(layout.Databases).Any() && !Directory.EnumerateFileSystemEntries(layout.Audit).Any();
        using var vault = DevelopmentVault.Open(layout.Keys, hub.Id, create: isEmpty);
        MakeParticipants(layout, vault, time, say);
        DevelopmentMetadataCertificate.Ensure(layout.Pki, new Uri(hub.FhirBase), time);
        var period = layout.LogPeriod(time.GetUtcNow());
        var names = new AuditLogNames(HubLayout.AuditOrigin(hub, period), HubLayout.AuditKey(period), HubLayout.CheckpointKey, HubLayout.RegistryKey);
        AuditKeyExport.Update(Path.Combine(layout.Auditor, AuditKeyRing.FileName), vault, names);
        AuditKeyExport.Update(Path.Combine(layout.Auditor, AuditKeyRing.FileName), vault, names with { Origin = HubLayout.AuditOrigin(hub, HubLayout.MaintenancePeriod(period)) });
        return new PreparedData(hub, null);
    }

    private static void MakeParticipants(HubLayout layout, IKeyVault vault, TimeProvider time, Action<string> say)
    {
        using var pki = DevelopmentPki.OpenOrCreate(layout.Pki, time);
        if (File.Exists(layout.Registry))
        {
            return;
        }

        using var authenticator = new VaultRegistryAuthenticator(vault);
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        RegistryFile.Create(layout.Registry, authenticator, DemoRegistry.Build(pki.Participants, today), new RegistryActor(Environment.UserName, "create with the demonstration participants", ""), time);
        say($"development PKI with {pki.Participants.Length} certificates in {layout.Pki}; a production configuration refuses it");
    }

    /// <summary>Says so when a directory is somebody else's: it has content, and none of it is a hub's.</summary>
    public static string? ForeignContent(HubLayout layout)
    {
        if (!Directory.Exists(layout.Root) || !Directory.EnumerateFileSystemEntries(layout.Root).Any() || File.Exists(Path.Combine(layout.Root, "hub.json")))
        {
            return null;
        }

        // A first start that a crash cut short has left some of the hub's own folders, perhaps a draft of hub.json, and nothing else.
        string[] own = [.. Folders(layout).Select(Path.GetFileName)!];
        var foreign = Directory.EnumerateFileSystemEntries(layout.Root).Select(Path.GetFileName).FirstOrDefault(n => !own.Contains(n) && n?.Contains("hub.json", StringComparison.Ordinal) != true);
        return foreign is null ? null : $"{layout.Root} is not a hub's directory (it holds {foreign}); choose an empty or a new one.";
    }

    private static void MakeFolders(HubLayout layout)
    {
        foreach (var folder in Folders(layout).Prepend(layout.Root))
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnerOnly);
                File.SetUnixFileMode(folder, OwnerOnly);
            }
        }
    }

    /// <summary>The folders of a data directory.</summary>
    public static string[] Folders(HubLayout layout) => [layout.Databases, layout.Keys, layout.Audit, layout.Auditor, layout.Pki, layout.Logs];

    private static Guid NewId()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        random[6] = (byte)((random[6] & 0x0F) | 0x40);
        random[8] = (byte)((random[8] & 0x3F) | 0x80);
        return new Guid(random, bigEndian: true);
    }
}
