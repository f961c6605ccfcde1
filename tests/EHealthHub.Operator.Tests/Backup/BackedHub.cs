using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Operator.Backup;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Tests.Support;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Operator.Tests.Backup;

/// <summary>A stopped hub with an empty store and a short log, and folders for its backups.</summary>
internal sealed class BackedHub : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BackedHub()
    {
        Data = _folder.File("hub");
        Make(Data);
    }

    public string Data { get; }

    public HubLayout Layout => new(Data);

    public string Backup => _folder.File("backup");

    public string Keys => _folder.File("keys");

    public string File(string name) => _folder.File(name);

    /// <summary>Another hub of this name.</summary>
    public string Other(string name)
    {
        Make(_folder.File(name));
        return _folder.File(name);
    }

    /// <summary>Takes a backup; throws what the run throws.</summary>
    public async Task<bool> Take(string? folder = null, string? keys = null, string? data = null)
    {
        using var hub = OpenedHub.Open(data ?? Data, out var fault) ?? throw new InvalidOperationException(fault);
        return await new BackupRun(hub, new BackupTarget(folder ?? Backup, keys), TimeProvider.System).Run(fast: false, CancellationToken.None);
    }

    public Task<bool> Restore(string data, bool replace = false, bool accept = false, string? folder = null, string? keys = null) =>
        new RestoreRun(BackupParts.Open(folder ?? Backup, keys), data, new RestoreLeave(replace, accept), TimeProvider.System).Run(CancellationToken.None);

    /// <summary>Entries in the log that a hub writes.</summary>
    public static async Task AddEntries(string data, int count)
    {
        using var hub = OpenedHub.Open(data, out var fault) ?? throw new InvalidOperationException(fault);
        var now = TimeProvider.System.GetUtcNow();
        var period = hub.Layout.LogPeriod(now);
        var origin = HubLayout.AuditOrigin(hub.Identity, period);
        using var sealer = new VaultEntrySealer(hub.Vault.Derive(HubLayout.AuditKey(period)));
        await using var log = AuditLog.Open(new AuditLogOptions { Folder = hub.Layout.Audit, Origin = origin }, sealer, new VaultCheckpointSigner(hub.Vault, origin), TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            await log.Record(new AuditEntry { Kind = EntryKind.Refusal, Time = now, Reason = "test" }, CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void Make(string data)
    {
        var prepared = HubData.Prepare(data, 8443, TimeProvider.System, _ => { });
        Assert.Null(prepared.Fault);
        using (var hub = OpenedHub.Open(data, out _)!)
        {
            RecordStore.OpenSqlite(data, hub.Identity, hub.Vault, TimeProvider.System).DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        AddEntries(data, 3).GetAwaiter().GetResult();
    }
}
